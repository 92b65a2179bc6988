/** Readers of single values: strings, numbers, words of a list, durations. */

import type { Diagnostic } from "../diagnostic.js";
import type { Located } from "../source.js";
import { oneOfThese } from "../spelling.js";
import * as codes from "./codes.js";
import { durationText, parseDuration } from "./duration.js";
import type { Reader, Report } from "./field.js";
import { kindOf, type ScalarTree, type Tree } from "./tree.js";

/** A string, in quotes where it would otherwise be a number or a boolean. */
export const text: Reader<ScalarTree> = (tree, _at, report) => {
  if (tree.kind === "scalar" && typeof tree.value === "string") return tree;
  const help = tree.kind === "scalar" && tree.value !== null ? quotesHelp(tree) : [];
  report(codes.wrongType(tree.span, { expected: "a string", found: kindOf(tree) }, { help }));
  return undefined;
};

/** How to write what YAML takes for something else as a string. */
export function quotesHelp({ text, value }: Pick<ScalarTree, "text" | "value">): string[] {
  const isOld = typeof value === "boolean" ? !/^(?:true|false)$/i.test(text) : /_|^[-+]?0b/i.test(text);
  const why = isOld ? [`Kubernetes reads YAML 1.1, in which \`${text}\` means ${value}`] : [];
  return [`put it in quotes: \`"${text}"\``, ...why];
}

/** A string with something in it. */
export const word: Reader<ScalarTree> = (tree, at, report) => {
  const read = text(tree, at, report);
  if (read?.text !== "") return read;
  report(codes.wrongType(tree.span, { expected: "a string", found: "an empty one" }));
  return undefined;
};

/** A scalar's letters, whatever YAML takes them for: a predicate may be `1`. */
export const letters: Reader<ScalarTree> = (tree, _at, report) => {
  if (tree.kind === "scalar") return tree;
  report(codes.wrongType(tree.span, { expected: "a string", found: kindOf(tree) }));
  return undefined;
};

/** `true` or `false`. */
export const bool: Reader<Located<boolean>> = (tree, _at, report) => {
  if (tree.kind === "scalar" && typeof tree.value === "boolean")
    return { value: tree.value, span: tree.span };
  report(codes.wrongType(tree.span, { expected: "true or false", found: kindOf(tree) }));
  return undefined;
};

/** A whole number from `min` to `max`. */
export function integer(min: number, max = Number.MAX_SAFE_INTEGER): Reader<Located<number>> {
  return (tree, _at, report) => {
    const { span } = tree;
    if (tree.kind !== "scalar" || typeof tree.value !== "number" || !Number.isInteger(tree.value)) {
      report(noInteger(tree));
      return undefined;
    }
    const { value, text } = tree;
    if (/^[+-]?0\d/.test(text)) {
      report(codes.leadingZero(span, { text }));
      return undefined;
    }
    if (value >= min && value <= max) return { value, span };
    report(codes.outOfRange(span, { value: text, range: rangeText(min, max, value) }));
    return undefined;
  };
}

function noInteger(tree: Tree): Diagnostic {
  const value = tree.kind === "scalar" ? tree.value : undefined;
  const found = typeof value === "number" ? "a fraction" : kindOf(tree);
  const isQuoted = typeof value === "string" && /^[+-]?\d+$/.test(value);
  const help = isQuoted ? ["write it without quotes"] : [];
  return codes.wrongType(tree.span, { expected: "a whole number", found }, { help });
}

/** A range in words, for a value that is not in it. */
function rangeText(min: number, max: number, value: number): string {
  if (max < Number.MAX_SAFE_INTEGER) return `from ${min} to ${max}`;
  return value < min ? `${min} or more` : `at most ${max}`;
}

/** One of the words, letter by letter. */
export function oneOf<W extends string>(words: readonly W[]): Reader<Located<W>> {
  return (tree, at, report) => {
    const read = text(tree, at, report);
    if (!read) return undefined;
    const found = words.find((w) => w === read.text);
    if (found !== undefined) return { value: found, span: tree.span };
    report(codes.unknownValue(tree.span, { value: read.text }, { help: oneOfThese(read.text, words) }));
    return undefined;
  };
}

/** A Go duration (`300ms`, `1.5h`, `2h45m`), not negative, in nanoseconds. */
export const duration: Reader<Located<bigint>> = (tree, at, report) => {
  const isNumber = tree.kind === "scalar" && tree.plain && typeof tree.value === "number";
  const read = isNumber ? tree : text(tree, at, report);
  if (!read) return undefined;
  const parsed = parseDuration(read.text);
  if (parsed.ok && parsed.value >= 0n) return { value: parsed.value, span: tree.span };
  const why = parsed.ok ? "it is negative" : parsed.why;
  report(codes.badDuration(tree.span, { text: read.text, why }));
  return undefined;
};

/** How long a fault lasts: a duration over zero. */
export const lifetime: Reader<Located<bigint>> = (tree, at, report) => {
  const read = duration(tree, at, report);
  return read && checkLifetime(read, report) ? read : undefined;
};

/** A fault of no length would be one that never fires, and no bundle holds it. */
export function checkLifetime({ value, span }: Located<bigint>, report: Report): boolean {
  if (value > 0n) return true;
  report(codes.badDuration(span, { text: durationText(value), why: "the fault would be over as it begins" }));
  return false;
}
