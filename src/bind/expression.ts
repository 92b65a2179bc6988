/** Types a predicate by C's rules (ISO C11 6.5) against one kernel's BTF, and reports every misuse at its place. */

import type { Span } from "../source.js";
import type { Expression, Predicate } from "../spec/expr.js";
import { comparisons, type IntTyped, typeArithmetic } from "./arithmetic.js";
import { typeCall } from "./builtin.js";
import { typeConditional, typeLogic } from "./choice.js";
import * as codes from "./codes.js";
import { typeCompound } from "./compound.js";
import { namedConstant } from "./constants.js";
import {
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
import { addressOf, loadFrom } from "./load.js";
import { asNumber, constant } from "./lower.js";
import { addressedPlace, placeOf } from "./place.js";
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
      report(scope, codes.stringAsValue(e.span, {}, { help: stringHelp(e) }));
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

/** A single letter may be meant for a character. */
function stringHelp({ bytes }: Extract<Expression, { kind: "string" }>): string[] {
  const letter = /^[^\\'\p{Cc}]$/u.exec(new TextDecoder().decode(bytes))?.[0];
  const isByte = letter && bytes.length === 1;
  return [
    'compare texts with STRCMP(p, "…")',
    ...(isByte ? [`a single byte stands in single quotes: \`'${letter}'\``] : []),
  ];
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
    const { type, name: cName, direct, alias, parameter } = variable;
    const value: Typed = { kind: "variable", type, name: cName, direct, ...(alias && { alias }) };
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
