/** The kernel's types that a variant reads, as the declarations that the templates print. */

import type { CType, IntType } from "../bind/ctype.js";
import type { MemberPlan, TypePlan } from "../bind/plan.js";
import { declarationText, typeText } from "../bind/spelled.js";

/** Tags that are only pointed to are declared; what is read is defined. */
export function typesOf(types: readonly TypePlan[]): Record<string, unknown> {
  const forwards = types.filter((t) => t.record.name && t.members.length === 0 && !t.whole);
  const defined = types.filter((t) => !forwards.includes(t) && (t.record.name || t.record.typedef));
  const views = defined.map(({ record, members }) => ({
    opening: record.name ? `${record.kind} ${record.name}` : `typedef ${record.kind}`,
    closing: record.name ? "" : ` ${record.typedef}`,
    members: membersText(members, types),
  }));
  const tags = forwards.map((t) => `${t.record.kind} ${t.record.name}`);
  const enums = types.flatMap((t) => t.members.flatMap((m) => enumOf(m.type) ?? []));
  const opaque = [
    ...new Set(enums.map((e) => `enum ${enumName(e)} : ${typeText(e)} { injectc_${enumName(e)} }`)),
  ].sort();
  return {
    types: types.length ? views : undefined,
    forwards: [...opaque, ...tags, ...pointedLater(defined)],
  };
}

/** The enum that a member holds. */
function enumOf(type: CType): IntType | undefined {
  if (type.kind === "array") return enumOf(type.of);
  return type.kind === "int" && type.enum !== undefined ? type : undefined;
}

/** CO-RE takes an enum for another by its name, or where one has none; of ours all have one. */
function enumName(type: IntType): string {
  return type.enum || `anonymous_${typeText(type).replaceAll(" ", "_")}`;
}

function memberIntText(type: IntType): string {
  return type.enum === undefined ? typeText(type) : `enum ${enumName(type)}`;
}

/** Definitions may point to one another in any order, so their tags come first where there are several. */
function pointedLater(defined: readonly TypePlan[]): string[] {
  const points = (t: CType): boolean =>
    t.kind === "pointer" ? isTag(t.to) : t.kind === "array" && points(t.of);
  const isTag = (t: CType): boolean =>
    t.kind === "pointer" ? isTag(t.to) : t.kind === "struct" || t.kind === "union";
  if (!defined.some((d) => d.members.some((m) => points(m.type)))) return [];
  return defined.filter((t) => t.record.name).map((t) => `${t.record.kind} ${t.record.name}`);
}

/**
 * clang breaks down where CO-RE meets a struct of no size, and where a bitfield stands astride its own alignment, as it
 * may beside other members than it has in the kernel.
 */
function membersText(members: readonly MemberPlan[], types: readonly TypePlan[]): string[] {
  if (members.length === 0) return ["char unread"];
  return members.flatMap((m, i) =>
    m.bits && i > 0 ? ["long : 0", memberText(m, types)] : memberText(m, types),
  );
}

function memberText(member: MemberPlan, types: readonly TypePlan[]): string {
  const bits = member.bits ? ` : ${member.bits}` : "";
  return declarator(member.type, member.name, types) + bits;
}

function declarator(type: CType, name: string, types: readonly TypePlan[]): string {
  if (type.kind === "array") return declarator(type.of, `${name}[${type.length}]`, types);
  // CO-RE asks of a pointer only that it is one, and the kernel refuses enums that are never defined.
  if (type.kind === "pointer") return declarationText(type, name);
  const anonymous = (type.kind === "struct" || type.kind === "union") && !type.name && !type.typedef;
  if (!anonymous) return declarationText(type, name, memberIntText);
  const inner = types.find((t) => t.record.definition?.id === type.definition?.id);
  const members = membersText(inner?.members ?? [], types);
  return `${type.kind} { ${members.map((m) => `${m}; `).join("")}} ${name}`;
}
