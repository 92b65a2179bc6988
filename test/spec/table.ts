/** Rows of the reader tests: what is wrong with a text, and where. */

import type { Diagnostic } from "../../src/diagnostic.js";
import { positionOf } from "../../src/source.js";
import { readSpecs } from "../../src/spec/read.js";
import type { Spec } from "../../src/spec/spec.js";

export interface Problem {
  readonly code: string;
  /** `line:column`. */
  readonly at: string;
}

export function problemsOf(diagnostics: readonly Diagnostic[]): Problem[] {
  return diagnostics.map(({ code, span }) => {
    const { line, column } = span ? positionOf(span.source, span.start) : { line: 0, column: 0 };
    return { code, at: `${line}:${column}` };
  });
}

/** All that is said of a file. */
export function problems(text: string, name = "t.yaml"): Problem[] {
  return problemsOf(readSpecs({ name, text }).diagnostics);
}

/** The specs of a file that has no errors. */
export function specs(text: string, name = "t.yaml"): readonly Spec[] {
  const read = readSpecs({ name, text });
  if (!read.ok) throw new Error(JSON.stringify(read.diagnostics.map((d) => [d.code, d.message])));
  return read.value;
}
