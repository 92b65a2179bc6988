/** Names that one block declares twice, which C does not allow (ISO C11 6.7); an inner block may hide an outer one's. */

import type { Diagnostic } from "../../diagnostic.js";
import type { Span } from "../../source.js";
import type { Expression } from "../expr.js";
import * as codes from "./codes.js";
import { partsOf } from "./depth.js";

/** A diagnostic for each local that has another's name in its own block. */
export function declaredTwice(e: Expression): Diagnostic[] {
  return [...(e.kind === "compound" ? twiceIn(e) : []), ...partsOf(e).flatMap(declaredTwice)];
}

function twiceIn({ statements }: Extract<Expression, { kind: "compound" }>): Diagnostic[] {
  const seen = new Map<string, Span>();
  return statements.flatMap((statement) => {
    if (statement.kind !== "declaration") return [];
    const { value: name, span } = statement.name;
    const first = seen.get(name);
    if (!first) seen.set(name, span);
    return first
      ? [codes.duplicateLocal(span, { name }, { notes: [{ text: "the first one", span: first }] })]
      : [];
  });
}
