/** How outcomes reach the user: diagnostics on standard error, results on standard output, or all as one JSON document. */

import {
  type Diagnostic,
  diagnosticJson,
  formatDiagnostic,
  hasErrors,
  type Severity,
} from "../diagnostic.js";
import { printable } from "../terminal.js";
import { internalError, usage } from "./codes.js";
import type { Outcome } from "./verb.js";

export interface Manner {
  readonly json: boolean;
  readonly colour: boolean;
}

/** The exit status: 0 fine, 1 an error of the user's, 2 usage, 70 (EX_SOFTWARE of sysexits.h) our own. */
export function exitStatus(diagnostics: readonly Diagnostic[]): number {
  const has = (code: string) => diagnostics.some((d) => d.code === code);
  if (has(internalError.code)) return 70;
  if (has(usage.code)) return 2;
  return hasErrors(diagnostics) ? 1 : 0;
}

/** What goes to the two streams; each is empty or ends in a newline. */
export function printed(outcome: Outcome, { json, colour }: Manner): { stdout: string; stderr: string } {
  const diagnostics = inOrder(outcome.diagnostics);
  if (json) {
    const document = { ...outcome.data, diagnostics: diagnostics.map(diagnosticJson) };
    return { stdout: `${printable(JSON.stringify(document, null, 2))}\n`, stderr: "" };
  }
  const blocks = diagnostics.map((d) => `${formatDiagnostic(d, colour)}\n`);
  return {
    stdout: outcome.text ? `${printable(outcome.text)}\n` : "",
    stderr: blocks.length > 0 ? `${blocks.join("\n")}\n${summary(diagnostics)}\n` : "",
  };
}

/** File by file as they were met, from top to bottom; what has no place comes first. */
function inOrder(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const files = [...new Set(diagnostics.map((d) => d.span?.source.name))];
  const rank = (d: Diagnostic) => (d.span ? files.indexOf(d.span.source.name) : -1);
  return diagnostics.toSorted((a, b) => rank(a) - rank(b) || (a.span?.start ?? 0) - (b.span?.start ?? 0));
}

/** `2 errors, 1 warning`. */
function summary(diagnostics: readonly Diagnostic[]): string {
  const severities: readonly Severity[] = ["error", "warning", "info"];
  const counts = severities.map((severity) => {
    const count = diagnostics.filter((d) => d.severity === severity).length;
    return count > 0 ? [`${count} ${severity}${count > 1 && severity !== "info" ? "s" : ""}`] : [];
  });
  return counts.flat().join(", ");
}
