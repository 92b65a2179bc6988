/** Random pointer values. */

import { type CType, sizeOfType } from "../../src/bind/ctype.js";
import { typeText } from "../../src/bind/spelled.js";
import { compound } from "./compound.js";
import { afford, chance, type Ground, type Term } from "./ground.js";
import { condition, integer } from "./integer.js";
import { held, spot } from "./place.js";
import { spell } from "./spell.js";

type Maker = (g: Ground, depth: number) => Term | undefined;

const leaves: readonly Maker[] = [variable, variable, variable, cast];
const branches: readonly Maker[] = [
  ...[variable, variable, loaded, loaded, loaded, loaded, address, address],
  ...[offset, cast, cast, choice, (g: Ground, depth: number) => compound(g, depth, pointer)],
];

/** A pointer; `undefined` where none came of the attempt. */
export function pointer(g: Ground, wanted: number): Term | undefined {
  const depth = afford(g, wanted);
  return depth < -1 ? variable(g) : g.random.pick(depth <= 0 ? leaves : branches)(g, depth);
}

/** Something that can be compared with NULL or tested; NULL itself where nothing else came. */
export function anyPointer(g: Ground, depth: number): Term {
  return pointer(g, depth) ?? variable(g) ?? { text: "NULL", type: voidPointer };
}

export const voidPointer: CType = { kind: "pointer", to: { kind: "void" } };

function variable(g: Ground): Term | undefined {
  const pointers = g.variables.filter((v) => v.type.kind === "pointer");
  if (pointers.length === 0) return undefined;
  const { name, type } = g.random.pick(pointers);
  return { text: name, type };
}

function loaded(g: Ground, depth: number): Term | undefined {
  for (let tries = 0; tries < 5; tries++) {
    const value = held(spot(g, depth));
    if (value?.type.kind === "pointer") return value;
  }
  return undefined;
}

function address(g: Ground, depth: number): Term | undefined {
  const at = spot(g, depth);
  if (!at || at.bitfield) return undefined;
  return { text: `(&${at.text})`, type: { kind: "pointer", to: at.type } };
}

function offset(g: Ground, depth: number): Term | undefined {
  const base = pointer(g, depth - 1);
  if (base?.type.kind !== "pointer") return undefined;
  const { to } = base.type;
  if (to.kind !== "void" && sizeOfType(to) === undefined) return undefined;
  const count = integer(g, depth - 2).text;
  const texts = [`(${base.text} + ${count})`, `(${base.text} - ${count})`, `(${count} + ${base.text})`];
  return { text: g.random.pick(texts), type: base.type };
}

function cast(g: Ground, depth: number): Term | undefined {
  const type = castType(g);
  const name = spell(type);
  if (!name) return undefined;
  const from = chance(g.random, 75) ? pointer(g, depth - 1) : integer(g, depth - 1);
  return from && { text: `((${name})${from.text})`, type };
}

function castType(g: Ground): CType {
  const { random, btf } = g;
  const plain = ["char", "unsigned int", "int", "short unsigned int"];
  const kind = random.number(4);
  if (kind === 0) return voidPointer;
  if (kind === 1) {
    const name = random.pick(plain);
    const size = { char: 1, "unsigned int": 4, int: 4 }[name] ?? 2;
    const to: CType = { kind: "int", size, signed: !name.includes("unsigned"), label: name };
    return { kind: "pointer", to: chance(random, 15) ? { kind: "pointer", to } : to };
  }
  const tag = random.pick(g.records);
  const id = btf.find("struct", tag)[0]!;
  return { kind: "pointer", to: { kind: "struct", name: tag, definition: { btf, id } } };
}

function choice(g: Ground, depth: number): Term | undefined {
  const first = pointer(g, depth - 1);
  if (!first) return undefined;
  const second = sameType(g, first, depth);
  const sides = chance(g.random, 50) ? [first.text, second] : [second, first.text];
  const test = chance(g.random, 40) ? first.text : condition(g, depth - 1);
  return { text: `(${test} ? ${sides.join(" : ")})`, type: first.type };
}

/** Another pointer of the same type, or NULL. */
export function sameType(g: Ground, { type, text }: Term, depth: number): string {
  const name = spell(type);
  const other = pointer(g, depth - 1);
  if (other && typeText(other.type) === typeText(type)) return other.text;
  if (name && other && chance(g.random, 50)) return `((${name})${other.text})`;
  return chance(g.random, 50) ? "NULL" : text;
}
