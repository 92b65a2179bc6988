/** Arithmetic, shifts and comparisons of integers (ISO C11 6.5.5 to 6.5.12). */

import { spanText } from "../source.js";
import type { BinaryOperator, Expression } from "../spec/expr.js";
import * as codes from "./codes.js";
import { commonType, type IntType, intType, invalidType, promote } from "./ctype.js";
import { arithmetic, constant, constantOf, convert } from "./lower.js";
import type { Typed } from "./plan.js";
import { compared, type Range, rangeOf } from "./range.js";
import { report, type Scope } from "./scope.js";

const invalid: Typed = { kind: "invalid", type: invalidType };

type Binary = Extract<Expression, { kind: "binary" }>;

/** An integer. */
export type IntTyped = Typed & { readonly type: IntType };

/** The operators that give 0 or 1. */
export const comparisons: ReadonlySet<BinaryOperator> = new Set(["<", ">", "<=", ">=", "==", "!="]);

/** A binary operator on two integers. */
export function typeArithmetic(e: Binary, left: IntTyped, right: IntTyped, scope: Scope): Typed {
  const { operator } = e;
  if (operator === "<<" || operator === ">>") {
    const type = promote(left.type);
    const count = constantOf(right);
    if (count !== undefined && (count < 0n || count >= BigInt(type.size * 8))) {
      report(scope, codes.badShift(e.right.span, { count: count.toString(), width: type.size * 8 }));
      return invalid;
    }
    return { kind: "binary", operator, left: convert(left, type), right: shiftCount(right, type), type };
  }
  if ((operator === "/" || operator === "%") && constantOf(right) === 0n) {
    report(scope, codes.divisionByZero(e.right.span, { operator }));
    return invalid;
  }
  if (bitwise.has(operator)) for (const side of [e.left, e.right]) reportTighter(e, side, scope);
  const common = commonType(left.type, right.type);
  const type = comparisons.has(operator) ? intType : common;
  const other = convert(right, common);
  const side = convert(left, common);
  if (comparisons.has(operator)) reportKnown(e, side, other, scope);
  const divides = (operator === "/" || operator === "%") && constantOf(right) === undefined;
  return {
    kind: "binary",
    operator,
    left: side,
    // Where it is 0 after all, BPF has a result for it, and C none.
    right: divides ? { kind: "opaque", type: common, operand: other } : other,
    type,
  };
}

const bitwise: ReadonlySet<BinaryOperator> = new Set(["&", "^", "|"]);

/** A comparison that stands without parentheses beside an operator on bits. */
function reportTighter(e: Binary, side: Expression, scope: Scope): void {
  if (side.kind !== "binary" || !comparisons.has(side.operator)) return;
  const { source } = e.span;
  const [from, to] =
    side === e.left ? [side.span.end, e.operatorSpan.start] : [e.operatorSpan.end, side.span.start];
  if (/[()]/.test(source.text.slice(from, to))) return;
  const help = side === e.left ? maskedRight(side, e) : maskedLeft(e, side);
  report(scope, codes.precedence(side.span, { outer: e.operator, inner: side.operator }, { help }));
}

/** What is meant by `a & b == c`, if `a` is no comparison, too. */
function maskedLeft(e: Binary, side: Binary): string[] {
  if (e.left.kind === "binary" && comparisons.has(e.left.operator)) return [];
  return meant(
    `(${written(e.left)} ${e.operator} ${written(side.left)}) ${side.operator} ${written(side.right)}`,
  );
}

/** What is meant by `a == b & c`, if `c` is no comparison, too. */
function maskedRight(side: Binary, e: Binary): string[] {
  if (e.right.kind === "binary" && comparisons.has(e.right.operator)) return [];
  return meant(
    `${written(side.left)} ${side.operator} (${written(side.right)} ${e.operator} ${written(e.right)})`,
  );
}

function meant(text: string): string[] {
  return [`if the bits are to be compared: \`${text}\``];
}

function written(e: Expression): string {
  return spanText(e.span).replace(/\s+/g, " ");
}

/** A comparison that the operands' ranges decide; one of two constants is no such slip, and told of where it decides a predicate. */
function reportKnown(e: Binary, left: Typed, right: Typed, scope: Scope): void {
  const [a, b] = [rangeOf(left), rangeOf(right)];
  if (!a || !b || (constantOf(left) !== undefined && constantOf(right) !== undefined)) return;
  const known = compared(e.operator, a, b);
  if (known === undefined) return;
  const words = ({ low, high }: Range) => (low === high ? `${low}` : `from ${low} to ${high}`);
  const why = `the left side is ${words(a)}, the right side ${words(b)}`;
  report(scope, codes.constantComparison(e.span, { value: known ? "true" : "false", why }));
}

/** The count as processors take it: what is beyond the width, for which C has no meaning, is cut off. */
function shiftCount(count: IntTyped, { size }: IntType): Typed {
  const width = BigInt(size * 8);
  const isBelow = (typed: Typed) => {
    const value = constantOf(typed);
    return value !== undefined && value >= 0n && value < width;
  };
  const masked = count.kind === "binary" && count.operator === "&" && [count.left, count.right].some(isBelow);
  return masked || isBelow(count) ? count : arithmetic("&", count, constant(intType, width - 1n));
}
