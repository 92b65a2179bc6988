/** Where generated expressions live: the types and variables that they may use, and what the memory behind them holds. */

import { type CType, fromBtf, type RecordType, sizeOfType } from "../../../src/bind/ctype.js";
import type { Btf, TypeId } from "../../../src/btf/btf.js";
import { findMember, memberNames } from "../../../src/btf/resolve.js";
import type { Kernel } from "../../../src/kernel/kernel.js";
import type { Random } from "../../spec/random.js";

/** A variable of the expressions: a parameter of the function that they are a predicate on. */
export interface Variable {
  readonly name: string;
  /** As C declares it. */
  readonly declared: string;
  readonly type: CType;
  /** What is written for it, where that is more than its name. */
  readonly text?: string;
}

export interface World {
  readonly kernel: Kernel;
  readonly variables: readonly Variable[];
  /** Where in the memory a record of each type lies, by its C name. */
  readonly places: ReadonlyMap<string, readonly number[]>;
  /** Words for the enum constants and other names that C has for numbers. */
  readonly constants: readonly string[];
  /** Types for casts and locals. */
  readonly integers: readonly string[];
  /** Put behind the type that a pointer in a cast or a declaration leads to: `__user`. */
  readonly mark: string;
  /** The verifier may follow pointers to the types. */
  readonly trusted: boolean;
  /** Zero-length arrays have elements behind them. */
  readonly flexible: boolean;
}

export const memorySize = 0x10000;
/** Whatever a pointer to integers leads to, and strings. */
export const rawPlace = 0xc000;
export const stringPlace = 0xd000;

const long = "x".repeat(230);
export const strings = [
  "",
  "a",
  "b",
  "ba",
  "banana",
  "bananas",
  "bananasplit",
  "ananas",
  "\xff\x80\x01",
  "tab\tquote\"back\\slash'?",
  "nananananabana",
  long,
  `${long}0123456789012345678901234`,
  `${long}01234567890123456789012345 beyond`,
  `${"ab".repeat(126)}abc`,
];

export function nameOf(record: RecordType): string {
  return record.name ? `${record.kind} ${record.name}` : (record.typedef ?? "");
}

/** A member by name, through anonymous ones. */
export interface Member {
  readonly name: string;
  readonly type: CType;
  readonly bitOffset: number;
  readonly bits: number;
  readonly inUnion: boolean;
}

const members = new WeakMap<Btf, Map<TypeId, readonly Member[]>>();

export function membersOf({ definition }: RecordType): readonly Member[] {
  if (!definition) return [];
  const { btf, id } = definition;
  const known = members.get(btf) ?? new Map<TypeId, readonly Member[]>();
  members.set(btf, known);
  const found = known.get(id) ?? [...new Set(memberNames(btf, id))].map((name) => memberOf(btf, id, name));
  known.set(id, found);
  return found;
}

function memberOf(btf: Btf, id: TypeId, name: string): Member {
  const path = findMember(btf, id, name)!;
  const last = path.at(-1)!.member;
  return {
    name,
    type: fromBtf(btf, last.type),
    bitOffset: path.reduce((sum, step) => sum + step.member.bitOffset, 0),
    bits: last.bitSize,
    inUnion: path.some((step) => btf.type(step.owner).kind === "union"),
  };
}

/** One filling of the memory: pointers in it hold offsets into it. */
export interface Filling {
  readonly memory: Buffer;
  /** Where its pointers stand. */
  readonly pointers: readonly number[];
  /** The variables' values, and which of them are offsets, too. */
  readonly values: readonly { readonly value: bigint; readonly pointer: boolean }[];
}

const edges = [0n, 1n, 2n, -1n, -2n, 127n, 128n, 255n, 256n, 32767n, 65535n, 2147483647n, 2147483648n];
const more = [4294967295n, 4294967296n, 1n << 62n, (1n << 63n) - 1n, 1n << 63n, -128n, -32768n, -(1n << 31n)];

export function someBits(random: Random): bigint {
  const kind = random.number(4);
  if (kind === 0) return BigInt(random.number(12));
  if (kind < 3) return BigInt.asUintN(64, random.pick([...edges, ...more]));
  return (BigInt(random.number(2 ** 32)) << 32n) | BigInt(random.number(2 ** 32));
}

export function fill(world: World, random: Random): Filling {
  const memory = Buffer.alloc(memorySize);
  for (let i = 0; i < memorySize; i += 8) memory.writeBigUInt64LE(someBits(random), i);
  const pointers = new Map<number, number>();
  const starts = writeStrings(memory);
  const context = { world, random, memory, pointers, starts };
  for (const [name, places] of world.places)
    for (const place of places) fillType(context, recordOf(world.kernel, name), place);
  for (const [at, value] of pointers) memory.writeBigUInt64LE(BigInt(value), at);
  const values = world.variables.map(({ type }) => {
    const target = type.kind === "pointer" ? targetOf(context, type.to) : undefined;
    const value = target ?? someBits(random);
    // Above a _Bool's byte there may be anything.
    const isBool = type.kind === "int" && type.bool;
    return { value: isBool ? BigInt(value) & ~0xfen : BigInt(value), pointer: target !== undefined };
  });
  return { memory, pointers: [...pointers.keys()], values };
}

function writeStrings(memory: Buffer): number[] {
  let at = stringPlace;
  return strings.map((text) => {
    const start = at;
    at += memory.write(`${text}\0`, at, "latin1");
    return start;
  });
}

interface Filler {
  readonly world: World;
  readonly random: Random;
  readonly memory: Buffer;
  /** What is pointed to, by where the pointer stands. */
  readonly pointers: Map<number, number>;
  readonly starts: readonly number[];
}

/** The record that a C name means. */
export function recordOf({ btf }: Kernel, name: string): RecordType {
  const [kind, tag] = name.split(" ") as ["struct" | "union", string];
  return fromBtf(btf, btf.find(kind, tag)[0]!) as RecordType;
}

export function sizeOfNamed(kernel: Kernel, name: string): number {
  return sizeOfType(recordOf(kernel, name))!;
}

function fillType(filler: Filler, type: CType, place: number): void {
  const { memory, random, pointers, starts } = filler;
  if (type.kind === "pointer") {
    const target = random.number(24) === 0 ? undefined : targetOf(filler, type.to);
    if (target === undefined) memory.writeBigUInt64LE(0n, place);
    else pointers.set(place, target);
  } else if (type.kind === "int" && type.bool) memory[place] = random.number(2);
  else if (type.kind === "int") {
    const value = Buffer.alloc(8);
    value.writeBigUInt64LE(someBits(random));
    value.copy(memory, place, 0, Math.min(type.size, 8));
  } else if (type.kind === "array") {
    const size = sizeOfType(type.of)!;
    if (type.of.kind === "int" && size === 1 && !type.of.bool && random.number(3)) {
      const text = `${strings[random.number(starts.length)]}\0`.slice(0, type.length);
      memory.write(text, place, "latin1");
      return;
    }
    for (let i = 0; i < type.length; i++) fillType(filler, type.of, place + i * size);
  } else if (type.kind === "struct" || type.kind === "union") {
    for (const m of membersOf(type)) {
      if (!m.bits && !m.inUnion) fillType(filler, m.type, place + m.bitOffset / 8);
      else if (m.bits && m.type.kind === "int" && !m.inUnion) fillBits(filler, m, place);
    }
  }
}

/** Bits at random, all 0 or all 1. */
function fillBits({ memory, random }: Filler, { bitOffset, bits }: Member, place: number): void {
  const value = random.pick([0n, -1n, 1n, someBits(random), someBits(random)]);
  for (let i = 0; i < bits; i++) {
    const at = bitOffset + i;
    const mask = 1 << (at & 7);
    const byte = place + (at >> 3);
    memory[byte] = (value >> BigInt(i)) & 1n ? memory[byte]! | mask : memory[byte]! & ~mask;
  }
}

/** Where a pointer may lead. */
function targetOf({ world, random, starts }: Filler, to: CType): number | undefined {
  if (to.kind === "struct" || to.kind === "union") {
    const places = world.places.get(nameOf(to));
    return places && random.pick(places);
  }
  if (to.kind === "int" && to.size === 1)
    return random.pick(starts) + (random.number(3) ? 0 : random.number(3));
  if (to.kind === "void" || to.kind === "int") return rawPlace + 64 + 8 * random.number(16);
  return undefined;
}
