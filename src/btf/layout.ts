/** How each kind is laid out in 32-bit words: include/uapi/linux/btf.h as a table. */

import type { BtfKind } from "./btf.js";

/** Words in front of every type: its name, its info, and its size or the type it refers to. */
export const headWords = 3;

export interface Layout {
  readonly kind: BtfKind;
  /** Whether the third word is a type; otherwise it is a size or unused. */
  readonly refers: boolean;
  /** Words between the head and the elements. */
  readonly extra: number;
  /** How many of these, counted from the first, are types. */
  readonly extraTypes: number;
  /** Words of each of the `vlen` elements at the end; 0: vlen counts nothing. */
  readonly element: number;
  /** Whether an element's first word is a name. */
  readonly named: boolean;
  /** Which word of an element is a type; -1: none. */
  readonly typeWord: number;
  /** The sizes in bytes that there are; empty: any. */
  readonly sizes: readonly number[];
}

const none = { refers: false, extra: 0, extraTypes: 0, element: 0, named: false, typeWord: -1, sizes: [] };
const ref = { ...none, refers: true };
const members = { ...none, element: 3, named: true, typeWord: 1 };

/** By number, BTF_KIND_INT (1) to BTF_KIND_ENUM64 (19), which is an enum like BTF_KIND_ENUM. */
export const layouts: readonly (Layout | undefined)[] = [
  undefined,
  { kind: "int", ...none, extra: 1, sizes: [1, 2, 4, 8, 16] },
  { kind: "pointer", ...ref },
  { kind: "array", ...none, extra: 3, extraTypes: 2 },
  { kind: "struct", ...members },
  { kind: "union", ...members },
  { kind: "enum", ...none, element: 2, named: true, sizes: [1, 2, 4, 8] },
  { kind: "forward", ...none },
  { kind: "typedef", ...ref },
  { kind: "volatile", ...ref },
  { kind: "const", ...ref },
  { kind: "restrict", ...ref },
  { kind: "function", ...ref },
  { kind: "prototype", ...ref, element: 2, named: true, typeWord: 1 },
  { kind: "variable", ...ref, extra: 1 },
  { kind: "section", ...none, element: 3, typeWord: 0 },
  { kind: "float", ...none, sizes: [2, 4, 8, 12, 16] },
  { kind: "declTag", ...ref, extra: 1 },
  { kind: "typeTag", ...ref },
  { kind: "enum", ...none, element: 3, named: true, sizes: [1, 2, 4, 8] },
];

/** The numbers of the kinds that `layouts` calls so: none, one, or the two of "enum". */
export function numbersOf(...kinds: readonly BtfKind[]): number[] {
  return [...layouts.keys()].filter((number) => kinds.includes(layouts[number]?.kind ?? "void"));
}

/** Bits 24 to 30 of the info word; before the Linux 7.1 era, the two highest were unused and zero. */
export function kindNumber(info: number): number {
  return (info >>> 24) & 0x7f;
}

/** Bits 0 to 23 of the info word; before the Linux 7.1 era, the eight highest were unused and zero. */
export function vlenOf(info: number): number {
  return info & 0xffffff;
}

/** Bit 31 of the info word; what it says depends on the kind. */
export function kindFlag(info: number): boolean {
  return info >>> 31 === 1;
}
