/** Type names as the user wrote them, found in a kernel's BTF. */

import type { Btf, BtfKind } from "../btf/btf.js";
import type { Diagnostic } from "../diagnostic.js";
import type { Kernel } from "../kernel/kernel.js";
import { otherTypes } from "../kernel/renames.js";
import { spanText } from "../source.js";
import type { BaseType, TypeName } from "../spec/expr.js";
import { nearest } from "../spelling.js";
import { oneLine } from "../terminal.js";
import * as codes from "./codes.js";
import { type CType, fromBtf, type IntType, invalidType, sizeOfType } from "./ctype.js";

const builtin: Readonly<Record<string, CType>> = {
  void: { kind: "void" },
  _Bool: { kind: "int", size: 1, signed: false, bool: true },
  "signed char": { kind: "int", size: 1, signed: true },
  "unsigned char": { kind: "int", size: 1, signed: false },
  short: { kind: "int", size: 2, signed: true },
  "unsigned short": { kind: "int", size: 2, signed: false },
  int: { kind: "int", size: 4, signed: true },
  "unsigned int": { kind: "int", size: 4, signed: false },
  long: { kind: "int", size: 8, signed: true },
  "unsigned long": { kind: "int", size: 8, signed: false },
  "long long": { kind: "int", size: 8, signed: true },
  "unsigned long long": { kind: "int", size: 8, signed: false },
  __int128: { kind: "int", size: 16, signed: true },
  "unsigned __int128": { kind: "int", size: 16, signed: false },
  float: { kind: "float", name: "float", size: 4 },
  double: { kind: "float", name: "double", size: 8 },
};

/** The type, or an invalid one after a report that names what comes nearest, and those of the `others` that have one. */
export function resolveType(
  name: TypeName,
  kernel: Kernel,
  btf: Btf,
  report: (d: Diagnostic) => void,
  others: readonly Kernel[] = [],
): CType {
  const found = resolveBase(name.base, kernel, btf);
  if (!found) {
    const word = baseText(name.base);
    const having = others.filter((other) => resolveBase(name.base, other, other.btf)).map((k) => k.name);
    const notes = having.length ? [{ text: `there is one in kernel ${having.join(", ")}` }] : [];
    report(codes.noSuchType(name.base.span, { type: word }, { help: helpFor(name.base, btf), notes }));
    return invalidType;
  }
  let type = found;
  for (const declarator of name.declarators) {
    if (declarator.kind === "pointer")
      type = { kind: "pointer", to: type, ...(name.user ? { user: true } : {}) };
    else if (declarator.kind === "array")
      type = { kind: "array", of: type, length: Number(declarator.length ?? 0n) };
    else type = { kind: "function" };
    if ((sizeOfType(type) ?? 0) > Number.MAX_SAFE_INTEGER) {
      report(codes.unsupportedType(name.span, { type: oneLine(spanText(name.span)) }));
      return invalidType;
    }
  }
  return type;
}

function resolveBase(base: BaseType, kernel: Kernel, btf: Btf): CType | undefined {
  if (base.kind === "builtin") return base.name === "char" ? charOf(kernel) : builtin[base.name];
  if (base.kind === "typedef") return find(btf, "typedef", base.name.value);
  return find(btf, base.kind, base.name.value) ?? forward(btf, base);
}

/** Plain `char` has the signedness that the kernel was built with: unsigned since 6.2. */
export function charOf(kernel: Kernel): IntType {
  const found = find(kernel.btf, "int", "char");
  return found?.kind === "int" ? found : { kind: "int", size: 1, signed: kernel.arch !== "arm64" };
}

function find(btf: Btf, kind: BtfKind, name: string): CType | undefined {
  const id = btf.find(kind, name)[0];
  return id === undefined ? undefined : fromBtf(btf, id);
}

function forward(btf: Btf, base: Exclude<BaseType, { kind: "builtin" }>): CType | undefined {
  const known = base.kind !== "enum" && btf.find("forward", base.name.value).length > 0;
  return known ? { kind: base.kind as "struct" | "union", name: base.name.value } : undefined;
}

function baseText(base: BaseType): string {
  if (base.kind === "builtin") return base.name;
  return base.kind === "typedef" ? base.name.value : `${base.kind} ${base.name.value}`;
}

const kinds = ["struct", "union", "enum", "typedef"] as const;

function helpFor(base: BaseType, btf: Btf): string[] {
  const renamed =
    base.kind === "struct" && otherTypes(base.name.value).find((n) => btf.find("struct", n).length);
  if (renamed) return [`here \`struct ${renamed}\` is in its place`];
  const near = suggestion(base, btf);
  return near ? [`did you mean \`${near}\`?`] : [];
}

function suggestion(base: BaseType, btf: Btf): string | undefined {
  if (base.kind === "builtin") return undefined;
  const { value } = base.name;
  const elsewhere = kinds.find((kind) => kind !== base.kind && btf.find(kind, value).length);
  if (elsewhere) return elsewhere === "typedef" ? value : `${elsewhere} ${value}`;
  const near = nearest(
    value,
    [...btf.names(base.kind)].map((n) => n.name),
  );
  return near && (base.kind === "typedef" ? near : `${base.kind} ${near}`);
}
