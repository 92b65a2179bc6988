/** The steps that load an object: its BTF, each map, each program. */

import type { Btf } from "../btf/btf.js";
import { type MapPart, variableOffset } from "./map.js";
import { type Metadata, struct } from "./metadata.js";
import type { ProgramPart } from "./program.js";
import {
  call,
  commands,
  context,
  helpers,
  mapped,
  own,
  point,
  result,
  type Step,
  store,
  take,
  tell,
  types,
} from "./step.js";

/** Variables of .rodata, and maps, of which who runs it says the value and the size; in the order of the context. */
const values = ["target_kinds", "cgroup_levels", "loader_tgid", "record_events", "cgroup_controller"];
const rooms = ["targets", "injections", "noted"];

const kindOfFunction = 12;

export interface Parts {
  readonly memory: Metadata;
  /** Where the descriptors of the maps are, which programs have by number. */
  readonly table: number;
  readonly btf: Btf;
  readonly maps: readonly MapPart[];
  readonly programs: readonly ProgramPart[];
}

export function loadTypes(data: Buffer, { memory }: Parts): Step {
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
export function createMap(map: MapPart, index: number, parts: Parts): Step {
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
export function loadProgram(program: ProgramPart, index: number, license: number, parts: Parts): Step {
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
