/**
 * The arrow from an object to a light skeleton: a program that loads the object's maps and programs from within the
 * kernel, and the metadata that it works on, so that the kernel can check a signature over both, as
 * Documentation/bpf/signing.rst has it. Unlike that of libbpf, the program takes from who runs it the few values that a
 * loader of ours sets, and no others: whom it is for, how much room there is, and the names of the maps of variables.
 */

import { createHash } from "node:crypto";
import type { Btf } from "../btf/btf.js";
import { readBtf } from "../btf/read.js";
import { type Bytecode, bytecode, type Register } from "./bytecode.js";
import { readExtension } from "./extension.js";
import { withoutExterns } from "./externs.js";
import { readLinked, sectionNamed } from "./linked.js";
import { type MapPart, mapsOf, variableOffset } from "./map.js";
import { type Metadata, metadata, struct } from "./metadata.js";
import { type ProgramPart, programsOf } from "./program.js";

/**
 * What a signature covers: the instructions, which check the metadata's hash (Linux 6.18 to 7.2), or the instructions
 * followed by the metadata (from 7.3 on).
 */
export const formats = ["instructions", "instructions-and-metadata"] as const;
export type Format = (typeof formats)[number];

export interface Skeleton {
  readonly metadata: Uint8Array;
  readonly instructions: Readonly<Record<Format, Uint8Array>>;
}

/** bpf(2)'s commands, and helpers, of include/uapi/linux/bpf.h. */
const commands = { mapCreate: 0, mapUpdate: 2, programLoad: 5, btfLoad: 18, mapFreeze: 22 } as const;
const helpers = { bpf: 166, findType: 167, close: 168 } as const;
const kindOfFunction = 12;

/** `struct context` of the loader's skeleton.c. */
const context = { log: 0, logLevel: 8, logSize: 12, id: 16, values: 24, rooms: 44, descriptors: 56 } as const;
/** Variables of .rodata, and maps, of which who runs it says the value and the size; in the order of the context. */
const values = ["target_kinds", "cgroup_levels", "loader_tgid", "record_events", "cgroup_controller"];
const rooms = ["targets", "injections", "noted"];

/** Registers that calls leave alone: the context, the last result, and the descriptors of the BTF and of a map. */
const [own, result, types, mapped] = [6, 7, 8, 9] as const;

/** The skeleton of an object that bpftool has linked. Same object, same bytes. */
export function skeletonOf(object: Uint8Array): Skeleton {
  const linked = readLinked(object);
  const read = readBtf(object, "the object");
  if (!read.ok) throw new Error("the object's BTF can't be read");
  const btf = read.value;
  const maps = mapsOf(linked, btf);
  const extension = readExtension(sectionNamed(linked, ".BTF.ext").data);
  const programs = programsOf(linked, btf, extension, maps);
  const memory = metadata();
  const table = memory.add(Buffer.alloc(4 * maps.length));
  const parts: Parts = { memory, table, btf, maps, programs };
  const types = withoutExterns(sectionNamed(linked, ".BTF").data);
  const steps = [loadTypes(types, parts), ...maps.map((map, i) => createMap(map, i, parts))];
  const license = memory.add(sectionNamed(linked, "license").data);
  for (const [i, program] of programs.entries()) steps.push(loadProgram(program, i, license, parts));
  const whole = memory.whole();
  return {
    metadata: whole,
    instructions: {
      instructions: assembled([checkMetadata(whole), ...steps]),
      "instructions-and-metadata": assembled(steps),
    },
  };
}

/** What builds some instructions, once all offsets are known. */
type Step = (code: Bytecode) => void;

interface Parts {
  readonly memory: Metadata;
  /** Where the descriptors of the maps are, which programs have by number. */
  readonly table: number;
  readonly btf: Btf;
  readonly maps: readonly MapPart[];
  readonly programs: readonly ProgramPart[];
}

function assembled(steps: readonly Step[]): Buffer {
  const code = bytecode();
  code.copy(own, 1);
  for (const step of steps) step(code);
  code.number(result, 0);
  return code.finish(() => {
    code.copy(0, result);
    code.exit();
  });
}

/**
 * The metadata must be what it was when it was signed, and nobody else's to change: the kernel's `struct bpf_map` begins
 * with the hash, which it computes when it is asked for it, and with whether the map is one program's alone (7.2).
 */
function checkMetadata(whole: Buffer): Step {
  const digest = createHash("sha256").update(whole).digest();
  return (code) => {
    code.number(result, -22);
    code.map(1);
    code.load(4, 2, 1, digest.length);
    code.endIfNot(2, 1, "number");
    for (let at = 0; at < digest.length; at += 8) {
      code.load(8, 2, 1, at);
      code.long(3, digest.readBigUInt64LE(at));
      code.endIfNot(2, 3, "register");
    }
  };
}

/** Stores at a place the address of another. */
function point(code: Bytecode, at: number, target: number): void {
  code.place(0, target);
  code.place(1, at);
  code.store(8, 1, 0, 0);
}

function store(code: Bytecode, at: number, register: Register): void {
  code.place(1, at);
  code.store(4, 1, 0, register);
}

/** Takes 32 bits from the context. */
function take(code: Bytecode, at: number, from: number): void {
  code.load(4, 0, own, from);
  store(code, at, 0);
}

function call(code: Bytecode, command: number, attributes: number, size: number): void {
  code.number(1, command);
  code.place(2, attributes);
  code.number(3, size);
  code.call(helpers.bpf);
  code.copy(result, 0);
  code.endIfNegative(result);
}

/** Tells the descriptor that came last: of the BTF, then of each map, then of each program. */
function tell(code: Bytecode, index: number): void {
  code.store(4, own, context.descriptors + 4 * index, result);
}

function loadTypes(data: Buffer, { memory }: Parts): Step {
  const [size, at] = [28, memory.add(data)];
  const attributes = memory.add(struct(size, { 16: data.length }));
  return (code) => {
    point(code, attributes, at);
    call(code, commands.btfLoad, attributes, size);
    tell(code, 0);
    code.copy(types, result);
  };
}

/** Offsets are those of BPF_MAP_CREATE in `union bpf_attr`. */
function createMap(map: MapPart, index: number, parts: Parts): Step {
  const { memory, table, btf } = parts;
  const isOwn = [".data", ".rodata", ".bss"].includes(map.name);
  const name = (isOwn ? `\0\0\0\0\0\0\0\0${map.name}` : map.name).slice(0, 15);
  const numbers = { 0: map.type, 4: map.keySize, 8: map.valueSize, 12: map.entries, 16: map.flags };
  const size = 72;
  const attributes = memory.add(struct(size, { ...numbers, 28: name, 52: map.keyType, 56: map.valueType }));
  const fill = map.section && fillMap(map, map.section.data, memory, btf);
  const room = rooms.indexOf(map.name);
  return (code) => {
    if (map.keyType || map.valueType) store(code, attributes + 48, types);
    if (isOwn) for (const half of [0, 4]) take(code, attributes + 28 + half, context.id + half);
    if (room >= 0) {
      code.load(4, 0, own, context.rooms + 4 * room);
      code.unlessZero(0, () => store(code, attributes + 12, 0));
    }
    call(code, commands.mapCreate, attributes, size);
    tell(code, 1 + index);
    code.copy(mapped, result);
    store(code, table + 4 * index, mapped);
    fill?.(code);
  };
}

function fillMap(map: MapPart, initial: Buffer, memory: Metadata, btf: Btf): Step {
  const size = 32;
  const [key, value] = [memory.add(Buffer.alloc(4)), memory.add(initial)];
  const attributes = memory.add(Buffer.alloc(size));
  const constant = map.name.startsWith(".rodata");
  return (code) => {
    if (map.name === ".rodata") {
      for (const [i, name] of values.entries()) {
        const offset = variableOffset(btf, map.name, name);
        if (offset !== undefined) take(code, value + offset, context.values + 4 * i);
      }
    }
    store(code, attributes, mapped);
    point(code, attributes + 8, key);
    point(code, attributes + 16, value);
    call(code, commands.mapUpdate, attributes, size);
    if (constant) call(code, commands.mapFreeze, attributes, 4);
  };
}

/** Offsets are those of BPF_PROG_LOAD in `union bpf_attr`. */
function loadProgram(program: ProgramPart, index: number, license: number, parts: Parts): Step {
  const { memory, table, maps } = parts;
  const size = 140;
  const { attach, instructions, functions, lines, relocations } = program;
  const places = [instructions, functions, lines, relocations].map((bytes) => memory.add(bytes));
  const sizes = { 76: 8, 92: 16, 136: 16 };
  const counts = {
    4: instructions.length / 8,
    88: functions.length / 8,
    104: lines.length / 16,
    116: relocations.length / 16,
  };
  const attributes = memory.add(
    struct(size, {
      0: program.type,
      ...sizes,
      ...counts,
      48: program.name.slice(0, 15),
      68: attach?.type ?? 0,
    }),
  );
  const name = attach && Buffer.from(`${attach.function}\0`);
  const named = name && { at: memory.add(name), size: name.length };
  return (code) => {
    for (const [i, at] of [8, 80, 96, 128].entries()) point(code, attributes + at, places[i]!);
    point(code, attributes + 16, license);
    point(code, attributes + 120, table);
    store(code, attributes + 72, types);
    take(code, attributes + 24, context.logLevel);
    take(code, attributes + 28, context.logSize);
    for (const half of [0, 4]) take(code, attributes + 32 + half, context.log + half);
    if (named) {
      code.place(1, named.at);
      code.number(2, named.size);
      code.number(3, kindOfFunction);
      code.number(4, 0);
      code.call(helpers.findType);
      code.copy(result, 0);
      code.endIfNegative(result);
      // A number, and in the upper half a descriptor of its module's BTF, or 0.
      store(code, attributes + 108, result);
      code.shiftRight(result, 32);
      store(code, attributes + 112, result);
    }
    call(code, commands.programLoad, attributes, size);
    tell(code, 1 + maps.length + index);
    if (named) {
      code.place(1, attributes + 112);
      code.load(4, 1, 1, 0);
      code.unlessZero(1, () => code.call(helpers.close));
    }
  };
}
