/** C types in words: for messages, and for the C that is generated. */

import type { CType, IntType } from "./ctype.js";

/** The type in words for a message: `struct qstr *`, `gfp_t`, `unsigned int`. */
export function typeLabel(type: CType): string {
  if (type.kind === "int" && type.label) return type.label;
  if (type.kind === "pointer") return pointerTo(typeLabel(type.to));
  if (type.kind === "function") return "function";
  if (type.kind === "float") return type.name;
  if (type.kind === "array") return `${typeLabel(type.of)} [${type.length || ""}]`;
  if ((type.kind === "struct" || type.kind === "union") && !type.name && !type.typedef) return type.kind;
  return typeText(type);
}

/** The type as generated C writes it; integers in their plain spelling, so that kernels that agree give the same C. */
export function typeText(type: CType): string {
  return declarationText(type, "");
}

/**
 * A declaration of the name without its semicolon, `int (*rows)[4]`; the type's own text where the name is empty.
 * `integer` spells what is no pointer, array or record.
 */
export function declarationText(type: CType, name: string, integer = intText): string {
  switch (type.kind) {
    case "pointer":
      if (type.to.kind !== "array") return declarationText(type.to, `*${name}`, integer);
      // Of what has no name C has pointers, as to void, but no arrays.
      return isNameless(type.to) ? `void *${name}` : declarationText(type.to, `(*${name})`, integer);
    case "array":
      return declarationText(type.of, `${name}[${type.length}]`, integer);
    default: {
      const base = baseText(type, integer);
      return name ? `${base} ${name}` : base;
    }
  }
}

function isNameless(type: CType): boolean {
  if (type.kind === "array") return isNameless(type.of);
  return type.kind !== "pointer" && baseText(type, intText) === "void";
}

function baseText(type: Exclude<CType, { kind: "pointer" | "array" }>, integer: typeof intText): string {
  switch (type.kind) {
    case "int":
      return integer(type);
    case "struct":
    case "union":
      return type.name ? `${type.kind} ${type.name}` : (type.typedef ?? "void");
    case "float":
      return "double";
    case "void":
    case "function":
    case "invalid":
      return "void";
    default:
      return type satisfies never;
  }
}

function pointerTo(text: string): string {
  return text.endsWith("*") ? `${text}*` : `${text} *`;
}

const intNames: Readonly<Record<number, string>> = {
  1: "char",
  2: "short",
  4: "int",
  8: "long",
  16: "__int128",
};

function intText(type: IntType): string {
  if (type.bool) return "_Bool";
  const name = intNames[type.size] ?? "long";
  if (!type.signed) return `unsigned ${name}`;
  return type.size === 1 ? "signed char" : name;
}
