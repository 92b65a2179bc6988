/** Names that stand for a number: C's and the kernel's macros that a predicate may use, and BTF's enum constants. */

import type { Btf } from "../btf/btf.js";
import { gfpFlags, pageSize } from "../kernel/constants.js";
import { errnoNames, errnoNumber } from "../kernel/errno.js";
import type { Kernel } from "../kernel/kernel.js";
import type { Span } from "../source.js";
import { didYouMean, nearest } from "../spelling.js";
import * as codes from "./codes.js";
import { type IntType, intType, ulongType } from "./ctype.js";
import { constant } from "./lower.js";
import { valueHelp } from "./macros.js";
import type { Typed } from "./plan.js";
import { report, type Scope } from "./scope.js";

const gfpType: IntType = { kind: "int", size: 4, signed: false, label: "gfp_t" };

const gfpName = /^_*GFP_[A-Z0-9_]+$/;

/** Whether the name means a constant in every kernel; enum constants are not looked at. */
export function isConstantName(name: string): boolean {
  return (
    /^(?:true|false|NULL|PAGE_SIZE)$/.test(name) || gfpName.test(name) || errnoNumber(name) !== undefined
  );
}

/** The constant's value; `undefined` after a report where the name means none, or none that is known for this kernel. */
export function namedConstant(name: string, span: Span, scope: Scope): Typed | undefined {
  if (name === "true") return constant(intType, 1n);
  if (name === "false") return constant(intType, 0n);
  if (name === "NULL") {
    return { kind: "cast", type: { kind: "pointer", to: { kind: "void" } }, operand: constant(intType, 0n) };
  }
  if (name === "PAGE_SIZE") return known(pageSize(scope.kernel), ulongType, name, span, scope);
  if (gfpName.test(name)) return gfpConstant(name, span, scope);
  const errno = errnoNumber(name);
  if (errno !== undefined) return constant(intType, BigInt(errno));
  const found = scope.btf.enumerator(name);
  if (found) return constant(enumeratorType(scope.btf, found), found.value);
  report(scope, codes.noSuchName(span, { name }, { help: adviceOn(name, scope) }));
  return undefined;
}

/** The nearest of what would be known here; small letters are a variable's, and capitals a constant's or a macro's. */
function adviceOn(name: string, { variables, btf }: Scope): string[] {
  const known = valueHelp(name);
  if (known.length) return known;
  const near = didYouMean(name, [...variables.keys(), "NULL", "true", "false", "PAGE_SIZE", ...errnoNames()]);
  if (near.length) return near;
  if (!/^[A-Z_][A-Z0-9_]+$/.test(name))
    return [`the parameters are: ${[...variables.keys()].join(", ") || "none"}`];
  const family = /^_*[A-Z0-9]+_/.exec(name)?.[0];
  const relatives = family ? [...btf.enumerators()].filter((other) => other.startsWith(family)) : [];
  return [...didYouMean(name, relatives), "the kernel's macros stand in none of its types: write the value"];
}

function gfpConstant(name: string, span: Span, scope: Scope): Typed | undefined {
  const flags = gfpFlags(scope.kernel);
  if (flags && !flags.has(name)) {
    const near = nearest(name, [...flags.keys()]);
    report(scope, codes.noSuchName(span, { name }, near ? { help: [`did you mean \`${near}\`?`] } : {}));
    return undefined;
  }
  return known(flags?.get(name), gfpType, name, span, scope);
}

function known(
  value: bigint | number | undefined,
  type: IntType,
  name: string,
  span: Span,
  scope: Scope,
): Typed | undefined {
  if (value !== undefined) return constant(type, BigInt(value));
  report(scope, codes.unknownConstant(span, { name, why: whyUnknown(scope.kernel) }));
  return undefined;
}

function whyUnknown(kernel: Kernel): string {
  return kernel.release ? `nothing is recorded for ${kernel.release.text}` : "its release is not known";
}

// GNU C gives an enumerator the type int where all of its enum fit, else the enum's own type.
function enumeratorType(btf: Btf, found: { readonly value: bigint; readonly type: number }): IntType {
  if (found.value >= -(1n << 31n) && found.value < 1n << 31n) return intType;
  const type = btf.type(found.type);
  return type.kind === "enum" ? { kind: "int", size: type.size, signed: type.signed } : ulongType;
}
