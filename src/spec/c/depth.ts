/** How deep an expression's tree is: that many levels call themselves wherever it is walked, here and in clang. */

import type { Expression } from "../expr.js";

/**
 * The outermost part that lies more than `limit` levels deep, if there is one. Operands of `&&` or `||` in a row are one
 * level, as are the branches of `a ? x : b ? y : z`: long lists of cases are not deep.
 */
export function tooDeep(expression: Expression, limit: number): Expression | undefined {
  if (limit < 0) return expression;
  for (const part of partsOf(expression)) {
    const found = tooDeep(part, isSameLevel(expression, part) ? limit : limit - 1);
    if (found) return found;
  }
  return undefined;
}

function isSameLevel(outer: Expression, part: Expression): boolean {
  if (outer.kind === "conditional") return part.kind === "conditional" && part === outer.alternate;
  const joins = outer.kind === "binary" && (outer.operator === "&&" || outer.operator === "||");
  return joins && part.kind === "binary" && part.operator === outer.operator && part === outer.left;
}

/** The expressions that stand directly in one. */
export function partsOf(e: Expression): readonly Expression[] {
  switch (e.kind) {
    case "identifier":
    case "integer":
    case "character":
    case "string":
      return [];
    case "unary":
    case "cast":
      return [e.operand];
    case "binary":
      return [e.left, e.right];
    case "conditional":
      return [e.condition, e.consequent, e.alternate];
    case "member":
      return [e.object];
    case "index":
      return [e.array, e.index];
    case "sizeof":
      return e.operand.kind === "type" ? [] : [e.operand];
    case "call":
      return e.arguments;
    case "compound":
      return [...e.statements.map((s) => s.value), e.result];
    default:
      return e satisfies never;
  }
}
