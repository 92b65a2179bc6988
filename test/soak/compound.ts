/** Random compound expressions: declarations, then a result over them. */

import { type CType, intType } from "../../src/bind/ctype.js";
import { chance, type Ground, randomName, type Term, type Variable } from "./ground.js";
import { integer } from "./integer.js";
import { pointer } from "./pointer.js";
import { spell } from "./spell.js";

/** `({ T x = e; …; result; })`, of whatever type `result` makes. */
export function compound(
  g: Ground,
  depth: number,
  result: (g: Ground, depth: number) => Term | undefined,
): Term | undefined {
  const statements: string[] = [];
  const declared = new Set<string>();
  let inner = g;
  for (let n = 1 + g.random.number(3); n > 0; n--) {
    if (chance(g.random, 8)) {
      statements.push(`${integer(inner, depth - 2).text};`);
      continue;
    }
    const local = declaration(inner, depth - 1);
    if (!local || declared.has(local.variable.name)) continue;
    statements.push(local.text);
    declared.add(local.variable.name);
    const outer = inner.variables.filter((v) => v.name !== local.variable.name);
    inner = { ...inner, variables: [local.variable, ...outer] };
  }
  const value = result(inner, depth - 1);
  return value && { text: `({ ${statements.join(" ")} ${value.text}; })`, type: value.type };
}

const integers: readonly [name: string, size: number, signed: boolean][] = [
  ["int", 4, true],
  ["unsigned long", 8, false],
  ["char", 1, true],
  ["unsigned short", 2, false],
  ["long long", 8, true],
  ["u32", 4, false],
  ["s8", 1, true],
];

function declaration(around: Ground, depth: number): { text: string; variable: Variable } | undefined {
  const name = randomName(around);
  // In its own declaration, the name is the new one already.
  const g = { ...around, variables: around.variables.filter((v) => v.name !== name) };
  const value = chance(g.random, 60) ? pointer(g, depth) : undefined;
  if (value) {
    const written = chance(g.random, 10) ? "void *" : spell(value.type);
    const type: CType = written === "void *" ? { kind: "pointer", to: { kind: "void" } } : value.type;
    return written ? { text: `${written} ${name} = ${value.text};`, variable: { name, type } } : undefined;
  }
  if (chance(g.random, 15)) {
    const text = `bool ${name} = ${(pointer(g, depth - 1) ?? integer(g, depth - 1)).text};`;
    return { text, variable: { name, type: { ...intType, size: 1, bool: true } } };
  }
  const [type, size, signed] = g.random.pick(integers);
  const text = `${type} ${name} = ${integer(g, depth).text};`;
  return { text, variable: { name, type: { kind: "int", size, signed, label: type } } };
}
