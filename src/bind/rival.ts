/** Structs that share a name: CO-RE finds a struct by its name, and refuses where two of that name disagree. */

import type { Btf, TypeId } from "../btf/btf.js";
import { findMember, resolve } from "../btf/resolve.js";
import type { RecordType } from "./ctype.js";
import { isFixed } from "./place.js";
import type { Place } from "./plan.js";

/**
 * The record that the place is reached from by name, where the BTF has another of that name whose field of that name lies
 * elsewhere (libbpf's src/relo_core.c: "field offset ambiguity").
 */
export function rivalOf(place: Place): RecordType | undefined {
  const names: string[] = [];
  let record: RecordType | undefined;
  for (let p = place; p.kind === "member" || (p.kind === "element" && isFixed(p)); p = p.of) {
    if (p.kind !== "member") continue;
    names.unshift(p.name);
    record = p.record;
  }
  if (!record?.definition || !record.name) return undefined;
  const { btf, id } = record.definition;
  const own = bitsTo(btf, id, names);
  const others = btf.find(record.kind, record.name).map((other) => bitsTo(btf, other, names));
  return others.some((bits) => bits !== undefined && bits !== own) ? record : undefined;
}

/** Bits from the record's start to the field, elements of arrays counted as their first. */
function bitsTo(btf: Btf, record: TypeId, names: readonly string[]): number | undefined {
  let bits = 0;
  let id = record;
  for (const name of names) {
    const step = findMember(btf, id, name)?.at(-1);
    if (!step) return undefined;
    bits += step.bitOffset;
    id = elementType(btf, step.member.type);
  }
  return bits;
}

function elementType(btf: Btf, id: TypeId): TypeId {
  const type = btf.type(resolve(btf, id));
  return type.kind === "array" ? elementType(btf, type.type) : resolve(btf, id);
}
