/** Small makers and questions on typed expressions. */

import { type CType, commonType, type IntType, intType, promote, wrap } from "./ctype.js";
import type { Place, Typed } from "./plan.js";
import type { Scope } from "./scope.js";
import { typeText } from "./spelled.js";

/** A constant, wrapped to its type's width. */
export function constant(type: IntType, value: bigint): Typed {
  return { kind: "constant", type, value: wrap(type, value) };
}

/** A null pointer constant: an integer constant 0, or one cast to a pointer (ISO C11 6.3.2.3). */
export function isNull(typed: Typed): boolean {
  if (typed.kind === "constant") return typed.value === 0n;
  return typed.kind === "cast" && typed.type.kind === "pointer" && isNull(typed.operand);
}

/** The value as one of the type; a cast only where it is another type. */
export function convert(typed: Typed, type: CType): Typed {
  if (typed.kind === "invalid" || type.kind === "invalid") return typed;
  if (typed.kind === "constant" && type.kind === "int") return constant(type, typed.value);
  if (typeText(typed.type) === typeText(type)) return typed;
  const isPointer = type.kind === "pointer";
  return { kind: "cast", type, operand: isPointer && isNull(typed) ? constant(intType, 0n) : typed };
}

/**
 * The value as a number that a program may compute with. A pointer that the verifier follows is none: a variable is
 * noted in the scope, so that the next round of typing reads it by a helper; a load is turned into a copying one.
 */
export function asNumber(typed: Typed, scope: Scope): Typed {
  if (typed.type.kind !== "pointer") return typed;
  switch (typed.kind) {
    case "variable":
      // Even one that no program follows may hold a pointer that the verifier does: it was cast.
      scope.numbers.add(typed.name);
      return typed;
    case "load":
      return typed.access === "direct" ? { ...typed, access: "kernel" } : typed;
    case "cast":
      return { ...typed, operand: asNumber(typed.operand, scope) };
    case "conditional":
      return {
        ...typed,
        consequent: asNumber(typed.consequent, scope),
        alternate: asNumber(typed.alternate, scope),
      };
    case "compound":
      return { ...typed, result: asNumber(typed.result, scope) };
    case "address": {
      const { place } = typed;
      return { ...typed, place: numberPlace(place, scope) };
    }
    default:
      return typed;
  }
}

/** The place, with every pointer on the way to it as a number. */
export function numberPlace(place: Place, scope: Scope): Place {
  return place.kind === "target"
    ? { ...place, pointer: asNumber(place.pointer, scope) }
    : { ...place, of: numberPlace(place.of, scope) };
}

/** The value, where it is the same whatever the arguments; a division by zero has none. */
export function constantOf(typed: Typed): bigint | undefined {
  switch (typed.kind) {
    case "constant":
      return typed.value;
    case "exists":
      return typed.present === "some" ? undefined : typed.present ? 1n : 0n;
    case "cast": {
      const value = constantOf(typed.operand);
      return value !== undefined && typed.type.kind === "int" ? wrap(typed.type, value) : undefined;
    }
    case "unary": {
      const value = constantOf(typed.operand);
      if (value === undefined || typed.type.kind !== "int") return undefined;
      return wrap(
        typed.type,
        { "+": value, "-": -value, "~": ~value, "!": value === 0n ? 1n : 0n }[typed.operator],
      );
    }
    case "conditional": {
      const condition = constantOf(typed.condition);
      return condition === undefined
        ? undefined
        : constantOf(condition !== 0n ? typed.consequent : typed.alternate);
    }
    case "binary":
      return constantBinary(typed);
    default:
      return undefined;
  }
}

function constantBinary(typed: Extract<Typed, { kind: "binary" }>): bigint | undefined {
  const { operator } = typed;
  const a = constantOf(typed.left);
  const b = constantOf(typed.right);
  if (operator === "&&" && (a === 0n || b === 0n)) return 0n;
  if (operator === "||" && ((a !== undefined && a !== 0n) || (b !== undefined && b !== 0n))) return 1n;
  if (a === undefined || b === undefined || typed.type.kind !== "int") return undefined;
  const truth = (value: boolean) => (value ? 1n : 0n);
  switch (operator) {
    case "*":
      return wrap(typed.type, a * b);
    case "/":
      return b === 0n ? undefined : wrap(typed.type, a / b);
    case "%":
      return b === 0n ? undefined : wrap(typed.type, a % b);
    case "+":
      return wrap(typed.type, a + b);
    case "-":
      return wrap(typed.type, a - b);
    case "<<":
      return wrap(typed.type, a << b);
    case ">>":
      return wrap(typed.type, a >> b);
    case "&":
      return wrap(typed.type, a & b);
    case "^":
      return wrap(typed.type, a ^ b);
    case "|":
      return wrap(typed.type, a | b);
    case "<":
      return truth(a < b);
    case ">":
      return truth(a > b);
    case "<=":
      return truth(a <= b);
    case ">=":
      return truth(a >= b);
    case "==":
      return truth(a === b);
    case "!=":
      return truth(a !== b);
    case "&&":
      return truth(a !== 0n && b !== 0n);
    case "||":
      return truth(a !== 0n || b !== 0n);
    default:
      return operator satisfies never;
  }
}

/** An arithmetic operator on two integers, with C's conversions. */
export function arithmetic(operator: "<<" | ">>" | "&" | "|", left: Typed, right: Typed): Typed {
  if (left.type.kind !== "int" || right.type.kind !== "int")
    throw new TypeError("arithmetic on what is no integer");
  const shift = operator === "<<" || operator === ">>";
  const type = shift ? promote(left.type) : commonType(left.type, right.type);
  return {
    kind: "binary",
    operator,
    left: convert(left, type),
    right: shift ? right : convert(right, type),
    type,
  };
}
