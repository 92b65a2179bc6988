/** Rows of the reader tests: what is wrong with a text, and where. */

import type { Diagnostic } from "../../src/diagnostic.js";
import { positionOf } from "../../src/source.js";
import * as cautions from "../../src/spec/caution.js";
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

const advice = Object.values(cautions).map((entry) => entry.code);

/** All that is said of a file but advice, of which advice.test.ts has its own rows: the specs here are as short as can be. */
export function problems(text: string, name = "t.yaml"): Problem[] {
  return problemsOf(readSpecs({ name, text }).diagnostics.filter((d) => !advice.includes(d.code)));
}

/** The specs of a file that has no errors. */
export function specs(text: string, name = "t.yaml"): readonly Spec[] {
  const read = readSpecs({ name, text });
  if (!read.ok) throw new Error(JSON.stringify(read.diagnostics.map((d) => [d.code, d.message])));
  return read.value;
}
