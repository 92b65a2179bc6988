/** Which values an integer expression can have, as far as types, masks and constants tell. */

import type { BinaryOperator } from "../spec/expr.js";
import type { IntType } from "./ctype.js";
import { constantOf } from "./lower.js";
import type { Typed } from "./plan.js";

/** Both ends included. */
export interface Range {
  readonly low: bigint;
  readonly high: bigint;
}

const truth: Range = { low: 0n, high: 1n };

/** The values of a type, or of a bitfield of so many bits. */
function rangeOfType({ size, signed, bool }: IntType, bits = size * 8): Range {
  if (bool) return truth;
  const half = 1n << BigInt(bits - 1);
  return signed ? { low: -half, high: half - 1n } : { low: 0n, high: 2n * half - 1n };
}

/** The values that the expression can have; `undefined` for what is no integer. */
export function rangeOf(typed: Typed): Range | undefined {
  if (typed.type.kind !== "int") return undefined;
  const constant = constantOf(typed);
  if (constant !== undefined) return { low: constant, high: constant };
  const whole = rangeOfType(typed.type);
  return within(narrowed(typed), whole) ?? whole;
}

/** What is known beyond the type. */
function narrowed(typed: Typed): Range | undefined {
  switch (typed.kind) {
    case "load":
      return typed.place.kind === "member" && typed.place.bits && typed.type.kind === "int"
        ? rangeOfType(typed.type, typed.place.bits)
        : undefined;
    case "cast":
    case "opaque":
      return rangeOf(typed.operand);
    case "unary":
      return typed.operator === "!" ? truth : typed.operator === "+" ? rangeOf(typed.operand) : undefined;
    case "binary":
      return rangeOfBinary(typed);
    case "conditional":
      return union(rangeOf(typed.consequent), rangeOf(typed.alternate));
    case "compound":
      return rangeOf(typed.result);
    case "exists":
    case "equals":
    case "contains":
      return truth;
    default:
      return undefined;
  }
}

const truths: ReadonlySet<BinaryOperator> = new Set(["<", ">", "<=", ">=", "==", "!=", "&&", "||"]);

function rangeOfBinary({ operator, left, right }: Extract<Typed, { kind: "binary" }>): Range | undefined {
  if (truths.has(operator)) return truth;
  const [a, b] = [rangeOf(left), rangeOf(right)];
  if (!a || !b) return undefined;
  const fixed = b.low === b.high ? b.low : undefined;
  switch (operator) {
    case "&": {
      const limits = [a, b].filter((r) => r.low >= 0n).map((r) => r.high);
      return limits.length ? { low: 0n, high: limits.reduce((x, y) => (x < y ? x : y)) } : undefined;
    }
    case "%":
      return fixed !== undefined && fixed > 0n
        ? { low: a.low < 0n ? 1n - fixed : 0n, high: fixed - 1n }
        : undefined;
    case "/":
      return fixed !== undefined && fixed > 0n ? { low: a.low / fixed, high: a.high / fixed } : undefined;
    case ">>":
      return fixed !== undefined && fixed >= 0n ? { low: a.low >> fixed, high: a.high >> fixed } : undefined;
    case "+":
      return { low: a.low + b.low, high: a.high + b.high };
    case "-":
      return { low: a.low - b.high, high: a.high - b.low };
    default:
      return undefined;
  }
}

function union(a: Range | undefined, b: Range | undefined): Range | undefined {
  return a && b && { low: a.low < b.low ? a.low : b.low, high: a.high > b.high ? a.high : b.high };
}

/** What wraps may be anything. */
function within(range: Range | undefined, whole: Range): Range | undefined {
  return range && range.low >= whole.low && range.high <= whole.high ? range : undefined;
}

/** Whether the comparison has the same result for all values in the ranges. */
export function compared(operator: BinaryOperator, a: Range, b: Range): boolean | undefined {
  const below = a.high < b.low;
  const above = a.low > b.high;
  switch (operator) {
    case "<":
      return below ? true : a.low >= b.high ? false : undefined;
    case ">":
      return above ? true : a.high <= b.low ? false : undefined;
    case "<=":
      return a.high <= b.low ? true : above ? false : undefined;
    case ">=":
      return a.low >= b.high ? true : below ? false : undefined;
    case "==":
      return below || above ? false : undefined;
    case "!=":
      return below || above ? true : undefined;
    default:
      return undefined;
  }
}

/** Whether a condition has the same truth for all values. */
export function truthOf(test: Typed): boolean | undefined {
  const constant = constantOf(test);
  if (constant !== undefined) return constant !== 0n;
  const range = rangeOf(test);
  if (!range || (range.low <= 0n && range.high >= 0n && range.low !== range.high)) return undefined;
  return range.low !== 0n || range.high !== 0n;
}
