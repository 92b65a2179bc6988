/** An object's maps: those that `.maps` declares, and one for each section of variables. */

import type { Btf, BtfType, TypeId } from "../btf/btf.js";
import { sizeOf } from "../btf/resolve.js";
import type { Linked, Section } from "./linked.js";

export interface MapPart {
  readonly name: string;
  readonly type: number;
  readonly keySize: number;
  readonly valueSize: number;
  readonly entries: number;
  readonly flags: number;
  /** Types in the object's BTF; 0: the kernel is told none. */
  readonly keyType: TypeId;
  readonly valueType: TypeId;
  /** Of a section of variables: what they are at first. */
  readonly section?: Section;
  /** Where its declaration lies in `.maps`. */
  readonly place?: number;
}

/** enum bpf_map_type of include/uapi/linux/bpf.h. */
const [array, stackTrace] = [2, 7];
/** BPF_F_RDONLY_PROG and BPF_F_MMAPABLE. */
const [readOnly, mappable] = [1 << 7, 1 << 10];

/** The maps, in the order in which programs count them. */
export function mapsOf(linked: Linked, btf: Btf): MapPart[] {
  const declared = sectionType(btf, ".maps")?.variables ?? [];
  const used = new Set(
    linked.sections.flatMap(({ relocations }) =>
      relocations.map(({ symbol }) => linked.symbols[symbol]!.section),
    ),
  );
  const sections = linked.sections.filter(
    (section) =>
      /^\.(data|rodata|bss)/.test(section.name) && (sectionType(btf, section.name) || used.has(section)),
  );
  return [
    ...declared.map(({ type, offset }) => declaredMap(btf, type, offset)),
    ...sections.map((section) => variableMap(btf, section)),
  ];
}

function sectionType(btf: Btf, name: string): Extract<BtfType, { kind: "section" }> | undefined {
  const [id] = btf.find("section", name);
  return id === undefined ? undefined : (btf.type(id) as Extract<BtfType, { kind: "section" }>);
}

/** A section's variables as the one value of an array, which is what libbpf makes of it. */
function variableMap(btf: Btf, section: Section): MapPart {
  const flags = mappable | (section.name.startsWith(".rodata") ? readOnly : 0);
  const [valueType = 0] = btf.find("section", section.name);
  const sizes = { keySize: 4, valueSize: section.size, entries: 1 };
  return { name: section.name, type: array, ...sizes, flags, keyType: 0, valueType, section };
}

/** The struct that `__uint()` and `__type()` of bpf_helpers.h declare: numbers are lengths of arrays behind pointers. */
function declaredMap(btf: Btf, variable: TypeId, place: number): MapPart {
  const { name, type } = btf.type(variable) as Extract<BtfType, { kind: "variable" }>;
  const { members } = btf.type(type) as Extract<BtfType, { kind: "struct" | "union" }>;
  const behind = (member: string) => {
    const found = members.find((one) => one.name === member);
    return found && (btf.type(found.type) as Extract<BtfType, { kind: "pointer" }>).type;
  };
  const number = (member: string) => {
    const id = behind(member);
    return id === undefined ? 0 : (btf.type(id) as Extract<BtfType, { kind: "array" }>).length;
  };
  const [key, value] = [behind("key"), behind("value")];
  const kind = number("type");
  // Of stack traces, the kernel refuses to hear of types: map_check_btf() of kernel/bpf/syscall.c.
  const typed = kind !== stackTrace;
  return {
    name,
    type: kind,
    keySize: key === undefined ? number("key_size") : sizeOf(btf, key)!,
    valueSize: value === undefined ? number("value_size") : sizeOf(btf, value)!,
    entries: number("max_entries"),
    flags: number("map_flags"),
    keyType: (typed && key) || 0,
    valueType: (typed && value) || 0,
    place,
  };
}

/** Where a variable of 32 bits lies in its section, or undefined. */
export function variableOffset(btf: Btf, section: string, name: string): number | undefined {
  const found = sectionType(btf, section)?.variables.find(({ type }) => {
    const variable = btf.type(type);
    return variable.kind === "variable" && variable.name === name;
  });
  return found?.size === 4 ? found.offset : undefined;
}
