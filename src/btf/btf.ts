/**
 * BTF as data: the kernel's own description of its types. Kinds, encodings and limits are those of the kernel's
 * include/uapi/linux/btf.h and Documentation/bpf/btf.rst.
 */

import type { Strings } from "./strings.js";

/** A type's number; 0 is `void`. In split BTF, numbers go on after those of the base. */
export type TypeId = number;

export interface BtfMember {
  /** Empty for an anonymous struct or union. */
  readonly name: string;
  readonly type: TypeId;
  /** From the start of the struct, in bits. */
  readonly bitOffset: number;
  /** Width of a bitfield in bits; 0 for any other member. */
  readonly bitSize: number;
}

export interface BtfParameter {
  readonly name: string;
  /** 0 for the `...` of a variadic function. */
  readonly type: TypeId;
}

export interface BtfEnumerator {
  readonly name: string;
  readonly value: bigint;
}

export type BtfType =
  | { readonly kind: "void" }
  | {
      readonly kind: "int";
      readonly name: string;
      /** In bytes. */
      readonly size: number;
      readonly bits: number;
      readonly bitOffset: number;
      readonly signed: boolean;
      readonly char: boolean;
      readonly bool: boolean;
    }
  | { readonly kind: "pointer"; readonly type: TypeId }
  | { readonly kind: "array"; readonly type: TypeId; readonly index: TypeId; readonly length: number }
  | {
      readonly kind: "struct" | "union";
      readonly name: string;
      readonly size: number;
      readonly members: readonly BtfMember[];
    }
  | {
      /** BTF_KIND_ENUM and BTF_KIND_ENUM64. */
      readonly kind: "enum";
      readonly name: string;
      readonly size: number;
      readonly signed: boolean;
      readonly values: readonly BtfEnumerator[];
    }
  | { readonly kind: "forward"; readonly name: string; readonly union: boolean }
  | { readonly kind: "typedef"; readonly name: string; readonly type: TypeId }
  | { readonly kind: "const" | "volatile" | "restrict"; readonly type: TypeId }
  /** `type` is a function prototype. */
  | { readonly kind: "function"; readonly name: string; readonly type: TypeId; readonly linkage: number }
  | { readonly kind: "prototype"; readonly result: TypeId; readonly parameters: readonly BtfParameter[] }
  | { readonly kind: "variable"; readonly name: string; readonly type: TypeId; readonly linkage: number }
  | {
      readonly kind: "section";
      readonly name: string;
      readonly size: number;
      readonly variables: readonly {
        readonly type: TypeId;
        readonly offset: number;
        readonly size: number;
      }[];
    }
  | { readonly kind: "float"; readonly name: string; readonly size: number }
  /** A tag is a whole attribute, not the text of a `btf_decl_tag` or `btf_type_tag`, where `attribute` is set (6.15). */
  | {
      readonly kind: "declTag";
      readonly name: string;
      readonly type: TypeId;
      /** Which member or parameter is tagged; -1: the type itself. */
      readonly component: number;
      readonly attribute: boolean;
    }
  | { readonly kind: "typeTag"; readonly name: string; readonly type: TypeId; readonly attribute: boolean };

export type BtfKind = BtfType["kind"];

/** What split BTF takes over from its base, beside the types. */
export interface Encoding {
  readonly strings: Strings;
  /** Whether enums say if they are signed; before the Linux 6.0 era all values were signed. */
  readonly signedness: boolean;
}

/** Decoded BTF. Every type number and name in it was checked when it was decoded, so no look-up fails. */
export interface Btf {
  /** As it was read; of split BTF, without its base. */
  readonly bytes: Uint8Array;
  /** One more than the highest type number, those of a base included. */
  readonly count: number;
  readonly encoding: Encoding;
  /** A type by number; throws RangeError only for a number that this BTF never gave out. */
  type(id: TypeId): BtfType;
  /** All types of the kind with the name, in order; the base's first. */
  find(kind: BtfKind, name: string): readonly TypeId[];
  /** Every named type of a kind, for suggestions and globs, in order; those with a lower number than `from` left out. */
  names(kind: BtfKind, from?: TypeId): Iterable<{ readonly name: string; readonly id: TypeId }>;
  /** Every enumerator's name, for suggestions and globs. */
  enumerators(): Iterable<string>;
  /** The value of an enumerator wherever it is declared; the first found. */
  enumerator(name: string): { readonly value: bigint; readonly type: TypeId } | undefined;
}
