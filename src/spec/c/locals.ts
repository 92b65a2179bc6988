/** Locals that C gives no meaning: two of one name in a block (ISO C11 6.7), and those made of themselves (6.2.1). */

import type { Diagnostic } from "../../diagnostic.js";
import type { Span } from "../../source.js";
import type { Expression, Statement } from "../expr.js";
import * as codes from "./codes.js";
import { partsOf } from "./depth.js";

/** A diagnostic for each local that has another's name in its own block, or is used for its own first value. */
export function mistakenLocals(e: Expression): Diagnostic[] {
  const own = e.kind === "compound" ? [...twiceIn(e), ...e.statements.flatMap(ownUses)] : [];
  return [...own, ...partsOf(e).flatMap(mistakenLocals)];
}

type Compound = Extract<Expression, { kind: "compound" }>;

/** An inner block may hide an outer one's names. */
function twiceIn({ statements }: Compound): Diagnostic[] {
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

function ownUses(statement: Statement): Diagnostic[] {
  if (statement.kind !== "declaration") return [];
  const name = statement.name.value;
  return usesOf(name, statement.value).map((span) => codes.ownInitializer(span, { name }));
}

/** Where the expression means what `name` is outside of it. */
function usesOf(name: string, e: Expression): Span[] {
  if (e.kind === "identifier") return e.name === name ? [e.span] : [];
  const hiding = e.kind === "compound" ? e.statements.findIndex((s) => isNamed(s, name)) : -1;
  const parts = hiding < 0 ? partsOf(e) : partsOf(e).slice(0, hiding);
  return parts.flatMap((part) => usesOf(name, part));
}

function isNamed(statement: Statement, name: string): boolean {
  return statement.kind === "declaration" && statement.name.value === name;
}
