/** What holds for every reader and every input: a value, or diagnostics that can be shown. Never an exception. */

import { catalogue } from "../../src/catalogue.js";
import { type Checked, type Diagnostic, diagnosticJson, formatDiagnostic } from "../../src/diagnostic.js";
import type { Source, Span } from "../../src/source.js";

const codes: ReadonlySet<string> = new Set(catalogue.map(({ code }) => code));
// biome-ignore lint/suspicious/noControlCharactersInRegex: none may come through
const steering = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2028\u2029\u2066-\u2069]/;

export function must(holds: boolean, law: string): asserts holds {
  if (!holds) throw new Error(`broken law: ${law}`);
}

/** An error where there is no value, none where there is one; and the law of diagnostics. */
export function checkResult(result: Checked<unknown>, source?: Source): void {
  const failed = result.diagnostics.some(({ severity }) => severity === "error");
  must(failed !== result.ok, "a value or an error, not both and not neither");
  checkDiagnostics(result.diagnostics, source);
}

/** Known codes, places inside of the source, and nothing in print that steers a terminal. */
export function checkDiagnostics(diagnostics: readonly Diagnostic[], source?: Source): void {
  for (const d of diagnostics) {
    must(codes.has(d.code), `the code ${d.code} is in the catalogue`);
    for (const span of [d.span, ...d.notes.map((note) => note.span)]) if (span) checkSpan(span, source);
    must(!steering.test(formatDiagnostic(d)), `${d.code} is printed without control characters`);
    diagnosticJson(d);
  }
}

/** By place, with what is about the file as a whole anywhere. */
export function checkOrder(diagnostics: readonly Diagnostic[]): void {
  const starts = diagnostics.flatMap(({ span, code }) =>
    span && code !== "more-problems" ? [span.start] : [],
  );
  must(
    starts.every((start, i) => i === 0 || starts[i - 1]! <= start),
    "diagnostics stand in the order of the text",
  );
}

export function checkSpan(span: Span, source?: Source): void {
  const { length } = span.source.text;
  must(0 <= span.start && span.start <= span.end && span.end <= length, "a place lies inside of its source");
  must(source === undefined || span.source === source, "a place is in the source that was read");
}
