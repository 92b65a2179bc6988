/** Random integer values, each well typed by the rules of C. */

import {
  type CType,
  commonType,
  type IntType,
  intType,
  promote,
  sizeOfType,
  ulongType,
} from "../../src/bind/ctype.js";
import { builtin } from "./builtin.js";
import { compound } from "./compound.js";
import { afford, chance, type Ground, type Term } from "./ground.js";
import { held, spot } from "./place.js";
import { anyPointer, pointer, sameType } from "./pointer.js";
import { spell } from "./spell.js";

type Maker = (g: Ground, depth: number) => Term | undefined;

const ends: readonly Maker[] = [literal, literal, named, variable, variable, variable];
const leaves: readonly Maker[] = [...ends, field, field, field, field];
const branches: readonly Maker[] = [
  ...[literal, named, variable, field, field, field, field, field],
  ...[unary, arithmetic, arithmetic, arithmetic, division, shift, shift, comparison, comparison, comparison],
  ...[
    pointers,
    pointers,
    logic,
    logic,
    choice,
    choice,
    cast,
    cast,
    size,
    difference,
    builtin,
    builtin,
    builtin,
  ],
  (g, depth) => compound(g, depth, integer),
];

/** An integer, of whatever type. */
export function integer(g: Ground, wanted: number): Term {
  const depth = afford(g, wanted);
  for (let tries = 0; tries < 4; tries++) {
    const made = g.random.pick(depth < 0 ? ends : depth === 0 ? leaves : branches)(g, depth);
    if (made?.type.kind === "int") return made;
  }
  return literal(g);
}

/** Something that can be tested for being other than zero. */
export function condition(g: Ground, depth: number): string {
  return chance(g.random, 25) ? anyPointer(g, depth).text : integer(g, depth).text;
}

const literals: readonly [text: string, type: IntType][] = [
  ...["0", "1", "2", "7", "-1", "42", "4096", "0x7f", "'a'", "'\\n'", "'\\xff'", "010", "2147483647"].map(
    (text) => [text.startsWith("-") ? `(${text})` : text, intType] as [string, IntType],
  ),
  ["1U", { kind: "int", size: 4, signed: false }],
  ["0xffffffff", { kind: "int", size: 4, signed: false }],
  ["3000000000", { kind: "int", size: 8, signed: true }],
  ["5L", { kind: "int", size: 8, signed: true }],
  ["0xffffffffffffffffULL", ulongType],
  ["(-9223372036854775807LL - 1)", { kind: "int", size: 8, signed: true }],
];

function literal({ random }: Ground): Term {
  const [text, type] = random.pick(literals);
  return { text, type };
}

const constants = ["EIO", "ENOMEM", "true", "false", "GFP_KERNEL", "__GFP_ZERO", "GFP_NOWAIT"];

function named({ random, enumerators }: Ground): Term {
  if (chance(random, 10)) return { text: "PAGE_SIZE", type: ulongType };
  return { text: random.pick(chance(random, 50) ? constants : enumerators), type: intType };
}

function variable(g: Ground): Term | undefined {
  const list = g.variables.filter((v) => v.type.kind === "int" && v.type.size <= 8);
  if (list.length === 0) return undefined;
  const { name, type } = g.random.pick(list);
  return { text: name, type };
}

function field(g: Ground, depth: number): Term | undefined {
  for (let tries = 0; tries < 6; tries++) {
    const value = held(spot(g, depth));
    if (value?.type.kind === "int") return value;
  }
  return undefined;
}

function unary(g: Ground, depth: number): Term {
  const operator = g.random.pick(["-", "~", "+", "!"]);
  if (operator === "!") return { text: `(!${condition(g, depth - 1)})`, type: intType };
  const { text, type } = integer(g, depth - 1);
  return { text: `(${operator}${text})`, type: promote(type as IntType) };
}

function two(g: Ground, depth: number): [Term, Term, IntType] {
  const [a, b] = [integer(g, depth - 1), integer(g, depth - 1)];
  return [a, b, commonType(a.type as IntType, b.type as IntType)];
}

function arithmetic(g: Ground, depth: number): Term {
  const [a, b, type] = two(g, depth);
  return { text: `(${a.text} ${g.random.pick(["+", "-", "*", "&", "|", "^"])} ${b.text})`, type };
}

function division(g: Ground, depth: number): Term {
  const [a, b, type] = two(g, depth);
  const operator = g.random.pick(["/", "%"]);
  const divisor = chance(g.random, 50)
    ? `(${b.text} | 1)`
    : g.random.pick(["3", "(-7)", "8U", "4096L", b.text]);
  return { text: `(${a.text} ${operator} ${divisor})`, type };
}

function shift(g: Ground, depth: number): Term {
  const a = integer(g, depth - 1);
  const type = promote(a.type as IntType);
  const count = chance(g.random, 60)
    ? `${g.random.number(type.size * 8)}`
    : chance(g.random, 50)
      ? `(${integer(g, depth - 1).text} & 15)`
      : integer(g, depth - 1).text;
  return { text: `(${a.text} ${g.random.pick(["<<", ">>"])} ${count})`, type };
}

const comparisons = ["==", "!=", "<", ">", "<=", ">="];

function comparison(g: Ground, depth: number): Term {
  const [a, b] = two(g, depth);
  return { text: `(${a.text} ${g.random.pick(comparisons)} ${b.text})`, type: intType };
}

function pointers(g: Ground, depth: number): Term {
  const a = anyPointer(g, depth - 1);
  const b = sameType(g, a, depth);
  const operator = g.random.pick(chance(g.random, 70) ? ["==", "!="] : comparisons);
  return { text: `(${a.text} ${operator} ${b})`, type: intType };
}

function logic(g: Ground, depth: number): Term {
  const operator = g.random.pick(["&&", "||"]);
  const sides = Array.from({ length: 2 + g.random.number(2) }, () => condition(g, depth - 1));
  return { text: `(${sides.join(` ${operator} `)})`, type: intType };
}

function choice(g: Ground, depth: number): Term {
  const [a, b, type] = two(g, depth);
  return { text: `(${condition(g, depth - 1)} ? ${a.text} : ${b.text})`, type };
}

const casts: readonly [name: string, size: number, signed: boolean, bool?: boolean][] = [
  ["u8", 1, false],
  ["s8", 1, true],
  ["unsigned short", 2, false],
  ["int", 4, true],
  ["u32", 4, false],
  ["unsigned long", 8, false],
  ["s64", 8, true],
  ["bool", 1, false, true],
  ["gfp_t", 4, false],
];

function cast(g: Ground, depth: number): Term {
  const [name, size, signed, bool] = g.random.pick(casts);
  const from = condition(g, depth - 1);
  return { text: `((${name})${from})`, type: { kind: "int", size, signed, ...(bool ? { bool } : {}) } };
}

function size(g: Ground, depth: number): Term | undefined {
  const at = spot(g, depth - 1);
  if (!at || at.bitfield || sizeOfType(at.type) === undefined) return undefined;
  const name = chance(g.random, 40) ? spell(at.type) : undefined;
  return { text: `sizeof(${name ?? at.text})`, type: ulongType };
}

function difference(g: Ground, depth: number): Term | undefined {
  const a = pointer(g, depth - 1);
  if (a?.type.kind !== "pointer" || !sizeOfType(a.type.to as CType)) return undefined;
  const b = sameType(g, a, depth);
  if (b === "NULL") return undefined;
  return { text: `(${a.text} - ${b})`, type: { kind: "int", size: 8, signed: true } };
}
