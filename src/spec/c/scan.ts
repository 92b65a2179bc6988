/**
 * A look at the letters before any parsing: literals, brackets and limits. What passes is short and flat enough for the
 * parser and for all that walks its tree; and a missing bracket is reported where it was opened.
 */

import type { Diagnostic } from "../../diagnostic.js";
import { type Fragment, fragmentSpan } from "../../source.js";
import * as codes from "./codes.js";
import { decodeLiteral } from "./literal.js";

/** Brackets in brackets, and unary operators in a row. */
export const maxNesting = 64;
const maxWords = 1024;
const maxLetters = 16384;
const maxString = 255;

/** What a look at the letters brings. */
export interface Scanned {
  /** Words and signs, blanks and comments aside. */
  readonly words: number;
  /** The first thing that is wrong. */
  readonly problem?: Diagnostic;
}

/** C's tokens; what is none of them is a stray character. */
const token =
  /(?<blank>(?:[ \t\r\n\f\v]|\\\r?\n)+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)|(?<string>"(?:[^"\\\n]|\\[\s\S])*")|(?<character>'(?:[^'\\\n]|\\[\s\S])*')|(?<number>[0-9](?:[eEpP][+-]|[0-9A-Za-z_.])*)|(?<name>[A-Za-z_][A-Za-z0-9_]*)|(?<sign>->|\+\+|--|<<=|>>=|&&|\|\||<<|>>|[-+*/%&|^<>=!]=|[-+*/%&|^<>=!~?:;,.(){}[\]])/y;

/** What is remembered from one token to the next. */
interface Scan {
  readonly fragment: Fragment;
  /** Offsets of the brackets that are open. */
  readonly open: number[];
  /** Unary operators in a row. */
  unary: number;
  /** Bytes of the string literals in a row, and where they began. */
  string: { length: number; start: number } | undefined;
}

/** Checks literals, brackets and limits of a predicate or a parameter list. */
export function scan(fragment: Fragment): Scanned {
  return scanTokens(fragment, checkToken);
}

/**
 * Checks only brackets and limits of a whole call chain, whose brackets hold predicates in their turn. What stands in
 * quotes may be anything: bcc's manual puts strings between single quotes.
 */
export function scanChain(fragment: Fragment): Scanned {
  return scanTokens(fragment, () => undefined);
}

/** A look at one token. */
type Check = (kind: string, text: string, start: number, scan: Scan) => Diagnostic | undefined;

/** Token after token, up to the first problem. */
function scanTokens(fragment: Fragment, check: Check): Scanned {
  const { text } = fragment;
  if (text.length > maxLetters) return tooLong(fragment, 0, `${maxLetters} letters`);
  const state: Scan = { fragment, open: [], unary: 0, string: undefined };
  let words = 0;
  let start = 0;
  while (start < text.length) {
    token.lastIndex = start;
    const groups = token.exec(text)?.groups;
    const [kind, value] = Object.entries(groups ?? {}).find(([, v]) => v !== undefined) ?? [
      "stray",
      wholeCharacter(text, start),
    ];
    const problem =
      checkUnclosed(kind, value, start, state) ??
      check(kind, value, start, state) ??
      bracket(value, start, state);
    if (problem) return { words, problem };
    if (kind !== "blank") words++;
    if (words > maxWords) return tooLong(fragment, start, `${maxWords} words and signs`);
    start += value.length;
  }
  const last = state.open.at(-1);
  if (last === undefined) return { words };
  const at = fragmentSpan(fragment, last, last + 1);
  return { words, problem: codes.unbalancedBracket(at, { bracket: text[last]!, why: "is never closed" }) };
}

/** Not half of a surrogate pair. */
function wholeCharacter(text: string, start: number): string {
  return String.fromCodePoint(text.codePointAt(start)!);
}

/** Nothing is said of what such a text holds. */
function tooLong(fragment: Fragment, start: number, limit: string): Scanned {
  return {
    words: maxWords,
    problem: codes.predicateTooLong(fragmentSpan(fragment, start, start + 1), { limit }),
  };
}

/** What is open at the end of a line or of the text is found as a single sign. */
const unclosed: Readonly<Record<string, readonly [what: string, end: string]>> = {
  '"': ["string", '"'],
  "'": ["character", "'"],
  "/*": ["comment", "*/"],
};

/** Says where it was opened, since its end could be anywhere. */
function checkUnclosed(
  kind: string,
  sign: string,
  start: number,
  { fragment }: Scan,
): Diagnostic | undefined {
  const opened = kind === "sign" ? fragment.text.slice(start, start + 2) : sign;
  const found = kind !== "blank" && Object.hasOwn(unclosed, opened) ? unclosed[opened] : undefined;
  if (!found) return undefined;
  const [what, end] = found;
  return codes.unclosedLiteral(fragmentSpan(fragment, start, start + opened.length), { what, end });
}

const closing: Readonly<Record<string, string>> = { ")": "(", "]": "[", "}": "{" };

/** Opens or closes a level. */
function bracket(sign: string, start: number, { fragment, open }: Scan): Diagnostic | undefined {
  const at = () => fragmentSpan(fragment, start, start + 1);
  if (sign === "(" || sign === "[" || sign === "{") {
    open.push(start);
    return open.length > maxNesting ? codes.predicateTooDeep(at(), { limit: maxNesting }) : undefined;
  }
  if (!Object.hasOwn(closing, sign)) return undefined;
  const opened = open.pop();
  if (opened === undefined) return codes.unbalancedBracket(at(), { bracket: sign, why: "closes nothing" });
  const expected = fragment.text[opened]!;
  if (closing[sign] === expected) return undefined;
  const notes = [
    { text: `this \`${expected}\` is still open`, span: fragmentSpan(fragment, opened, opened + 1) },
  ];
  return codes.unbalancedBracket(at(), { bracket: sign, why: `does not close \`${expected}\`` }, { notes });
}

/** What can stand in a row and makes a level each. */
const unary = new Set(["!", "~", "-", "+", "*", "&", "&&", "++", "--", "sizeof"]);

/** Literals by their rules, and no more levels than there may be. */
function checkToken(kind: string, text: string, start: number, state: Scan): Diagnostic | undefined {
  if (kind === "blank") return undefined;
  const at = () => fragmentSpan(state.fragment, start, start + text.length);
  state.unary = unary.has(text) ? state.unary + 1 : 0;
  if (state.unary > maxNesting) return codes.predicateTooDeep(at(), { limit: maxNesting });
  if (kind === "string") return checkString(text, start, state);
  state.string = undefined;
  if (kind === "stray") return codes.strayCharacter(at(), { character: text }, strayHelp(text));
  if (kind === "number") {
    const why = numberProblem(text);
    return why ? codes.badLiteral(at(), { literal: text, why }) : undefined;
  }
  return kind === "character" ? checkCharacter(text, start, state) : undefined;
}

/** What a word processor may have made of it. */
function strayHelp(character: string) {
  const meant = "“”„".includes(character)
    ? '"'
    : "‘’`´".includes(character)
      ? "'"
      : "–—−".includes(character)
        ? "-"
        : "";
  return meant ? { help: [`write \`${meant}\``] } : {};
}

/** Why a number is none that C has. */
function numberProblem(text: string): string | undefined {
  if (
    /^(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[0-7]*|[1-9][0-9]*)(?:[uU]?(?:l|L|ll|LL)?|(?:l|L|ll|LL)[uU])$/.test(
      text,
    )
  ) {
    return undefined;
  }
  if (/^[0-9]*\.|^[0-9]+[eE]|^0[xX].*[.pP]/.test(text)) return "there is no floating point in a predicate";
  if (/^0[0-9]+$/.test(text)) return "a number that starts with 0 is octal, and octal has no 8 and 9";
  return "this is not a number in C";
}

/** Strings side by side are one. */
function checkString(text: string, start: number, state: Scan): Diagnostic | undefined {
  const { bytes, problem } = decodeLiteral(text.slice(1, -1));
  if (problem) return escapeProblem(text, start, problem, state);
  const row = { length: (state.string?.length ?? 0) + bytes.length, start: state.string?.start ?? start };
  state.string = row;
  if (row.length <= maxString) return undefined;
  const at = fragmentSpan(state.fragment, row.start, start + text.length);
  return codes.stringTooLong(at, { length: row.length, limit: maxString });
}

/** One character of one byte. */
function checkCharacter(text: string, start: number, state: Scan): Diagnostic | undefined {
  const { bytes, problem } = decodeLiteral(text.slice(1, -1));
  if (problem) return escapeProblem(text, start, problem, state);
  if (bytes.length === 1) return undefined;
  const at = fragmentSpan(state.fragment, start, start + text.length);
  if (bytes.length === 0)
    return codes.badLiteral(at, { literal: text, why: "there is no character between the quotes" });
  const why = "single quotes hold one character of one byte";
  return codes.badLiteral(
    at,
    { literal: text, why },
    { help: [`a string stands in double quotes: \`"${text.slice(1, -1)}"\``] },
  );
}

/** At the escape, not at the whole literal. */
function escapeProblem(
  text: string,
  start: number,
  problem: { readonly start: number; readonly end: number; readonly why: string },
  { fragment }: Scan,
): Diagnostic {
  const from = start + 1 + problem.start;
  const literal = text.slice(1 + problem.start, 1 + problem.end);
  return codes.badLiteral(fragmentSpan(fragment, from, start + 1 + problem.end), {
    literal,
    why: problem.why,
  });
}
