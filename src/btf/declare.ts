/** C declarations of one line: what stands left of a name and what right of it. */

import { printable } from "../terminal.js";
import type { Btf, BtfType, TypeId } from "./btf.js";

/** A declaration around its base type: `const struct qstr *name` is `const`, the struct, no suffix, `*name`. */
export interface Declaration {
  readonly qualifiers: readonly string[];
  /** Undefined where the declaration was cut short. */
  readonly base: TypeId | undefined;
  /** What follows the base type: the kernel's annotations for pointers, `__user` and its like. */
  readonly tags: readonly string[];
  readonly declarator: string;
  /** Whether the base is only reached through a pointer or a function's result. */
  readonly indirect: boolean;
}

/** How many types one declaration may still take; in damaged BTF, prototypes may name each other without end. */
export interface Fuel {
  left: number;
}

/** For a declaration on its own. */
export const fullTank = 1000;

/** A name or tag as text that cannot break out of a line. */
export function shown(name: string): string {
  return printable(JSON.stringify(name).slice(1, -1));
}

/** Takes a declaration apart; the empty name gives what C calls an abstract one, `int (*)(void)`. */
export function declare(btf: Btf, id: TypeId, name: string, fuel: Fuel = { left: fullTank }): Declaration {
  let declarator = name;
  let qualifiers: string[] = [];
  let tags: string[] = [];
  let indirect = false;
  // An array or a parameter list binds closer than a `*` already there.
  const wrapped = () => (declarator.startsWith("*") ? `(${declarator})` : declarator);
  for (;;) {
    if (fuel.left-- <= 0) return { qualifiers, base: undefined, tags, declarator, indirect };
    const type = btf.type(id);
    switch (type.kind) {
      case "pointer": {
        const own = [...qualifiers, ...tags].join(" ");
        declarator = `*${own}${own && declarator ? " " : ""}${declarator}`;
        [qualifiers, tags, indirect] = [[], [], true];
        id = type.type;
        break;
      }
      case "array":
        declarator = `${wrapped()}[${type.length || ""}]`;
        id = type.type;
        break;
      case "prototype":
        declarator = `${wrapped()}(${parameterList(btf, type, fuel)})`;
        // GCC marks a function that does not return as `volatile`; C has no qualified functions.
        [qualifiers, tags, indirect] = [[], [], true];
        id = type.result;
        break;
      case "const":
      case "volatile":
      case "restrict":
        qualifiers.push(type.kind);
        id = type.type;
        break;
      case "typeTag":
        tags.push(annotation(type));
        id = type.type;
        break;
      default:
        return { qualifiers, base: id, tags, declarator, indirect };
    }
  }
}

function parameterList(
  btf: Btf,
  { parameters }: Extract<BtfType, { kind: "prototype" }>,
  fuel: Fuel,
): string {
  const shownParameters: string[] = [];
  for (const [i, { name, type }] of parameters.entries()) {
    const variadic = type === 0 && i === parameters.length - 1;
    const cut = fuel.left <= 0;
    shownParameters.push(variadic || cut ? "..." : join(btf, declare(btf, type, shown(name), fuel)));
    if (cut) break;
  }
  return shownParameters.join(", ") || "void";
}

/** include/linux/compiler_types.h defines `__user`, `__rcu` and `__percpu` as BTF type tags. */
function annotation({ name, attribute }: Extract<BtfType, { kind: "typeTag" }>): string {
  if (attribute) return `__attribute__((${shown(name)}))`;
  if (["user", "rcu", "percpu"].includes(name)) return `__${name}`;
  return `__attribute__((btf_type_tag("${shown(name)}")))`;
}

/** The declaration in one line. */
export function join(btf: Btf, { qualifiers, base, tags, declarator }: Declaration): string {
  const specifier = base === undefined ? "..." : baseName(btf.type(base));
  return [...qualifiers, specifier, ...tags, declarator].filter((part) => part !== "").join(" ");
}

/** How C calls a type that is not made of others: `struct qstr`, `gfp_t`. */
export function baseName(type: BtfType): string {
  switch (type.kind) {
    case "void":
      return "void";
    case "struct":
    case "union":
    case "enum":
      return `${type.kind} ${type.name ? shown(type.name) : "{ ... }"}`;
    case "forward":
      return `${type.union ? "union" : "struct"} ${shown(type.name)}`;
    case "int":
    case "float":
    case "typedef":
    case "function":
    case "variable":
    case "section":
    case "declTag":
      return shown(type.name);
    default:
      // The rest is made of others: declare() never stops there.
      return type.kind;
  }
}
