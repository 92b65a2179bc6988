/** `sizeof`, as the target kernel's types have it. */

import type { Expression, TypeName } from "../spec/expr.js";
import * as codes from "./codes.js";
import { type CType, sizeOfType } from "./ctype.js";
import { typeExpression } from "./expression.js";
import { addressedPlace, isPlace } from "./place.js";
import { report, type Scope } from "./scope.js";
import { typeLabel } from "./spelled.js";
import { resolveType } from "./typename.js";

/** Bytes of an expression's or a type's value; `undefined` where it has no size, which is reported for the former two. */
export function sizeOfOperand(operand: Expression | TypeName | CType, scope: Scope): number | undefined {
  if (!("span" in operand)) return sizeOfType(operand);
  const type =
    operand.kind === "type"
      ? resolveType(operand, scope.kernel, scope.btf, (d) => report(scope, d), scope.kernels)
      : operandType(operand, scope);
  const size = sizeOfType(type);
  if (size === undefined && type.kind !== "invalid") {
    report(scope, codes.incompleteType(operand.span, { type: typeLabel(type) }));
  }
  return size;
}

// An array does not decay here, and a string literal counts its NUL (ISO C11 6.5.3.4).
function operandType(e: Expression, scope: Scope): CType {
  if (e.kind === "string") {
    return { kind: "array", of: { kind: "int", size: 1, signed: true }, length: e.bytes.length + 1 };
  }
  // The operand is not evaluated, so nothing is read for it.
  const unread: Scope = { ...scope, reads: new Set(), values: new Map() };
  const type = isPlace(e) ? addressedPlace(e, unread, "sizeof")?.type : typeExpression(e, unread).type;
  return type ?? { kind: "invalid" };
}
