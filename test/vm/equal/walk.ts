/** Ways into memory: members, elements and what pointers lead to, from the variables on. */

import {
  type CType,
  type IntType,
  type PointerType,
  type RecordType,
  sizeOfType,
} from "../../../src/bind/ctype.js";
import type { Random } from "../../spec/random.js";
import { int, scalar } from "./generate.js";
import { binary, cast, conditional, primary, suffixed, type Text, unary } from "./text.js";
import { membersOf, nameOf, type Variable, type World } from "./world.js";

/** An expression with its type, where that matters: something in memory, or a pointer. */
interface Value {
  readonly text: Text;
  readonly type: CType;
  /** Width in bits of a bitfield. */
  readonly bits?: number;
}

interface Local {
  readonly name: string;
  readonly type: CType;
}

export interface Generator {
  readonly world: World;
  readonly random: Random;
  readonly locals: readonly Local[];
  /** Counts names, and bytes of stack that texts take. */
  readonly used: { names: number; stack: number };
}

/** The variables and locals that are in sight: inner names hide outer ones. */
export function named(g: Generator): readonly Pick<Variable, "name" | "type" | "text">[] {
  return inSight<Pick<Variable, "name" | "type" | "text">>([...g.world.variables, ...g.locals]);
}

/** Those that none behind them hides. */
function inSight<T extends { readonly name: string }>(all: readonly T[]): T[] {
  return all.filter(({ name }, i) => !all.slice(i + 1).some((inner) => inner.name === name));
}

/** The value of an integer in memory. */
export function scalarIn(g: Generator, depth: number): Text | undefined {
  for (let attempt = 0; attempt < 20; attempt++) {
    const found = walk(g, depth, false);
    if (found?.type.kind !== "int") continue;
    // gcc reckons with a bitfield that is wider than int in its own width, clang and we in that of its type.
    if (found.bits && found.bits > 32) return cast(found.type.signed ? "long" : "unsigned long", found.text);
    return found.text;
  }
  return undefined;
}

/** Something in memory, reached from a pointer: an integer, a pointer or, where wanted, a record or an array. */
export function walk(g: Generator, depth: number, whole: boolean): Value | undefined {
  const { random, world } = g;
  const local = random.number(4) === 0 ? inSight(g.locals).findLast((l) => isIntPointer(l.type)) : undefined;
  if (local) return followed(g, { text: primary(local.name), type: local.type }, depth);
  const pointer = recordPointer(g, depth);
  if (!pointer) return undefined;
  const arrow = random.number(12) > 0;
  const start: Text = arrow ? pointer.text : unary("*", pointer.text);
  let at: Value & { readonly arrow?: boolean } = { text: start, type: pointer.type, arrow };
  for (let steps = 0; steps < 8; steps++) {
    if (at.type.kind === "struct" || at.type.kind === "union") {
      if (whole && steps > 0 && random.number(4) === 0) return at;
      const usable = membersOf(at.type).filter((m) => usableMember(world, m.type, m.inUnion));
      if (usable.length === 0) return undefined;
      const { name, type, bits } = random.pick(usable);
      at = { text: suffixed(at.text, `${at.arrow ? "->" : "."}${name}`), type, bits };
    } else if (at.type.kind === "array") {
      if (whole && random.number(3) === 0) return at;
      at = element(g, at as Value & { type: Extract<CType, { kind: "array" }> }, depth);
    } else return random.number(2) ? followed(g, at, depth) : at;
  }
  return undefined;
}

export function isIntPointer(type: CType): type is PointerType & { readonly to: IntType } {
  return type.kind === "pointer" && type.to.kind === "int" && !type.to.bool;
}

/** What a pointer to integers leads to; one without a type is taken for such a pointer. */
function followed(g: Generator, at: Value, depth: number): Value {
  const { random, world } = g;
  let { text, type } = at;
  if (type.kind === "pointer" && type.to.kind === "void") {
    const to = random.pick(["unsigned char", "short", "u32", "long"]);
    const sizes = { "unsigned char": 1, short: 2, u32: 4, long: 8 } as Record<string, number>;
    text = cast(`${to} ${random.number(2) ? world.mark : ""}*`, text);
    type = {
      kind: "pointer",
      to: { kind: "int", size: sizes[to]!, signed: to === "short" || to === "long" },
    };
  }
  if (!isIntPointer(type)) return at;
  const index = random.number(2)
    ? primary(String(random.number(4)))
    : binary("&", int(g, Math.min(depth, 1)), primary("3"));
  const kind = random.number(4);
  if (kind === 0) return { text: unary("*", text), type: type.to };
  if (kind === 1) return { text: unary("*", binary("+", text, index)), type: type.to };
  if (kind === 2)
    return { text: unary("*", binary("-", binary("+", index, text), primary("1"))), type: type.to };
  return { text: indexed(g, text, index), type: type.to };
}

/** `array[index]`, or the same as `index[array]`. */
function indexed({ random }: Generator, array: Text, index: Text): Text {
  const [outer, inner] = random.number(6) ? [array, index] : [index, array];
  return suffixed(outer, `[${inner.least}]`, `[${inner.full}]`);
}

function usableMember(world: World, type: CType, inUnion: boolean): boolean {
  switch (type.kind) {
    case "int":
      return type.size <= 8 && !(inUnion && type.bool);
    case "pointer":
      return !inUnion;
    case "array":
      return (
        (type.length > 0 || world.flexible) &&
        (sizeOfType(type.of) ?? 0) > 0 &&
        usableMember(world, type.of, inUnion)
      );
    case "struct":
    case "union":
      // What is anonymous has no name by which it could be walked into twice.
      return type.definition !== undefined && !inUnion;
    default:
      return false;
  }
}

function element(
  g: Generator,
  { text, type }: Value & { type: Extract<CType, { kind: "array" }> },
  depth: number,
): Value {
  const { random } = g;
  const last = Math.max(type.length, 2) - 1;
  const mask = 2 ** Math.floor(Math.log2(last + 1)) - 1;
  const index = random.number(3)
    ? primary(String(random.number(last + 1)))
    : binary("&", int(g, Math.min(depth, 1)), primary(String(mask)));
  const kind = random.number(8);
  if (kind === 0) return { text: unary("*", binary("+", text, index)), type: type.of };
  if (kind === 1) return { text: indexed(g, binary("+", text, primary("0")), index), type: type.of };
  return { text: indexed(g, text, index), type: type.of };
}

/** A pointer to a record; its type is the record's. */
export function recordPointer(g: Generator, depth: number): (Value & { type: RecordType }) | undefined {
  const { random, world } = g;
  const simple = named(g).flatMap(({ name, text, type }) =>
    type.kind === "pointer" && isRecord(type.to) ? [{ text: primary(text ?? name), type: type.to }] : [],
  );
  if (simple.length === 0) return undefined;
  const plain = random.pick(simple);
  const { type } = plain;
  if (depth <= 0 || random.number(3) > 0) return plain;
  const kind = random.number(8);
  if (kind < 4) {
    for (let attempt = 0; attempt < 12; attempt++) {
      const found = walk(g, depth - 1, false);
      if (found?.type.kind !== "pointer" || !isRecord(found.type.to)) continue;
      if (world.places.has(nameOf(found.type.to))) return { text: found.text, type: found.type.to };
    }
    return plain;
  }
  if (kind === 4) {
    const other = random.number(3) ? plain.text : primary("NULL");
    return { ...plain, text: conditional(scalar(g, depth - 1), plain.text, other) };
  }
  if (kind === 5) {
    const found = walk(g, depth - 1, true);
    if (found && isRecord(found.type) && nameOf(found.type))
      return { text: unary("&", found.text), type: found.type };
    if (found?.type.kind === "array" && isRecord(found.type.of))
      return { text: found.text, type: found.type.of };
    return plain;
  }
  if (kind === 6) {
    // From a number it needs the mark.
    if (random.number(2)) return { ...plain, text: cast(`${nameOf(type)} *`, plain.text) };
    return { ...plain, text: cast(`${nameOf(type)} ${world.mark}*`, cast("unsigned long", plain.text)) };
  }
  const zero = random.pick(["0", "(1 - 1)", "0UL", "'\\0'"]);
  return { ...plain, text: binary(random.pick(["+", "-"]), plain.text, primary(zero)) };
}

export function isRecord(type: CType): type is RecordType {
  return type.kind === "struct" || type.kind === "union";
}
