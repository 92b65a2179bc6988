/** The part of the kernel's types that a set of predicates reads, as declarations in an order that C accepts. */

import type { CType, RecordType } from "./ctype.js";
import type { CIdent } from "./name.js";
import type { ConditionPlan, MemberPlan, Place, Typed, TypePlan } from "./plan.js";

interface Entry {
  readonly record: RecordType;
  readonly members: Map<string, MemberPlan>;
  whole: boolean;
}

/** A member that a program reads apart from any predicate. */
export interface OwnMember {
  /** The struct's tag. */
  readonly struct: string;
  readonly name: CIdent;
  readonly type: CType;
}

/** Every record that the conditions and the programs themselves mention, with the members that they read. */
export function declareTypes(conditions: readonly ConditionPlan[], own: readonly OwnMember[]): TypePlan[] {
  const entries = new Map<string, Entry>();
  for (const { struct, name, type } of own) {
    declareMember({ kind: "struct", name: struct }, { name, type }, entries);
  }
  for (const { test, reads, told } of conditions) {
    for (const p of reads) mention(p.type, entries);
    walkTyped(test, entries);
    for (const { value } of told.values) walkTyped(value, entries);
  }
  return sorted(entries);
}

function keyOf(record: RecordType): string {
  return record.name
    ? `${record.kind} ${record.name}`
    : (record.typedef ?? `anonymous ${record.definition?.id}`);
}

function entryOf(record: RecordType, entries: Map<string, Entry>): Entry {
  const key = keyOf(record);
  const entry = entries.get(key) ?? { record, members: new Map(), whole: false };
  entries.set(key, entry);
  return entry;
}

function mention(type: CType, entries: Map<string, Entry>): void {
  if (type.kind === "pointer") mention(type.to, entries);
  else if (type.kind === "array") mention(type.of, entries);
  else if (type.kind === "struct" || type.kind === "union") entryOf(type, entries);
  const needed = neededBy(type);
  if (needed) entryOf(needed, entries).whole = true;
}

function declareMember(record: RecordType, member: MemberPlan, entries: Map<string, Entry>): void {
  mention(member.type, entries);
  const held = heldBy(member.type);
  if (held) entryOf(held, entries).whole = true;
  entryOf(record, entries).members.set(member.name, member);
}

function walkTyped(typed: Typed, entries: Map<string, Entry>): void {
  mention(typed.type, entries);
  const walk = (t: Typed) => walkTyped(t, entries);
  switch (typed.kind) {
    case "constant":
    case "variable":
    case "invalid":
    case "skipped":
      return;
    case "exists":
      if (typed.place) walkPlace(typed.place, entries);
      return;
    case "load":
    case "address":
      walkPlace(typed.place, entries);
      return;
    case "unary":
    case "cast":
    case "opaque":
      walk(typed.operand);
      return;
    case "binary":
    case "offset":
      walk(typed.left);
      walk(typed.right);
      return;
    case "conditional":
      for (const t of [typed.condition, typed.consequent, typed.alternate]) walk(t);
      return;
    case "compound":
      for (const local of typed.locals) {
        mention(local.type, entries);
        walk(local.value);
      }
      walk(typed.result);
      return;
    case "equals":
    case "contains":
      walk(typed.pointer);
      return;
    default:
      typed satisfies never;
  }
}

function walkPlace(place: Place, entries: Map<string, Entry>): void {
  mention(place.type, entries);
  if (place.kind === "target") {
    walkTyped(place.pointer, entries);
    return;
  }
  if (place.kind === "element") walkTyped(place.index, entries);
  else {
    const { name, type, bits } = place;
    declareMember(place.record, { name, type, ...(bits ? { bits } : {}) }, entries);
  }
  walkPlace(place.of, entries);
}

/** What C wants to be whole where a record's member is declared comes before it. */
function sorted(entries: Map<string, Entry>): TypePlan[] {
  const seen = new Set<Entry>();
  const done: TypePlan[] = [];
  const visit = (entry: Entry): void => {
    if (seen.has(entry)) return;
    seen.add(entry);
    const members = [...entry.members.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const { type } of members) {
      const before = heldBy(type) ?? neededBy(type);
      const inner = before && entries.get(keyOf(before));
      if (inner) visit(inner);
    }
    done.push({ record: entry.record, members, whole: entry.whole });
  };
  for (const key of [...entries.keys()].sort()) visit(entries.get(key)!);
  return done;
}

function heldBy(type: CType): RecordType | undefined {
  if (type.kind === "array") return heldBy(type.of);
  return type.kind === "struct" || type.kind === "union" ? type : undefined;
}

/** The record that is to be defined before the type: there is an array of it, or only a typedef names it. */
function neededBy(type: CType): RecordType | undefined {
  if (type.kind === "pointer") return neededBy(type.to) ?? nameless(type.to);
  return type.kind === "array" ? heldBy(type) : undefined;
}

function nameless(type: CType): RecordType | undefined {
  const record = type.kind === "struct" || type.kind === "union" ? type : undefined;
  return record?.name === "" ? record : undefined;
}
