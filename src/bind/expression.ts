/** Types a predicate by C's rules (ISO C11 6.5) against one kernel's BTF, and reports every misuse at its place. */

import type { Span } from "../source.js";
import type { Expression, Predicate } from "../spec/expr.js";
import { comparisons, type IntTyped, typeArithmetic } from "./arithmetic.js";
import { typeCall } from "./builtin.js";
import * as codes from "./codes.js";
import { typeCompound } from "./compound.js";
import { namedConstant } from "./constants.js";
import {
  agrees,
  type CType,
  commonType,
  decay,
  type IntType,
  intType,
  invalidType,
  isScalar,
  isTooWide,
  promote,
  sameSpace,
  ulongType,
  wrap,
} from "./ctype.js";
import { asNumber, constant, constantOf, convert, isNull } from "./lower.js";
import { addressedPlace, addressOf, loadFrom, placeOf } from "./place.js";
import type { Typed } from "./plan.js";
import { fieldHint, typePointerArithmetic, typePointerComparison } from "./pointer.js";
import { note, report, type Scope } from "./scope.js";
import { sizeOfOperand } from "./size.js";
import { typeLabel } from "./spelled.js";
import { plainTests, tested } from "./tested.js";
import { charOf, resolveType } from "./typename.js";

const invalid: Typed = { kind: "invalid", type: invalidType };

/** The predicate as a typed condition; the scope's diagnostics say what is wrong with it. */
export function typePredicate(predicate: Predicate, scope: Scope): Typed {
  return plainTests(typeCondition(predicate.expression, scope, "a predicate"));
}

/** An expression that is tested for being other than zero. */
export function typeCondition(e: Expression, scope: Scope, operator: string): Typed {
  const typed = typeExpression(e, scope);
  if (isScalar(typed.type)) return tested(typed);
  report(scope, codes.badOperand(e.span, { operator, type: typeLabel(typed.type) }, fieldHint(typed.type)));
  return invalid;
}

/** The expression's value; arrays have decayed to pointers. */
export function typeExpression(e: Expression, scope: Scope): Typed {
  switch (e.kind) {
    case "identifier":
      return typeIdentifier(e.name, e.span, scope);
    case "integer":
      return typeInteger(e, scope);
    case "character":
      return constant(intType, wrap(charOf(scope.kernel), BigInt(e.value)));
    case "string":
      report(scope, codes.stringAsValue(e.span, {}, { help: ['compare texts with STRCMP(p, "…")'] }));
      return invalid;
    case "unary":
      return typeUnary(e, scope);
    case "binary":
      return typeBinary(e, scope);
    case "conditional":
      return typeConditional(e, scope);
    case "member":
    case "index":
      return typePlace(e, scope);
    case "cast":
      return typeCast(e, scope);
    case "sizeof": {
      const size = sizeOfOperand(e.operand, scope);
      return size === undefined ? invalid : constant(ulongType, BigInt(size));
    }
    case "call":
      return typeCall(e, scope);
    case "compound":
      return typeCompound(e, scope);
    default:
      return e satisfies never;
  }
}

/** What stands in memory, read. */
function typePlace(e: Expression, scope: Scope): Typed {
  const place = placeOf(e, scope);
  const value = place ? loadFrom(place, e.span, scope) : invalid;
  if (value.type.kind === "int") note(scope, "number", e.span, value);
  return value;
}

function typeIdentifier(name: string, span: Span, scope: Scope): Typed {
  const variable = scope.variables.get(name);
  if (variable) {
    if (variable.type.kind === "invalid") return invalid;
    const { type, name: cName, direct, parameter } = variable;
    const value: Typed = { kind: "variable", type, name: cName, direct };
    if (parameter) scope.reads.add(parameter);
    if (parameter) note(scope, "number", span, value);
    return value;
  }
  return namedConstant(name, span, scope) ?? invalid;
}

// ISO C11 6.4.4.1: the first type of the list that holds the value.
function typeInteger(e: Extract<Expression, { kind: "integer" }>, scope: Scope): Typed {
  const long = e.long > 0;
  const candidates: IntType[] = [
    ...(long || e.unsigned ? [] : [intType]),
    ...(long || (e.decimal && !e.unsigned) ? [] : [{ kind: "int", size: 4, signed: false } as const]),
    ...(e.unsigned ? [] : [{ kind: "int", size: 8, signed: true } as const]),
    ...(e.decimal && !e.unsigned ? [] : [ulongType]),
  ];
  const limit = (t: IntType) => 1n << BigInt(t.size * 8 - (t.signed ? 1 : 0));
  // Compilers take a decimal constant beyond `long` as unsigned.
  const type =
    candidates.find((t) => e.value < limit(t)) ?? (e.value < limit(ulongType) ? ulongType : undefined);
  if (type) return constant(type, e.value);
  report(scope, codes.integerTooLarge(e.span, { value: e.value.toString() }));
  return invalid;
}

function typeUnary(e: Extract<Expression, { kind: "unary" }>, scope: Scope): Typed {
  if (e.operator === "*") return typePlace(e, scope);
  if (e.operator === "&") {
    const place = addressedPlace(e.operand, scope);
    return place ? addressOf(place) : invalid;
  }
  if (e.operator === "!") {
    const operand = typeCondition(e.operand, scope, "!");
    return operand.kind === "invalid" ? invalid : { kind: "unary", operator: "!", operand, type: intType };
  }
  const operand = typeInt(e.operand, scope, e.operator);
  if (!operand) return invalid;
  return { kind: "unary", operator: e.operator, operand, type: promote(operand.type) };
}

/** An operand that must be an integer; `undefined` where it is not, which is then reported. */
function typeInt(e: Expression, scope: Scope, operator: string): IntTyped | undefined {
  const typed = typeExpression(e, scope);
  if (typed.type.kind === "int") return typed as IntTyped;
  if (typed.type.kind !== "invalid") {
    report(scope, codes.badOperand(e.span, { operator, type: typeLabel(typed.type) }, fieldHint(typed.type)));
  }
  return undefined;
}

function typeBinary(e: Extract<Expression, { kind: "binary" }>, scope: Scope): Typed {
  if (e.operator === "&&" || e.operator === "||") return typeLogic(e, scope);
  const left = typeExpression(e.left, scope);
  const right = typeExpression(e.right, scope);
  if (left.type.kind === "invalid" || right.type.kind === "invalid") return invalid;
  if (left.type.kind === "int" && right.type.kind === "int") {
    return typeArithmetic(e, left as IntTyped, right as IntTyped, scope);
  }
  if (comparisons.has(e.operator)) return typePointerComparison(e, left, right, scope);
  if (e.operator === "+" || e.operator === "-") return typePointerArithmetic(e, left, right, scope);
  const bad = left.type.kind === "int" ? right : left;
  const at = left.type.kind === "int" ? e.right : e.left;
  report(
    scope,
    codes.badOperand(at.span, { operator: e.operator, type: typeLabel(bad.type) }, fieldHint(bad.type)),
  );
  return invalid;
}

/** Under a false `exists()` the other side is never run, and need not be typed: that is what it is for. */
function typeLogic(e: Extract<Expression, { kind: "binary" }>, scope: Scope): Typed {
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

function typeConditional(e: Extract<Expression, { kind: "conditional" }>, scope: Scope): Typed {
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

function typeCast(e: Extract<Expression, { kind: "cast" }>, scope: Scope): Typed {
  const type = resolveType(e.type, scope.kernel, scope.btf, (d) => report(scope, d), scope.kernels);
  const operand = typeExpression(e.operand, scope);
  if (type.kind === "invalid" || operand.kind === "invalid") return invalid;
  if (isTooWide(type)) {
    report(scope, codes.unsupportedType(e.type.span, { type: typeLabel(type) }));
    return invalid;
  }
  if (!isScalar(type) || !isScalar(operand.type)) {
    const [bad, at] = isScalar(type) ? [operand.type, e.operand.span] : [type, e.type.span];
    report(scope, codes.badOperand(at, { operator: "a cast", type: typeLabel(bad) }, fieldHint(bad)));
    return invalid;
  }
  return {
    kind: "cast",
    type: sameSpace(decay(type), operand.type),
    operand: type.kind !== "int" ? operand : type.bool ? tested(operand) : asNumber(operand, scope),
  };
}
