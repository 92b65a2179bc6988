/** What an expression is made of. */

import type { Expression, Statement } from "./expr.js";
import type { Name } from "./spec.js";

/** The expression and all inside it, from the outside in. */
export function* expressionsIn(e: Expression): Generator<Expression> {
  yield e;
  for (const part of parts(e)) yield* expressionsIn(part);
}

/** The names that it reads, without its own locals. */
export function namesIn(e: Expression): Name[] {
  const all = [...expressionsIn(e)];
  const locals = all.flatMap((x) => (x.kind === "compound" ? x.statements.flatMap(declared) : []));
  return all.flatMap((x) =>
    x.kind === "identifier" && !locals.includes(x.name) ? [{ value: x.name, span: x.span }] : [],
  );
}

/** The built-ins that it uses, each time that it does. */
export function callsIn(e: Expression): Name[] {
  return [...expressionsIn(e)].flatMap((x) => (x.kind === "call" ? [x.callee] : []));
}

function declared(statement: Statement): string[] {
  return statement.kind === "declaration" ? [statement.name.value] : [];
}

function parts(e: Expression): readonly Expression[] {
  switch (e.kind) {
    case "identifier":
    case "integer":
    case "character":
    case "string":
      return [];
    case "sizeof":
      return e.operand.kind === "type" ? [] : [e.operand];
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
    case "call":
      return e.arguments;
    case "compound":
      return [...e.statements.map((s) => s.value), e.result];
    default:
      return e satisfies never;
  }
}
