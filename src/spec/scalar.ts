/**
 * YAML scalars as fragments: the decoded text with the place of each of its letters. Decoding follows the `yaml`
 * library (compose/resolve-flow-scalar, resolve-block-scalar) step by step, so that both always agree on the text.
 */

import type { CST, Scalar } from "yaml";
import type { Fragment, Source } from "../source.js";
import { type Builder, builder, copy, finish, put } from "./fragment.js";

/** The fragment of a scalar that was parsed with `keepSourceTokens`; its text is the scalar's `source`. */
export function scalarFragment(source: Source, scalar: Scalar): Fragment {
  const token = scalar.srcToken as CST.FlowScalar | CST.BlockScalar | undefined;
  const [start, end] = scalar.range ?? [0, 0];
  const to = token ? decode(token) : builder();
  return finish(to, source, start, end);
}

/** Each style has rules of its own. */
function decode(token: CST.FlowScalar | CST.BlockScalar): Builder {
  const { source, offset } = token;
  switch (token.type) {
    case "block-scalar":
      return block(token);
    case "double-quoted-scalar":
      return doubleQuoted(source, offset);
    case "single-quoted-scalar":
      return unpaired(unfold(source.slice(1, -1), offset + 1));
    case "scalar":
    case "alias":
      return unfold(source, offset);
    default:
      return token satisfies never;
  }
}

/** Line breaks of plain and single-quoted scalars: one is a blank, n are n - 1 newlines; blanks around them go. */
function unfold(text: string, offset: number): Builder {
  const to = builder();
  const lines = text.split(/\r?\n/);
  let at = offset;
  let gapStart = offset;
  let newlines = 0;
  lines.forEach((line, i) => {
    const isFirst = i === 0;
    const isLast = i === lines.length - 1;
    let content = line;
    if (!isFirst) content = content.replace(/^[ \t]+/, "");
    const from = at + line.length - content.length;
    if (!isLast) content = trimBlanksEnd(content);
    if (isFirst || isLast || content !== "") {
      if (!isFirst) put(to, newlines > 1 ? "\n".repeat(newlines - 1) : " ", gapStart, from);
      copy(to, content, from);
      gapStart = from + content.length;
      newlines = 0;
    }
    at += line.length;
    at += text.startsWith("\r\n", at - offset) ? 2 : 1;
    newlines++;
  });
  return to;
}

/** A loop, since a regular expression would start anew at each blank. */
function trimBlanksEnd(text: string): string {
  let end = text.length;
  while (end > 0 && (text[end - 1] === " " || text[end - 1] === "\t")) end--;
  return text.slice(0, end);
}

/** `''` as one quote. */
function unpaired(from: Builder): Builder {
  const to = builder();
  for (let i = 0; i < from.units.length; i++) {
    const pair = from.units[i] === "'" && from.units[i + 1] === "'";
    put(to, from.units[i]!, from.starts[i]!, from.ends[pair ? i + 1 : i]!);
    if (pair) i++;
  }
  return to;
}

/** YAML 1.2, 5.7. */
const escapes: Readonly<Record<string, string>> = {
  "0": "\0",
  a: "\x07",
  b: "\b",
  e: "\x1b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  N: "\u0085",
  _: "\u00a0",
  L: "\u2028",
  P: "\u2029",
  " ": " ",
  '"': '"',
  "/": "/",
  "\\": "\\",
  "\t": "\t",
};
/** Digits behind `\\x`, `\\u` and `\\U`. */
const hexLengths: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/** Escapes are replaced and breaks folded; blanks before a break go, blanks elsewhere stay. */
function doubleQuoted(source: string, offset: number): Builder {
  const to = builder();
  const end = source.length - 1;
  let i = 1;
  while (i < end) {
    if (source[i] === "\\") {
      i = putEscape(to, source, i, offset);
      continue;
    }
    plainRun.lastIndex = i;
    const run = plainRun.exec(source)![0];
    if (run.endsWith("\n")) i = fold(to, source, i + run.length, offset, i);
    else {
      copy(to, run.slice(0, end - i), offset + i);
      i += run.length;
    }
  }
  return to;
}

/** Blanks up to a break, blanks, or letters; a CR that is in no break is a letter. */
const plainRun = /[ \t]*\r?\n|[ \t]+|(?:[^\\ \t\r\n]|\r(?!\n))+/y;

/** The break before `next`, and all blank lines after it; `start` is where the blanks before it began. */
function fold(to: Builder, source: string, next: number, offset: number, start: number): number {
  const blank = /^(?:[ \t]|\r?\n)*/.exec(source.slice(next))![0];
  const newlines = blank.split("\n").length - 1;
  const end = next + blank.length;
  put(to, newlines > 0 ? "\n".repeat(newlines) : " ", offset + start, offset + end);
  return end;
}

/** One escape, and where to go on. A backslash before a line break stands for nothing. */
function putEscape(to: Builder, source: string, i: number, offset: number): number {
  const letter = source[i + 1]!;
  const skipped = /^\r?\n[ \t]*/.exec(source.slice(i + 1))?.[0];
  if (skipped) return i + 1 + skipped.length;
  const digits = hexLengths[letter] ?? 0;
  const end = i + 2 + digits;
  const code = digits ? Number.parseInt(source.slice(i + 2, end), 16) : 0;
  const text = digits ? String.fromCodePoint(code) : (escapes[letter] ?? source.slice(i, end));
  put(to, text, offset + i, offset + end);
  return end;
}

/** A line of a block scalar, its offsets in the source. */
interface Line {
  readonly indent: string;
  readonly content: string;
  readonly start: number;
  /** Behind the content, before its line break. */
  readonly end: number;
}

/** `|` and `>`: the first line that is not blank tells the indentation, unless the mark does. */
function block(token: CST.BlockScalar): Builder {
  const header = token.props.map((p) => ("source" in p ? p.source : "")).join("");
  const mark = (token.props[0] as CST.SourceToken).source;
  const explicit = Number(/[1-9]/.exec(mark)?.[0] ?? 0);
  const chomp = /[+-]/.exec(mark)?.[0] ?? "";
  const start = token.offset + header.length;
  const lines = token.source ? splitLines(token.source, start) : [];
  const to = builder();
  const filled = lines.findLastIndex((l) => l.content !== "");
  if (filled < 0) {
    if (chomp === "+" && lines.length)
      put(to, "\n".repeat(Math.max(1, lines.length - 1)), start, start + token.source.length);
    return to;
  }
  const first = lines.findIndex((l) => l.content !== "");
  const width = explicit ? token.indent + explicit : lines[first]!.indent.length;
  const trailing = lines.findLastIndex((l) => l.indent.length > width);
  const stop = Math.max(filled, trailing) + 1;
  lines.slice(0, first).forEach((line, i) => {
    copy(to, line.indent.slice(width), line.start + width);
    put(to, "\n", line.end, lines[i + 1]!.start);
  });
  joinLines(to, lines.slice(first, stop), width, mark[0] === ">");
  if (chomp !== "-") endLines(to, lines, stop, width, chomp === "+", start + token.source.length);
  return to;
}

/** The content lines; in a folded scalar single breaks between lines that are not indented further become blanks. */
function joinLines(to: Builder, lines: readonly Line[], width: number, folded: boolean): void {
  let separator = "";
  let wasIndented = false;
  let gap = lines[0]!.start;
  for (const line of lines) {
    const isIndented = line.indent.length > width || line.content.startsWith("\t");
    if (folded && !isIndented && line.content === "") {
      if (separator === "\n") put(to, "\n", gap, line.end);
      else separator = "\n";
      continue;
    }
    if (folded && isIndented) {
      if (separator === " ") separator = "\n";
      else if (!wasIndented && separator === "\n") separator = "\n\n";
    }
    const extra = line.indent.slice(width);
    const from = line.end - line.content.length - extra.length;
    put(to, separator, gap, from);
    copy(to, extra + line.content, from);
    gap = line.end;
    separator = folded && !isIndented ? " " : "\n";
    if (isIndented || line.content !== "") wasIndented = isIndented;
  }
}

/** The final break, or with `+` all of them. */
function endLines(
  to: Builder,
  lines: readonly Line[],
  stop: number,
  width: number,
  keep: boolean,
  end: number,
): void {
  const last = lines[stop - 1]!.end;
  if (!keep) {
    put(to, "\n", last, Math.min(lines[stop]?.start ?? end, end));
    return;
  }
  let gap = last;
  for (const line of lines.slice(stop)) {
    put(to, "\n", gap, line.start);
    copy(to, line.indent.slice(width), line.start + width);
    gap = line.end;
  }
  if (to.units.at(-1) !== "\n") put(to, "\n", gap, end);
}

/** The CR of a CRLF belongs to the break. */
function splitLines(text: string, offset: number): Line[] {
  let start = offset;
  return text.split("\n").map((whole) => {
    const line = whole.endsWith("\r") ? whole.slice(0, -1) : whole;
    const indent = /^ */.exec(line)![0];
    const made = { indent, content: line.slice(indent.length), start, end: start + line.length };
    start += whole.length + 1;
    return made;
  });
}
