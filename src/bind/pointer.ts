/** Operators on pointers (ISO C11 6.5.6, 6.5.8, 6.5.9). */

import type { Span } from "../source.js";
import type { Expression } from "../spec/expr.js";
import * as codes from "./codes.js";
import { agrees, type CType, intType, invalidType, isScalar } from "./ctype.js";
import { asNumber, convert, isNull } from "./lower.js";
import type { Typed } from "./plan.js";
import { report, type Scope } from "./scope.js";
import { sizeOfOperand } from "./size.js";
import { typeLabel } from "./spelled.js";
import { testedPair } from "./tested.js";

const invalid: Typed = { kind: "invalid", type: invalidType };

/** Advice for a whole struct where a value is wanted. */
export function fieldHint(type: CType) {
  return type.kind === "struct" || type.kind === "union" ? { help: ["name one of its fields"] } : {};
}

/** `==`, `<` and their like, of which one side at least is a pointer. */
export function typePointerComparison(
  e: Extract<Expression, { kind: "binary" }>,
  left: Typed,
  right: Typed,
  scope: Scope,
): Typed {
  const { operator } = e;
  for (const [typed, at] of [
    [left, e.left],
    [right, e.right],
  ] as const) {
    if (isScalar(typed.type)) continue;
    report(
      scope,
      codes.badOperand(at.span, { operator, type: typeLabel(typed.type) }, fieldHint(typed.type)),
    );
    return invalid;
  }
  const [pointer, other] = left.type.kind === "pointer" ? [left, right] : [right, left];
  if (other.type.kind === "int") {
    if (!isNull(other)) {
      const labels = { pointer: typeLabel(pointer.type), integer: typeLabel(other.type) };
      report(scope, codes.pointerWithInteger(e.operatorSpan, { operator, ...labels }));
      return invalid;
    }
  } else if (!isNull(left) && !isNull(right)) {
    if (isCharPointer(left.type) && isCharPointer(right.type))
      report(scope, codes.pointerStrings(e.operatorSpan, { operator }));
    else if (!isAlike(left.type, right.type)) {
      const labels = { left: typeLabel(left.type), right: typeLabel(right.type) };
      report(scope, codes.unlikePointers(e.operatorSpan, labels));
    }
  }
  if (isNull(left) !== isNull(right)) reportKnown(e, isNull(right), scope);
  const type = pointer.type;
  const [a, b] = [convert(left, type), convert(right, type)];
  return testedPair({ kind: "binary", operator, left: a, right: b, type: intType });
}

/** A comparison with 0 on its right or left that is the same for all pointers, since addresses have no sign. */
function reportKnown(e: Extract<Expression, { kind: "binary" }>, isRight: boolean, scope: Scope): void {
  const [never, always] = isRight ? ["<", ">="] : [">", "<="];
  if (e.operator !== never && e.operator !== always) return;
  const labels = { value: e.operator === always ? "true" : "false", why: "no address is below 0" };
  const help = ["an error in a pointer's place is told by `(unsigned long)p >= -4095UL`"];
  report(scope, codes.constantComparison(e.span, labels, { help }));
}

function isCharPointer(type: CType): boolean {
  return type.kind === "pointer" && type.to.kind === "int" && type.to.size === 1 && !type.to.bool;
}

/** Whether C compares the two without a word: they lead to the same type, signedness aside, or one is `void *`. */
function isAlike(a: CType, b: CType): boolean {
  if (a.kind !== "pointer" || b.kind !== "pointer") return true;
  const bothInt = a.to.kind === "int" && b.to.kind === "int";
  return bothInt ? a.to.size === b.to.size : agrees(a, b);
}

/** `+` and `-`, of which one side at least is a pointer. */
export function typePointerArithmetic(
  e: Extract<Expression, { kind: "binary" }>,
  left: Typed,
  right: Typed,
  scope: Scope,
): Typed {
  const { operator } = e;
  const bad = [
    { typed: left, at: e.left },
    { typed: right, at: e.right },
  ].find(({ typed }) => !isScalar(typed.type));
  const both = left.type.kind === "pointer" && right.type.kind === "pointer";
  if (
    bad ||
    (both && operator === "+") ||
    (right.type.kind === "pointer" && left.type.kind === "int" && operator === "-")
  ) {
    const { typed, at } = bad ?? { typed: right, at: e.right };
    report(
      scope,
      codes.badOperand(at.span, { operator, type: typeLabel(typed.type) }, fieldHint(typed.type)),
    );
    return invalid;
  }
  if (both && !isSameTarget(left.type, right.type)) {
    const help = [`the other side is \`${typeLabel(left.type)}\``];
    report(scope, codes.badOperand(e.right.span, { operator, type: typeLabel(right.type) }, { help }));
    return invalid;
  }
  const [pointer, at] = left.type.kind === "pointer" ? [left, e.left] : [right, e.right];
  const size = pointer.type.kind === "pointer" ? elementSize(pointer.type.to, at.span, scope) : undefined;
  if (size === undefined) return invalid;
  const type: CType = both ? { kind: "int", size: 8, signed: true } : pointer.type;
  return { kind: "offset", operator, left: asNumber(left, scope), right: asNumber(right, scope), size, type };
}

/** A difference counts elements, so that both sides must agree on them; `void *` has none in common with another. */
function isSameTarget(a: CType, b: CType): boolean {
  const isVoid = (type: CType) => type.kind === "pointer" && type.to.kind === "void";
  return isVoid(a) === isVoid(b) && isAlike(a, b);
}

/** Bytes from one element to the next; GNU C gives `void` one byte. */
export function elementSize(type: CType, span: Span, scope: Scope): number | undefined {
  const size = type.kind === "void" ? 1 : sizeOfOperand(type, scope);
  if (size === undefined) report(scope, codes.incompleteType(span, { type: typeLabel(type) }));
  return size;
}
