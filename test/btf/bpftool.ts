/** What bpftool says of BTF, and our own reading in the same words. */

import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Btf, BtfType } from "../../src/btf/btf.js";
import { inFolder } from "./fixture.js";

/** A type as `bpftool -j btf dump` prints it, with numbers that JavaScript would round as text. */
export type Dumped = { readonly id: number; readonly kind: string } & Record<string, unknown>;

/** What bpftool makes of raw BTF or an ELF file. */
export function dump(bytes: Uint8Array, base?: Uint8Array): readonly Dumped[] {
  return inFolder((folder) => {
    const file = join(folder, "file");
    const baseFile = join(folder, "base");
    writeFileSync(file, bytes);
    if (base) writeFileSync(baseFile, base);
    const options = ["-j", ...(base ? ["-B", baseFile] : []), "btf", "dump", "file", file];
    const json = execFileSync("bpftool", options, { encoding: "utf8", maxBuffer: 2 ** 30 });
    return JSON.parse(json.replace(/"val":(-?\d{16,})/g, '"val":"$1"')).types;
  });
}

/** Our reading of a type, in the words of `dump`. */
export function asDumped(btf: Btf, id: number, kind: string): Dumped {
  return { id, kind, ...describe(btf, btf.type(id), kind) };
}

const named = (name: string) => ({ name: name || "(anon)" });
const unnamed = named("");
const linkages = ["static", "global", "extern"];

/** The number as `dump` has it: bpftool takes an `ENUM` without a sign as unsigned, but prints it sign-extended. */
function enumerator(kind: string, signed: boolean, value: bigint) {
  const printed = kind === "ENUM" && !signed ? BigInt.asUintN(64, BigInt.asIntN(32, value)) : value;
  return String(printed).length >= 16 ? String(printed) : Number(printed);
}

function describe(btf: Btf, type: BtfType, dumpedKind: string): Record<string, unknown> {
  switch (type.kind) {
    case "void":
      return {};
    case "int": {
      const encoding = type.signed ? "SIGNED" : type.char ? "CHAR" : type.bool ? "BOOL" : "(none)";
      const { size, bits, bitOffset } = type;
      return { ...named(type.name), size, bits_offset: bitOffset, nr_bits: bits, encoding };
    }
    case "pointer":
    case "const":
    case "volatile":
    case "restrict":
      return { ...unnamed, type_id: type.type };
    case "array":
      return { ...unnamed, type_id: type.type, index_type_id: type.index, nr_elems: type.length };
    case "struct":
    case "union": {
      const members = type.members.map((m) => ({
        ...named(m.name),
        type_id: m.type,
        bits_offset: m.bitOffset,
        ...(m.bitSize ? { bitfield_size: m.bitSize } : {}),
      }));
      return { ...named(type.name), size: type.size, vlen: members.length, members };
    }
    case "enum": {
      const signed = btf.encoding.signedness && type.signed;
      const encoding = signed ? "SIGNED" : "UNSIGNED";
      const values = type.values.map((v) => ({
        ...named(v.name),
        val: enumerator(dumpedKind, signed, v.value),
      }));
      return { ...named(type.name), encoding, size: type.size, vlen: values.length, values };
    }
    case "forward":
      return { ...named(type.name), fwd_kind: type.union ? "union" : "struct" };
    case "typedef":
    case "typeTag":
      return { ...named(type.name), type_id: type.type };
    case "function":
    case "variable":
      return { ...named(type.name), type_id: type.type, linkage: linkages[type.linkage] ?? "(unknown)" };
    case "prototype": {
      const params = type.parameters.map((p) => ({ ...named(p.name), type_id: p.type }));
      return { ...unnamed, ret_type_id: type.result, vlen: params.length, params };
    }
    case "section": {
      const vars = type.variables.map((v) => ({ type_id: v.type, offset: v.offset, size: v.size }));
      return { ...named(type.name), size: type.size, vlen: vars.length, vars };
    }
    case "float":
      return { ...named(type.name), size: type.size };
    case "declTag":
      return { ...named(type.name), type_id: type.type, component_idx: type.component };
    default:
      return type satisfies never;
  }
}
