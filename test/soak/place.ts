/** Random lvalues: a walk from a pointer through fields, elements and further pointers. */

import { type CType, decay, fromBtf, sizeOfType } from "../../src/bind/ctype.js";
import { findMember, memberNames } from "../../src/btf/resolve.js";
import { chance, type Ground, type Term } from "./ground.js";
import { integer } from "./integer.js";
import { pointer } from "./pointer.js";

export interface Spot extends Term {
  readonly bitfield: boolean;
}

/** Something that lies in memory, or `undefined` where the way there led nowhere. */
export function spot(g: Ground, depth: number): Spot | undefined {
  const start = pointer(g, depth - 1);
  let at = start && follow(g, start, depth);
  for (let steps = g.random.number(6); at && steps > 0; steps--) {
    const next = step(g, at, depth);
    if (!next) break;
    at = next;
  }
  return at;
}

/** The value that the spot holds: an array's is a pointer to its first element, a struct has none. */
export function held(at: Spot | undefined): Term | undefined {
  if (!at) return undefined;
  const { type, text } = at;
  const isValue = (type.kind === "int" && type.size <= 8) || type.kind === "pointer" || type.kind === "array";
  return isValue ? { text, type: decay(type) } : undefined;
}

function step(g: Ground, at: Spot, depth: number): Spot | undefined {
  const { type, text } = at;
  if (type.kind === "struct" || type.kind === "union") return field(g, `${text}.`, type);
  if (type.kind === "array") return element(g, text, type.of, type.length, depth);
  if (type.kind !== "pointer" || chance(g.random, 35)) return undefined;
  return follow(g, at, depth);
}

function follow(g: Ground, { text, type }: Term, depth: number): Spot | undefined {
  if (type.kind !== "pointer" || sizeOfType(type.to) === undefined) return undefined;
  const { to } = type;
  const isRecord = to.kind === "struct" || to.kind === "union";
  if (isRecord && chance(g.random, 85)) return field(g, `${text}->`, to);
  if (chance(g.random, 40)) return { text: `(*${text})`, type: to, bitfield: false };
  return element(g, text, to, 4, depth);
}

function field(g: Ground, prefix: string, type: CType): Spot | undefined {
  if ((type.kind !== "struct" && type.kind !== "union") || !type.definition) return undefined;
  const { btf, id } = type.definition;
  const names = memberNames(btf, id);
  if (names.length === 0) return undefined;
  const name = g.random.pick(names);
  const { member } = findMember(btf, id, name)!.at(-1)!;
  return { text: prefix + name, type: fromBtf(btf, member.type), bitfield: member.bitSize > 0 };
}

function element(g: Ground, text: string, of: CType, length: number, depth: number): Spot | undefined {
  if (sizeOfType(of) === undefined) return undefined;
  const index = chance(g.random, 70) ? `${g.random.number(length || 4)}` : integer(g, depth - 2).text;
  return { text: `${text}[${index}]`, type: of, bitfield: false };
}
