/** Predicates in words, as far as words are shorter than C. */

import { spanText } from "../source.js";
import type { Expression, Predicate } from "../spec/expr.js";
import { oneLine } from "../terminal.js";

/** A predicate as a clause that can follow "where"; what has no words of its own is quoted. */
export function predicateWords({ expression, text }: Predicate): string {
  const quoted = quote(uncommented(text));
  const words = clause(expression);
  return words === undefined ? `${quoted} holds` : `${words}: ${quoted}`;
}

/** In backquotes, on one line. */
export function quote(text: string): string {
  return `\`${oneLine(text.trim().replace(/\s+/g, " "))}\``;
}

/** C without comments: on one line, one that begins with `//` would hide what follows. */
function uncommented(c: string): string {
  return c.replace(commentOrLiteral, (_, literal: string | undefined) => literal ?? " ");
}

const commentOrLiteral = /("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|\/\*[\s\S]*?\*\/|\/\/.*/g;

/** `undefined` where nothing in it is said better than in C. */
function clause(e: Expression): string | undefined {
  if (e.kind === "binary" && (e.operator === "&&" || e.operator === "||")) {
    const [left, right] = [clause(e.left), clause(e.right)];
    if (left === undefined && right === undefined) return undefined;
    const word = e.operator === "&&" ? "and" : "or";
    return `${part(e.left, left, word)} ${word} ${part(e.right, right, word)}`;
  }
  if (e.kind === "unary" && e.operator === "!") {
    const inner = e.operand.kind === "call" ? clause(e.operand) : undefined;
    return inner && `not (${inner})`;
  }
  return e.kind === "call" ? callWords(e.callee.value, e.arguments) : undefined;
}

/** In brackets where "and" and "or" meet. */
function part(e: Expression, words: string | undefined, outer: string): string {
  if (words === undefined) return source(e);
  const inner = e.kind === "binary" ? (e.operator === "&&" ? "and" : "or") : outer;
  return inner === outer ? words : `(${words})`;
}

function callWords(name: string, [pointer, string, length]: readonly Expression[]): string | undefined {
  if (!pointer) return undefined;
  if (name === "exists") return `the kernel has ${source(pointer)}`;
  if (string?.kind !== "string") return undefined;
  const at = `the string at ${source(pointer)}`;
  switch (name) {
    case "STRCMP":
      return `${at} is ${literal(string.bytes)}`;
    case "STRPREFIX":
      return `${at} begins with ${literal(string.bytes)}`;
    case "STRSTR":
      return `${at} holds ${literal(string.bytes)}`;
    case "STRNCMP":
      return length?.kind === "integer" ? comparedWords(at, string.bytes, Number(length.value)) : undefined;
    default:
      return undefined;
  }
}

/** A number that counts the closing NUL asks for the whole string. */
function comparedWords(at: string, bytes: Uint8Array, length: number): string | undefined {
  if (length > bytes.length) return `${at} is ${literal(bytes)}`;
  return length > 0 ? `${at} begins with ${literal(bytes.subarray(0, length))}` : undefined;
}

/** As in "a, b and c". */
export function listed(words: readonly string[]): string {
  return words.length > 1 ? `${words.slice(0, -1).join(", ")} and ${words.at(-1)}` : (words[0] ?? "");
}

/** Bytes as a person would write them. */
function literal(bytes: Uint8Array): string {
  return oneLine(JSON.stringify(new TextDecoder().decode(bytes)));
}

/** The brackets around a compound expression are no part of it. */
function source(e: Expression): string {
  const text = uncommented(spanText(e.span));
  return quote(e.kind === "compound" ? `(${text})` : text);
}
