/** The only place where a name becomes one that generated C may contain. */

import type { Btf } from "../btf/btf.js";

/** An identifier that is safe in generated C: no keyword, no macro, no name of ours. */
export type CIdent = string & { readonly brand: "CIdent" };

/** A kernel function's or type's name, as its BTF spells it. */
export type KernelSymbol = string & { readonly brand: "KernelSymbol" };

const identifier = /^[A-Za-z_][A-Za-z0-9_]*$/;

const keywords = new Set(
  (
    "auto break case char const continue default do double else enum extern float for goto if inline int long " +
    "register restrict return short signed sizeof static struct switch typedef union unsigned void volatile while " +
    "asm typeof"
  ).split(" "),
);

/** What stands in a condition's C beside the user's names: constants, the program's context, our functions and locals. */
const ours = new Set(
  "bool true false ctx divide remainder holds value_ bytes_ text_ length_ address_ bits_ opaque_ s_ values_".split(
    " ",
  ),
);

/** Whether a name from BTF can stand in C; a damaged or hostile dump may hold any bytes. */
export function isIdentifier(name: string): boolean {
  return identifier.test(name);
}

/** A kernel function's name as a symbol; `undefined` where it is no C identifier. */
export function kernelSymbol(name: string): KernelSymbol | undefined {
  return isIdentifier(name) ? (name as KernelSymbol) : undefined;
}

/** What the generated C calls its own types. */
const ownTypes = /^(?:injectc_|(?:__(?:u8|u16|u32|u64|s32|s64|be16|be32|wsum))$)/;

/** A struct's tag, or a typedef for one; `undefined` where C cannot spell it, or means something else by it. */
export function typeName(name: string): CIdent | undefined {
  return ownTypes.test(name) ? undefined : memberName(name);
}

/** A member's name, kept as it is since CO-RE matches by it; `undefined` where C cannot spell it. */
export function memberName(name: string): CIdent | undefined {
  return isIdentifier(name) && !keywords.has(name) ? (name as CIdent) : undefined;
}

/**
 * A C variable for a name of the user's: the name itself, or with underscores behind it where it means something already.
 * A type of that name is no good either, since the variable would hide it.
 */
export function variableName(name: string, taken: ReadonlySet<string>, btf: Btf): CIdent {
  let made = isIdentifier(name) ? name : "argument";
  // What the headers and the C itself call their own.
  if (/^(_|bpf_)/.test(made) || !/[a-z]/.test(made)) made = `v_${made}`;
  const clashes = (n: string) =>
    keywords.has(n) || ours.has(n) || taken.has(n) || btf.find("typedef", n).length > 0;
  while (clashes(made)) made = `${made}_`;
  return made as CIdent;
}
