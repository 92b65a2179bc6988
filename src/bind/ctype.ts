/** C types as the typing rules see them: typedefs resolved, qualifiers dropped, enums as their integer. */

import type { Btf, TypeId } from "../btf/btf.js";
import { typeName } from "./name.js";

export interface IntType {
  readonly kind: "int";
  /** Bytes: 1, 2, 4, 8 or 16. */
  readonly size: number;
  readonly signed: boolean;
  readonly bool?: boolean;
  /** The enum's tag, empty for an anonymous one: CO-RE tells enums from integers. */
  readonly enum?: string;
  /** How the kernel or the user calls it, for messages: `gfp_t`, `enum zone_type`. */
  readonly label?: string;
}

export interface PointerType {
  readonly kind: "pointer";
  readonly to: CType;
  /** It leads to user memory. */
  readonly user?: boolean;
  /** The kernel tagged it (`percpu`, `rcu`): the verifier does not let a program follow it directly. */
  readonly tagged?: boolean;
}

export interface RecordType {
  readonly kind: "struct" | "union";
  /** The tag; empty for an anonymous one. */
  readonly name: string;
  /** The typedef that names an anonymous one. */
  readonly typedef?: string;
  /** Its definition; absent where the kernel only declares it. */
  readonly definition?: { readonly btf: Btf; readonly id: TypeId };
}

export type CType =
  | IntType
  | PointerType
  | RecordType
  | { readonly kind: "array"; readonly of: CType /** 0: flexible. */; readonly length: number }
  | { readonly kind: "void" }
  | { readonly kind: "float"; readonly name: string; readonly size: number }
  | { readonly kind: "function" }
  /** Stands where an error was reported already; it agrees with everything. */
  | { readonly kind: "invalid" };

export const invalidType: CType = { kind: "invalid" };
export const voidType: CType = { kind: "void" };
export const boolType: IntType = { kind: "int", size: 1, signed: false, bool: true };
export const intType: IntType = { kind: "int", size: 4, signed: true };
export const uintType: IntType = { kind: "int", size: 4, signed: false };
export const ulongType: IntType = { kind: "int", size: 8, signed: false };
export const charPointer: PointerType = { kind: "pointer", to: { kind: "int", size: 1, signed: true } };

/**
 * The type with that number, as far as the typing rules need it. Of the typedefs around it, the last names a struct that has
 * no tag, and the first, which is what the kernel's sources write, a number.
 */
export function fromBtf(btf: Btf, id: TypeId, typedef?: string, first = typedef): CType {
  const type = btf.type(id);
  switch (type.kind) {
    case "void":
      return voidType;
    case "int":
      return {
        kind: "int",
        size: type.size,
        signed: type.signed,
        bool: type.bool,
        label: first ?? type.name,
      };
    case "enum":
      return {
        kind: "int",
        size: type.size,
        signed: type.signed,
        enum: typeName(type.name) ?? "",
        label: first ?? `enum ${type.name}`,
      };
    case "pointer":
      return pointerFrom(btf, type.type);
    case "array":
      return { kind: "array", of: fromBtf(btf, type.type), length: type.length };
    case "struct":
    case "union":
      return { kind: type.kind, ...tagOf(type.name, typedef), definition: { btf, id } };
    case "forward":
      return forwardFrom(btf, type.name, type.union ? "union" : "struct");
    case "typedef":
      return fromBtf(btf, type.type, type.name, first ?? type.name);
    case "const":
    case "volatile":
    case "restrict":
    case "typeTag":
      return fromBtf(btf, type.type, typedef, first);
    case "float":
      return { kind: "float", name: type.name, size: type.size };
    case "function":
    case "prototype":
      return { kind: "function" };
    case "variable":
    case "section":
    case "declTag":
      return invalidType;
    default:
      return type satisfies never;
  }
}

/** A struct's tag, else the typedef that names it; one that C cannot spell makes it anonymous. */
function tagOf(name: string, typedef?: string): Pick<RecordType, "name" | "typedef"> {
  const alias = name === "" && typedef !== undefined ? typeName(typedef) : undefined;
  return { name: typeName(name) ?? "", ...(alias === undefined ? {} : { typedef: alias }) };
}

/** A forward declaration means the definition of the same name, where the same BTF has one. */
function forwardFrom(btf: Btf, name: string, kind: "struct" | "union"): CType {
  const id = btf.find(kind, name)[0];
  return { kind, ...tagOf(name), ...(id === undefined ? {} : { definition: { btf, id } }) };
}

// pahole puts `__user` and its like between the pointer and what it leads to, as type tags.
function pointerFrom(btf: Btf, target: TypeId): CType {
  let id = target;
  const tags: string[] = [];
  for (let type = btf.type(id); ; type = btf.type(id)) {
    if (type.kind === "typeTag") tags.push(type.name);
    else if (type.kind !== "const" && type.kind !== "volatile" && type.kind !== "restrict") break;
    id = type.type;
  }
  const user = tags.includes("user");
  return {
    kind: "pointer",
    to: pointedTo(fromBtf(btf, id)),
    ...(user ? { user } : {}),
    ...(tags.length ? { tagged: true } : {}),
  };
}

/** What has no name cannot be read through a pointer: generated C has no way to say what that leads to. */
function pointedTo(type: CType): CType {
  const nameless = (type.kind === "struct" || type.kind === "union") && !type.name && !type.typedef;
  return nameless ? { kind: type.kind, name: "" } : type;
}

/** Whether a value of the type can be a condition or an operand of `&&`, `||`, `!`. */
export function isScalar(type: CType): boolean {
  return type.kind === "int" || type.kind === "pointer" || type.kind === "invalid";
}

/** Whether it is a struct or a union. */
export function isRecord(type: CType): type is RecordType {
  return type.kind === "struct" || type.kind === "union";
}

/** Whether BPF has no registers for values of the type. */
export function isTooWide(type: CType): boolean {
  return type.kind === "float" || (type.kind === "int" && type.size > 8);
}

/** Bytes that `sizeof` gives; `undefined` for an incomplete type. */
export function sizeOfType(type: CType): number | undefined {
  switch (type.kind) {
    case "int":
    case "float":
      return type.size;
    case "pointer":
      return 8;
    case "array": {
      const element = sizeOfType(type.of);
      return element === undefined ? undefined : element * type.length;
    }
    case "struct":
    case "union": {
      const found = type.definition?.btf.type(type.definition.id);
      return found?.kind === "struct" || found?.kind === "union" ? found.size : undefined;
    }
    case "void":
    case "function":
    case "invalid":
      return undefined;
    default:
      return type satisfies never;
  }
}

/** C's integer promotion: what is narrower than `int` becomes `int` (ISO C11 6.3.1.1). */
export function promote(type: IntType): IntType {
  return type.size < 4 ? intType : { kind: "int", size: type.size, signed: type.signed };
}

/** C's usual arithmetic conversions of two integers (ISO C11 6.3.1.8); on these targets rank goes with size. */
export function commonType(a: IntType, b: IntType): IntType {
  const [left, right] = [promote(a), promote(b)];
  if (left.size !== right.size) return left.size > right.size ? left : right;
  return left.signed ? right : left;
}

/** The value as the type holds it: wrapped to its width, as the kernel's compilers do. */
export function wrap(type: IntType, value: bigint): bigint {
  if (type.bool) return value === 0n ? 0n : 1n;
  return type.signed ? BigInt.asIntN(type.size * 8, value) : BigInt.asUintN(type.size * 8, value);
}

/**
 * Whether a parameter's type as the user wrote it agrees with the kernel's: same struct, union or integer shape;
 * `void *` agrees with any pointer.
 */
export function agrees(user: CType, kernel: CType): boolean {
  if (user.kind === "invalid" || kernel.kind === "invalid") return true;
  if (user.kind === "pointer" && kernel.kind === "pointer") {
    return user.to.kind === "void" || kernel.to.kind === "void" || agrees(user.to, kernel.to);
  }
  if (user.kind === "int" && kernel.kind === "int") {
    return user.size === kernel.size && user.signed === kernel.signed;
  }
  if ((user.kind === "struct" || user.kind === "union") && user.kind === kernel.kind) {
    return user.name ? user.name === kernel.name : user.typedef === kernel.typedef;
  }
  if (user.kind === "array" && kernel.kind === "array") return agrees(user.of, kernel.of);
  return user.kind === kernel.kind;
}

/** What an array or function is where a value is wanted: a pointer to its first element, or to it. */
export function decay(type: CType): CType {
  if (type.kind === "array") return { kind: "pointer", to: type.of };
  return type.kind === "function" ? { kind: "pointer", to: type } : type;
}

/** The pointer type for a value of another one: a pointer that leads to user memory does so whatever it is cast to. */
export function sameSpace(type: CType, from: CType): CType {
  return type.kind === "pointer" && from.kind === "pointer" && from.user ? { ...type, user: true } : type;
}
