/** Why a struct or union has no field of a name, as far as its types show, and what it has instead. */

import { findMember, memberNames } from "../btf/resolve.js";
import type { Note, Remarks } from "../diagnostic.js";
import type { Kernel } from "../kernel/kernel.js";
import { macroPath, otherFields } from "../kernel/renames.js";
import { didYouMean } from "../spelling.js";
import { type CType, fromBtf, isRecord, type RecordType } from "./ctype.js";

/** Help and notes for a field that the record lacks; `kernels` are all that the spec is for. */
export function whyAbsent(of: RecordType, field: string, kernels: readonly Kernel[]): Remarks {
  return { help: fieldHelp(of, field), notes: ownersOf(of, field, kernels) };
}

/** What stands in the field's place, what the kernel's sources mean by it, where it lies further in, or which is nearest. */
function fieldHelp(of: RecordType, field: string): string[] {
  const { btf, id } = of.definition!;
  const there = memberNames(btf, id);
  const renamed = otherFields(of.name, field).find((name) => there.includes(name));
  if (renamed) return [`here \`${renamed}\` is in its place`];
  const path = macroPath(of.name, field);
  if (path && isReached(of, path))
    return [`it is a macro of the kernel's sources, which stands for \`${path.join(".")}\``];
  const [inner, ...others] = there.filter((name) => isReached(of, [name, field]));
  if (inner && !others.length) return [`did you mean \`${inner}.${field}\`?`];
  return didYouMean(field, there);
}

/** Whether the members are in one another, from the record on. */
function isReached(of: CType, [first, ...rest]: readonly string[]): boolean {
  if (first === undefined) return true;
  if (!isRecord(of) || !of.definition) return false;
  const { btf, id } = of.definition;
  const member = findMember(btf, id, first)?.at(-1)?.member;
  return member !== undefined && isReached(fromBtf(btf, member.type), rest);
}

/** Which of the kernels have the field, in a struct of that name. */
function ownersOf({ kind, name }: RecordType, field: string, kernels: readonly Kernel[]): Note[] {
  const having = kernels.filter(
    ({ btf }) => name !== "" && btf.find(kind, name).some((id) => findMember(btf, id, field)),
  );
  return having.length ? [{ text: `there is one in kernel ${having.map((k) => k.name).join(", ")}` }] : [];
}
