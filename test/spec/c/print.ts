/** Nodes of expr.ts as C in which every operator has its brackets, to compare trees with. */

import type { Expression, Statement, TypeName } from "../../../src/spec/expr.js";

export function print(e: Expression): string {
  switch (e.kind) {
    case "identifier":
      return e.name;
    case "integer":
      return `${e.value}${e.unsigned ? "u" : ""}${"l".repeat(e.long)}`;
    case "character":
      return `'${e.value}'`;
    case "string":
      return JSON.stringify(Buffer.from(e.bytes).toString("latin1"));
    case "unary":
      return `(${e.operator}${print(e.operand)})`;
    case "binary":
      return `(${print(e.left)} ${e.operator} ${print(e.right)})`;
    case "conditional":
      return `(${print(e.condition)} ? ${print(e.consequent)} : ${print(e.alternate)})`;
    case "member":
      return `(${print(e.object)}${e.arrow ? "->" : "."}${e.field.value})`;
    case "index":
      return `(${print(e.array)}[${print(e.index)}])`;
    case "cast":
      return `((${printType(e.type)})${print(e.operand)})`;
    case "sizeof":
      return e.operand.kind === "type" ? `sizeof(${printType(e.operand)})` : `(sizeof ${print(e.operand)})`;
    case "call":
      return `${e.callee.value}(${e.arguments.map(print).join(", ")})`;
    case "compound":
      return `({ ${[...e.statements.map(printStatement), print(e.result)].map((s) => `${s}; `).join("")}})`;
    default:
      return e satisfies never;
  }
}

function printStatement(s: Statement): string {
  return s.kind === "expression"
    ? print(s.value)
    : `${printType(s.type)} ${s.name.value} = ${print(s.value)}`;
}

/** The base and its declarators from the base outwards; `user` in front. */
export function printType({ base, declarators, user }: TypeName): string {
  const name =
    base.kind === "builtin"
      ? base.name
      : base.kind === "typedef"
        ? base.name.value
        : `${base.kind} ${base.name.value}`;
  const steps = declarators.map((d) => {
    if (d.kind === "array") return `[${d.length ?? ""}]`;
    return d.kind === "pointer" ? "*" : "()";
  });
  return [user ? "user " : "", name, ...steps].join("");
}
