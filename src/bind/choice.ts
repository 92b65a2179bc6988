/** `&&`, `||` and `?:`, which run a side only where a condition says so (ISO C11 6.5.13 to 6.5.15). */

import type { Expression } from "../spec/expr.js";
import * as codes from "./codes.js";
import { agrees, type CType, commonType, intType, invalidType, sameSpace } from "./ctype.js";
import { typeCondition, typeExpression } from "./expression.js";
import { constantOf, convert, isNull } from "./lower.js";
import type { Typed } from "./plan.js";
import { report, type Scope } from "./scope.js";
import { typeLabel } from "./spelled.js";

const invalid: Typed = { kind: "invalid", type: invalidType };

/** Under a false `exists()` the other side is never run, and need not be typed: that is what it is for. */
export function typeLogic(e: Extract<Expression, { kind: "binary" }>, scope: Scope): Typed {
  const left = typeCondition(e.left, scope, e.operator);
  if (asksExistence(e.left)) {
    const known = constantOf(left);
    if (known !== undefined && (known !== 0n) === (e.operator === "||"))
      return { kind: "binary", operator: e.operator, left, right: skipped(intType), type: intType };
  }
  const right = typeCondition(e.right, guarded(e.left, scope), e.operator);
  if (left.kind === "invalid" || right.kind === "invalid") return invalid;
  return { kind: "binary", operator: e.operator, left, right, type: intType };
}

/** The scope of what `exists()` decides on: what it reads is not told, since without the guard it need not be there. */
function guarded(condition: Expression, scope: Scope): Scope {
  return asksExistence(condition) ? { ...scope, values: new Map() } : scope;
}

function skipped(type: CType): Typed {
  return { kind: "skipped", type };
}

function asksExistence(e: Expression): boolean {
  switch (e.kind) {
    case "call":
      return e.callee.value === "exists";
    case "unary":
      return asksExistence(e.operand);
    case "binary":
      return asksExistence(e.left) || asksExistence(e.right);
    default:
      return false;
  }
}

/** `?:`; where `exists()` decides, the other side need not be typed either. */
export function typeConditional(e: Extract<Expression, { kind: "conditional" }>, scope: Scope): Typed {
  const condition = typeCondition(e.condition, scope, "?:");
  const known = asksExistence(e.condition) ? constantOf(condition) : undefined;
  if (known !== undefined) {
    const side = typeExpression(known === 0n ? e.alternate : e.consequent, guarded(e.condition, scope));
    if (side.kind === "invalid" || scope.kernels.length === 1) return side;
    const { type } = side;
    return known === 0n
      ? { kind: "conditional", condition, consequent: skipped(type), alternate: side, type }
      : { kind: "conditional", condition, consequent: side, alternate: skipped(type), type };
  }
  const consequent = typeExpression(e.consequent, scope);
  const alternate = typeExpression(e.alternate, scope);
  if ([condition, consequent, alternate].some((t) => t.type.kind === "invalid")) return invalid;
  const type = conditionalType(consequent, alternate);
  if (!type) {
    report(
      scope,
      codes.badOperand(
        e.alternate.span,
        { operator: "?:", type: typeLabel(alternate.type) },
        {
          help: [`the other side is \`${typeLabel(consequent.type)}\``],
        },
      ),
    );
    return invalid;
  }
  return {
    kind: "conditional",
    condition,
    consequent: convert(consequent, type),
    alternate: convert(alternate, type),
    type,
  };
}

function conditionalType(a: Typed, b: Typed): CType | undefined {
  if (a.type.kind === "int" && b.type.kind === "int") return commonType(a.type, b.type);
  if (a.type.kind !== "pointer" && b.type.kind !== "pointer") return undefined;
  if (isNull(a)) return b.type;
  if (isNull(b)) return a.type;
  if (a.type.kind !== "pointer" || b.type.kind !== "pointer" || !agrees(a.type, b.type)) return undefined;
  return sameSpace(a.type.to.kind === "void" ? a.type : b.type.to.kind === "void" ? b.type : a.type, b.type);
}
