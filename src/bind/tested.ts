/**
 * Pointers that are tested. Where clang knows that a pointer is NULL, or some other constant, it puts that in the
 * pointer's place, and through a constant the verifier follows nothing; and it makes one test of two, with bit operations
 * on pointers, which the verifier forbids. So the outcome of a test is a value from which clang learns nothing.
 */

import { intType } from "./ctype.js";
import { isFollowed } from "./load.js";
import { isNull } from "./lower.js";
import type { Typed } from "./plan.js";

/** The value to test; of a pointer that the verifier may be asked to follow, whether it is not NULL. */
export function tested(typed: Typed): Typed {
  return isFollowable(typed) ? truth(typed) : typed;
}

/** 0 or 1; of what one or another pointer is, that of each, since clang would make one test of the choice and the pointer. */
function truth(typed: Typed): Typed {
  if (!isFollowable(typed)) return not(not(typed));
  switch (typed.kind) {
    case "cast":
      return truth(typed.operand);
    case "conditional": {
      const [consequent, alternate] = [truth(typed.consequent), truth(typed.alternate)];
      return { ...typed, type: intType, consequent, alternate };
    }
    case "compound":
      return { ...typed, type: intType, result: truth(typed.result) };
    default:
      return opaque(not(not(typed)));
  }
}

function not(operand: Typed): Typed {
  return { kind: "unary", operator: "!", operand, type: intType };
}

/** The comparison of two pointers. */
export function testedPair(comparison: Extract<Typed, { kind: "binary" }>): Typed {
  const { left, right } = comparison;
  if (![left, right].some(isFollowable)) return comparison;
  return opaque({ ...comparison, left: settled(left), right: settled(right) });
}

/** A pointer to keep or to compare; of a choice, clang would make one test with that of what was chosen. */
export function settled(typed: Typed): Typed {
  return isFollowable(typed) && isChosen(typed) ? opaque(typed) : typed;
}

function isChosen(typed: Typed): boolean {
  if (typed.kind === "cast") return isChosen(typed.operand);
  return typed.kind === "compound" ? isChosen(typed.result) : typed.kind === "conditional";
}

function opaque(operand: Typed): Typed {
  return { kind: "opaque", type: operand.type, operand };
}

/** Whether it may be the value of a pointer that the verifier follows, so that clang could put the one for the other. */
export function isFollowable(typed: Typed): boolean {
  switch (typed.kind) {
    case "variable":
      return typed.alias === true || isFollowed(typed);
    case "opaque":
      return typed.type.kind === "pointer";
    case "cast":
      return typed.type.kind === "pointer" && isFollowable(typed.operand);
    case "conditional":
      return isFollowable(typed.consequent) || isFollowable(typed.alternate);
    case "compound":
      return isFollowable(typed.result);
    default:
      return isFollowed(typed);
  }
}

/**
 * The condition with plain tests where they do no harm: in `a && p && …` a pointer that is NULL ends it all, so nothing
 * is followed that is known to be NULL.
 */
export function plainTests(condition: Typed): Typed {
  switch (condition.kind) {
    case "opaque":
      return plainPresence(condition.operand) ?? condition;
    case "compound":
      return { ...condition, result: plainTests(condition.result) };
    case "binary": {
      if (condition.operator !== "&&") return condition;
      return { ...condition, left: plainTests(condition.left), right: plainTests(condition.right) };
    }
    default:
      return condition;
  }
}

/** The test of a pointer's presence, `!!p` or `p != NULL`, as plain C; any other has none. */
function plainPresence(test: Typed): Typed | undefined {
  if (test.kind === "binary" && test.operator === "!=" && (isNull(test.left) || isNull(test.right)))
    return test;
  return test.kind === "unary" && test.operand.kind === "unary" ? test.operand.operand : undefined;
}
