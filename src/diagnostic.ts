/** Everything that a user can do wrong ends in one of these; a thrown exception is our own bug. */

import { excerpt, numberWidth } from "./excerpt.js";
import { positionOf, type Span } from "./source.js";
import { oneLine, printable } from "./terminal.js";

export type Severity = "error" | "warning" | "info";

/** A further remark, with the second place that it speaks of, if there is one. */
export interface Note {
  readonly text: string;
  readonly span?: Span;
}

export interface Diagnostic {
  /** Kebab-case; part of the program's interface. */
  readonly code: string;
  readonly severity: Severity;
  /** A full sentence without its dot; wording may change. */
  readonly message: string;
  /** Absent where no text of the user's is to blame (a missing file, a failed tool). */
  readonly span?: Span;
  /** What to do about it. */
  readonly help: readonly string[];
  readonly notes: readonly Note[];
  /** The kernels that it holds for; empty: whatever the kernel. */
  readonly kernels: readonly string[];
}

/** What goes with a diagnostic beside its message. */
export interface Remarks {
  readonly help?: readonly string[];
  readonly notes?: readonly Note[];
  readonly kernels?: readonly string[];
}

/** An entry of the catalogue: called, it makes the diagnostic. `page` is what `injectc explain CODE` prints. */
export interface Code<A> {
  (at: Span | undefined, args: A, remarks?: Remarks): Diagnostic;
  readonly code: string;
  readonly severity: Severity;
  readonly page: string;
}

/** Letters of one text of a diagnostic; what a user wrote may be as long as a file. */
const mostLetters = 4000;

/** Beginning and end, where a text is longer than anyone reads. */
function clipped(text: string): string {
  if (text.length <= mostLetters) return text;
  return `${text.slice(0, mostLetters / 2)} … ${text.slice(-mostLetters / 2)}`;
}

/** Makes a catalogue entry. `message` gets the entry's typed arguments; `page` explains the code to a user. */
export function defineCode<A = Record<string, never>>(
  code: string,
  severity: Severity,
  message: (args: A) => string,
  page: string,
): Code<A> {
  const make = (at: Span | undefined, args: A, remarks: Remarks = {}): Diagnostic => ({
    code,
    severity,
    message: clipped(message(args)),
    ...(at ? { span: at } : {}),
    help: (remarks.help ?? []).map(clipped),
    notes: (remarks.notes ?? []).map((note) => ({ ...note, text: clipped(note.text) })),
    kernels: remarks.kernels ?? [],
  });
  return Object.assign(make, { code, severity, page });
}

/** A result with what there is to say about it: a value and lints, or at least one error. */
export type Checked<T> =
  | { readonly ok: true; readonly value: T; readonly diagnostics: readonly Diagnostic[] }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/** The value, unless one of the diagnostics is an error. */
export function checked<T>(value: T, diagnostics: readonly Diagnostic[] = []): Checked<T> {
  return hasErrors(diagnostics) ? { ok: false, diagnostics } : { ok: true, value, diagnostics };
}

/** A failure; at least one of the diagnostics is an error. */
export function failed(...diagnostics: readonly Diagnostic[]): Checked<never> {
  return { ok: false, diagnostics };
}

/** So many of one file anyone reads. */
export const mostProblems = 100;

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((d) => d.severity === "error");
}

/**
 * One entry for what was found alike (code, place and message) in several kernels, in order of first sight. Help that not
 * all of them share says where it holds.
 */
export function mergeKernels(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const alike = new Map<string, Diagnostic[]>();
  for (const d of diagnostics) {
    const key = JSON.stringify([d.code, d.message, d.span?.source.name, d.span?.start, d.span?.end]);
    alike.set(key, [...(alike.get(key) ?? []), d]);
  }
  return [...alike.values()].map(([first, ...others]) =>
    others.length ? merge([first!, ...others]) : first!,
  );
}

function merge(all: readonly [Diagnostic, ...Diagnostic[]]): Diagnostic {
  const kernels = [...new Set(all.flatMap((d) => d.kernels))];
  const help = [...new Set(all.flatMap((d) => d.help))].map((text) => {
    const where = new Set(all.filter((d) => d.help.includes(text)).flatMap((d) => d.kernels));
    return where.size === kernels.length ? text : `${text} (in ${[...where].join(", ")})`;
  });
  return { ...all[0], help, kernels };
}

/** The form that `--json` prints; lines and columns from 1, `null` where there is no place. */
export function diagnosticJson(d: Diagnostic): Record<string, unknown> {
  const place = d.span && {
    file: d.span.source.name,
    start: positionOf(d.span.source, d.span.start),
    end: positionOf(d.span.source, d.span.end),
  };
  return {
    code: d.code,
    severity: d.severity,
    message: d.message,
    ...(place ?? { file: null, start: null, end: null }),
    help: d.help.length ? d.help.join("; ") : null,
    notes: d.notes.map((n) => n.text),
    kernels: d.kernels,
  };
}

const colours = { error: "\u001b[1;31m", warning: "\u001b[1;33m", info: "\u001b[1;36m" } as const;

/** The form for people: message, place, source line with carets, remarks. Ends without a newline. */
export function formatDiagnostic(d: Diagnostic, colour = false): string {
  const paint = (code: string, text: string) => (colour ? `${code}${text}\u001b[0m` : text);
  const title = `${paint(colours[d.severity], `${d.severity}[${d.code}]`)}: ${oneLine(d.message)}`;
  const margin = " ".repeat(d.span ? numberWidth(d.span) : 0);
  const lines = [title];
  if (d.span) lines.push(...excerpt(d.span, margin, (t) => paint(colours[d.severity], t)));
  const remark = (label: string, text: string) => {
    lines.push(`${margin} = ${label}: ${printable(text).replaceAll("\n", `\n${margin}   `)}`);
  };
  for (const text of d.help) remark("help", text);
  for (const note of d.notes) {
    remark("note", note.text);
    if (note.span) lines.push(...excerpt(note.span, margin, (t) => t));
  }
  if (d.kernels.length) remark("note", kernelPhrase(d.kernels));
  return lines.join("\n");
}

function kernelPhrase([first, ...rest]: readonly string[]): string {
  return rest.length ? `in kernel ${first} (and ${rest.join(", ")})` : `in kernel ${first}`;
}
