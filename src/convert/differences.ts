/** What the program that a format belongs to makes of a converted spec. */

import type { Diagnostic } from "../diagnostic.js";
import * as lints from "../spec/difference.js";
import { readSpecs } from "../spec/read.js";
import type { Format } from "./limits.js";

const codes: ReadonlySet<string> = new Set(Object.values(lints).map(({ code }) => code));

/** Where bcc, or bpfki and Chaos Mesh, differ from what is meant: at its place in the text that `convert` prints. */
export function differences(text: string, to: Format): Diagnostic[] {
  const source = { name: "<stdout>", text };
  return readSpecs(source, to === "inject").diagnostics.filter(({ code }) => codes.has(code));
}
