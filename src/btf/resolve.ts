/** What a type stands for: behind qualifiers and typedefs, its size, and its members. */

import type { Btf, BtfMember, BtfType, TypeId } from "./btf.js";

/** In bytes: every kernel that injectc compiles for is 64-bit. */
const pointerSize = 8;

/** The type without `const`, `volatile`, `restrict` and type tags at its top; typedefs stay. */
export function stripQualifiers(btf: Btf, id: TypeId): TypeId {
  for (;;) {
    const type = btf.type(id);
    switch (type.kind) {
      case "const":
      case "volatile":
      case "restrict":
      case "typeTag":
        id = type.type;
        break;
      default:
        return id;
    }
  }
}

/** The type without qualifiers and typedefs at its top. */
export function resolve(btf: Btf, id: TypeId): TypeId {
  for (;;) {
    id = stripQualifiers(btf, id);
    const type = btf.type(id);
    if (type.kind !== "typedef") return id;
    id = type.type;
  }
}

/** In bytes; undefined for what C gives no size (`void`, functions, an undefined struct) and what is no type. */
export function sizeOf(btf: Btf, id: TypeId): number | undefined {
  let count = 1;
  for (;;) {
    const type = btf.type(resolve(btf, id));
    switch (type.kind) {
      case "array":
        count *= type.length;
        id = type.type;
        break;
      case "pointer":
        return whole(count * pointerSize);
      case "int":
      case "float":
      case "enum":
      case "struct":
      case "union":
        return whole(count * type.size);
      default:
        return undefined;
    }
  }
}

/** Lengths multiply: nonsense beyond what a number holds has no size. */
function whole(bytes: number): number | undefined {
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** One step to a field. */
export interface MemberStep {
  /** The struct or union that has the member; no typedef and no qualifier. */
  readonly owner: TypeId;
  readonly member: BtfMember;
  /** From the start of the struct that the search began in, in bits. */
  readonly bitOffset: number;
}

/**
 * The way to the field that `.name` means for a struct or union, seen through typedefs and qualifiers: anonymous members
 * first, the field itself last. Undefined where there is no such field.
 */
export function findMember(btf: Btf, structId: TypeId, name: string): readonly MemberStep[] | undefined {
  for (const field of fieldsOf(btf, structId)) {
    if (field.member.name !== name) continue;
    const path: MemberStep[] = [];
    for (let step: Nested | undefined = field; step; step = step.outer) {
      path.push({ owner: step.owner, member: step.member, bitOffset: step.bitOffset });
    }
    return path.reverse();
  }
  return undefined;
}

/** The names that `.` reaches in a struct or union, those of anonymous members included, as they are declared. */
export function memberNames(btf: Btf, structId: TypeId): string[] {
  return [...new Set(Array.from(fieldsOf(btf, structId), (field) => field.member.name))];
}

interface Nested extends MemberStep {
  readonly outer: Nested | undefined;
}

/** Every named field, in order. */
function* fieldsOf(btf: Btf, structId: TypeId): Iterable<Nested> {
  // A type that comes again (or holds itself, in damaged BTF) declares no name that it did not the first time.
  const entered = new Set<TypeId>();
  const stack: Nested[] = [];
  const enter = (id: TypeId, outer: Nested | undefined) => {
    const owner = resolve(btf, id);
    const type = btf.type(owner);
    if ((type.kind !== "struct" && type.kind !== "union") || entered.has(owner)) return;
    entered.add(owner);
    const start = outer?.bitOffset ?? 0;
    for (const member of type.members.toReversed()) {
      stack.push({ owner, member, bitOffset: start + member.bitOffset, outer });
    }
  };
  enter(structId, undefined);
  for (let field = stack.pop(); field; field = stack.pop()) {
    if (field.member.name) yield field;
    else enter(field.member.type, field);
  }
}

/** The prototype of a function; throws RangeError for a number that is not a function's. */
export function functionPrototype(btf: Btf, funcId: TypeId): Extract<BtfType, { kind: "prototype" }> {
  const type = btf.type(funcId);
  const prototype = type.kind === "function" ? btf.type(type.type) : type;
  if (type.kind !== "function" || prototype.kind !== "prototype") {
    throw new RangeError(`type [${funcId}] is a ${type.kind}, not a function`);
  }
  return prototype;
}
