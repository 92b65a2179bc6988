/** The only place where a name becomes one that generated C may contain. */

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

/** Words of the generated C and of the macros in it, which no variable may be called. */
const reserved = new Set(
  "bool true false ctx value_ bytes_ text_ length_ address_ s_ val divide remainder holds".split(" "),
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

/** A C variable for a name of the user's: the name itself, or with underscores behind it where it means something already. */
export function variableName(name: string, taken: ReadonlySet<string>): CIdent {
  let made = isIdentifier(name) ? name : "argument";
  const clashes = (n: string) =>
    keywords.has(n) ||
    reserved.has(n) ||
    taken.has(n) ||
    n.startsWith("_") ||
    n.startsWith("bpf_") ||
    !/[a-z]/.test(n);
  if (made.startsWith("_") || !/[a-z]/.test(made)) made = `v${made}`;
  while (clashes(made)) made = `${made}_`;
  return made as CIdent;
}
