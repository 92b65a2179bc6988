/**
 * Pointers that are tested. Where clang knows that a pointer is NULL, or some other constant, it puts that in the
 * pointer's place; and through a constant the verifier follows nothing. So what is tested is another value than what
 * is followed.
 */

import { isNull } from "./lower.js";
import { isFollowed } from "./place.js";
import type { Typed } from "./plan.js";

/** The value to test, apart from the pointer that it is, if the verifier may be asked to follow that. */
export function tested(typed: Typed): Typed {
  return isFollowable(typed) ? { kind: "opaque", type: typed.type, operand: typed } : typed;
}

function isFollowable(typed: Typed): boolean {
  switch (typed.kind) {
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
      return condition.operand;
    case "compound":
      return { ...condition, result: plainTests(condition.result) };
    case "binary": {
      const { operator, left, right } = condition;
      const isTest = operator === "!=" && (isNull(left) || isNull(right));
      if (operator !== "&&" && !isTest) return condition;
      return { ...condition, left: plainTests(left), right: plainTests(right) };
    }
    default:
      return condition;
  }
}
