/** bcc's way of writing a string: `STRCMP(p, bananas)`, or with single quotes as its manual does. */

import type { Fragment } from "../source.js";
import { bccLiteralLint } from "./bcc.js";
import type { Report } from "./field.js";
import { type Builder, builder, cut, put, trim } from "./fragment.js";

/** The predicate with the second argument of each STRCMP as a C string; places stay those of the user's text. */
export function quoteLiterals(predicate: Fragment, report: Report): Fragment {
  const to = builder();
  const seen = bccEnds(predicate.text);
  let done = 0;
  for (const { start, end, quoted } of literals(predicate.text)) {
    const literal = trim(cut(predicate, start, end));
    const blanks = predicate.text.slice(start, end).indexOf(literal.text);
    append(to, cut(predicate, done, start + blanks));
    done = start + blanks + literal.text.length;
    bccLiteralLint(literal, seen.includes(end), report);
    if (quoted) append(to, literal);
    else appendQuoted(to, literal);
  }
  append(to, cut(predicate, done, predicate.text.length));
  const { units, starts, ends } = to;
  return { source: predicate.source, text: units.join(""), starts, ends, span: predicate.span };
}

/** The other way round: STRCMP's strings without their quotes, where bcc reads the same letters in them. */
export function unquoteLiterals(text: string): string {
  let out = "";
  let done = 0;
  for (const { start, end } of literals(text)) {
    const bare = text.slice(start, end).replace(/^(\s*)"([\w.:/@%+-]+)"(\s*)$/, "$1$2$3");
    out += text.slice(done, start) + bare;
    done = end;
  }
  return out + text.slice(done);
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
interface Literal {
  readonly start: number;
  readonly end: number;
  /** It is a string as C has it, comments and all. */
  readonly quoted: boolean;
}

/** What stands between STRCMP's comma and its closing bracket, blanks included; what is quoted is no call. */
function* literals(text: string): Generator<Literal> {
  let at = 0;
  while (at < text.length) {
    call.lastIndex = at;
    const found = call.exec(text);
    const comma = found ? endOf(text, call.lastIndex, ",") : undefined;
    at = comma === undefined ? after(text, at) : comma + 1;
    if (comma === undefined) continue;
    string.lastIndex = at;
    const quoted = string.test(text);
    const end = endOf(text, at, ")", quoted ? step : letter) ?? text.length;
    if (text.slice(at, end).trim() !== "") yield { start: at, end, quoted };
    at = end;
  }
}

/** A call of STRCMP; of a longer name it is no part. */
const call = /(?<!\w)STRCMP\s*\(/y;

/** A quoted text at once, so that signs inside are not seen, or one letter. */
const letter = /"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*'|[\s\S]/y;
/** The same, with a comment at once: only bcc's own strings have none. */
const step = new RegExp(`/\\*[\\s\\S]*?\\*/|//[^\\n]*|${letter.source}`, "y");
/** The beginning of a string in C, behind blanks and comments. */
const string = /(?:\s|\\\n|\/\*(?:[^*]|\*(?!\/))*\*\/|\/\/[^\n]*\n)*"/y;

/** The next `sign` outside of quotes and inner brackets; `undefined` if the brackets around end first. */
function endOf(text: string, from: number, sign: string, by = step): number | undefined {
  let depth = 0;
  let at = from;
  while (at < text.length) {
    if (depth === 0 && text[at] === sign) return at;
    if ("([{".includes(text[at]!)) depth++;
    if (")]}".includes(text[at]!) && --depth < 0) return undefined;
    at = after(text, at, by);
  }
  return undefined;
}

/** Behind the quoted text, the comment or the letter that begins there. */
function after(text: string, at: number, by = step): number {
  by.lastIndex = at;
  return at + by.exec(text)![0].length;
}

/** The brackets at which bcc ends each STRCMP that it finds, the predicate being between brackets of its own. */
function bccEnds(text: string): number[] {
  const all = `(${text})`;
  const ends: number[] = [];
  let start = 0;
  for (let found = all.indexOf("STRCMP("); found >= 0; found = all.indexOf("STRCMP(", start)) {
    const end = all.indexOf(")", start + 7);
    if (end < found) return ends;
    ends.push(end - 1);
    start = end + 1;
  }
  return ends;
}
