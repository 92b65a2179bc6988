/** bcc's way of writing a string: `STRCMP(p, bananas)`, or with single quotes as its manual does. */

import type { Fragment } from "../source.js";
import type { Report } from "./field.js";
import { type Builder, builder, cut, put, trim } from "./fragment.js";
import { bccLiteralLint } from "./lint.js";

/** The predicate with the second argument of each STRCMP as a C string; places stay those of the user's text. */
export function quoteLiterals(predicate: Fragment, report: Report): Fragment {
  const to = builder();
  let done = 0;
  for (const { start, end } of literals(predicate.text)) {
    const literal = trim(cut(predicate, start, end));
    append(to, cut(predicate, done, start));
    done = end;
    bccLiteralLint(literal, report);
    if (literal.text.startsWith('"')) append(to, literal);
    else appendQuoted(to, literal);
  }
  append(to, cut(predicate, done, predicate.text.length));
  const { units, starts, ends } = to;
  return { source: predicate.source, text: units.join(""), starts, ends, span: predicate.span };
}

/** Adds a fragment as it is. */
function append(to: Builder, { text, starts, ends }: Fragment): void {
  for (let i = 0; i < text.length; i++) put(to, text[i]!, starts[i]!, ends[i]!);
}

/** Adds a literal between quotes that stand where its first and last letters do. */
function appendQuoted(to: Builder, literal: Fragment): void {
  const { text, starts, ends, span } = literal;
  const isQuoted = text.length > 1 && text.startsWith("'") && text.endsWith("'");
  const [from, until] = isQuoted ? [1, text.length - 1] : [0, text.length];
  put(to, '"', span.start, starts[from] ?? span.end);
  for (let i = from; i < until; i++) {
    const escaped = !isQuoted && (text[i] === '"' || text[i] === "\\");
    put(to, escaped ? `\\${text[i]}` : text[i]!, starts[i]!, ends[i]!);
  }
  put(to, '"', ends[until - 1] ?? span.start, span.end);
}

/** Offsets into the predicate's text. */
interface Range {
  readonly start: number;
  readonly end: number;
}

/** What stands between STRCMP's comma and its closing bracket, blanks included. */
function* literals(text: string): Generator<Range> {
  for (const { index, 0: call } of text.matchAll(/\bSTRCMP\s*\(/g)) {
    const comma = endOf(text, index + call.length, ",");
    if (comma === undefined) continue;
    const start = comma + 1;
    const end = endOf(text, start, ")") ?? text.length;
    if (text.slice(start, end).trim() !== "") yield { start, end };
  }
}

/** A quoted text at once, so that signs inside are not seen, or one letter. */
const step = /"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*'|[\s\S]/y;

/** The next `sign` outside of quotes and inner brackets; `undefined` if the brackets around end first. */
function endOf(text: string, from: number, sign: string): number | undefined {
  let depth = 0;
  let at = from;
  while (at < text.length) {
    if (depth === 0 && text[at] === sign) return at;
    if ("([{".includes(text[at]!)) depth++;
    if (")]}".includes(text[at]!) && --depth < 0) return undefined;
    step.lastIndex = at;
    at += step.exec(text)![0].length;
  }
  return undefined;
}
