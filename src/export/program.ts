/** Programs and maps of an object, by what other loaders call them. */

import type { Btf } from "../btf/btf.js";
import { readBtf } from "../btf/read.js";
import { type Checked, checked } from "../diagnostic.js";
import { symbolsOf } from "./symbol.js";

export interface Program {
  readonly name: string;
  /** `kprobe/should_failslab`, as libbpf reads it. */
  readonly section: string;
}

export interface BpfMap {
  readonly name: string;
  /** The number of enum bpf_map_type in include/uapi/linux/bpf.h. */
  readonly type: number;
}

export interface Parts {
  readonly programs: readonly Program[];
  readonly maps: readonly BpfMap[];
  /** Names. */
  readonly variables: ReadonlySet<string>;
}

/** Those of an object that clang made, in the order in which they stand there. */
export function partsOf(object: Uint8Array, name: string): Checked<Parts> {
  const btf = readBtf(object, name);
  if (!btf.ok) return btf;
  const functions = symbolsOf(object).filter(({ kind, global }) => kind === "function" && global);
  const programs = functions
    .toSorted((a, b) => a.place - b.place)
    .map(({ name: program, section }) => ({ name: program, section }));
  const variables = new Set([...btf.value.names("variable")].map((variable) => variable.name));
  return checked({ programs, maps: mapsOf(btf.value), variables });
}

/** libbpf's convention (parse_btf_map_def()): the member `type` points to an array with as many elements. */
function mapsOf(btf: Btf): BpfMap[] {
  const [section] = btf.find("section", ".maps");
  const maps = section === undefined ? undefined : btf.type(section);
  if (maps?.kind !== "section") return [];
  return maps.variables.flatMap(({ type }) => {
    const variable = btf.type(type);
    const definition = variable.kind === "variable" && btf.type(variable.type);
    const member =
      definition && definition.kind === "struct" && definition.members.find((m) => m.name === "type");
    const pointer = member && btf.type(member.type);
    const array = pointer && pointer.kind === "pointer" && btf.type(pointer.type);
    return variable.kind === "variable" && array && array.kind === "array"
      ? [{ name: variable.name, type: array.length }]
      : [];
  });
}
