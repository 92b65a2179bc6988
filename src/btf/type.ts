/** One type as data, from its words in the type section. */

import type { BtfType, Encoding } from "./btf.js";
import { headWords, kindFlag, kindNumber, layouts, vlenOf } from "./layout.js";

/** The type whose first word is at `at`; the words were checked. */
export function readType(words: Uint32Array, at: number, { strings, signedness }: Encoding): BtfType {
  const text = strings.text;
  const word = (i: number) => words[at + i]!;
  const info = word(1);
  const { kind, element, extra } = layouts[kindNumber(info)]!;
  const name = text(word(0));
  const flag = kindFlag(info);
  /** Each of the elements, given where its first word is. */
  const elements = <T>(read: (at: number) => T): T[] =>
    Array.from({ length: vlenOf(info) }, (_, i) => read(headWords + extra + i * element));

  switch (kind) {
    case "int":
      return { kind, name, size: word(2), ...readEncoding(word(3)) };
    case "pointer":
    case "const":
    case "volatile":
    case "restrict":
      return { kind, type: word(2) };
    case "array":
      return { kind, type: word(3), index: word(4), length: word(5) };
    case "struct":
    case "union": {
      const members = elements((i) => ({
        name: text(word(i)),
        type: word(i + 1),
        ...readPlace(word(i + 2), flag),
      }));
      return { kind, name, size: word(2), members };
    }
    case "enum": {
      const wide = element === 3;
      const bits = (i: number) => BigInt(word(i + 1)) | (wide ? BigInt(word(i + 2)) << 32n : 0n);
      const signed = flag || !signedness;
      const value = (i: number) => (signed ? BigInt.asIntN(wide ? 64 : 32, bits(i)) : bits(i));
      const values = elements((i) => ({ name: text(word(i)), value: value(i) }));
      return { kind, name, size: word(2), signed: flag || values.some((v) => v.value < 0n), values };
    }
    case "forward":
      return { kind, name, union: flag };
    case "typedef":
      return { kind, name, type: word(2) };
    case "function":
      // A function has no elements: vlen holds `enum btf_func_linkage`.
      return { kind, name, type: word(2), linkage: vlenOf(info) };
    case "prototype":
      return {
        kind,
        result: word(2),
        parameters: elements((i) => ({ name: text(word(i)), type: word(i + 1) })),
      };
    case "variable":
      return { kind, name, type: word(2), linkage: word(3) };
    case "section": {
      const variables = elements((i) => ({ type: word(i), offset: word(i + 1), size: word(i + 2) }));
      return { kind, name, size: word(2), variables };
    }
    case "float":
      return { kind, name, size: word(2) };
    case "declTag":
      return { kind, name, type: word(2), component: word(3) | 0, attribute: flag };
    case "typeTag":
      return { kind, name, type: word(2), attribute: flag };
    case "void":
      throw new RangeError(`word ${at} is no type`);
    default:
      return kind satisfies never;
  }
}

/** The word after an integer: BTF_INT_ENCODING, BTF_INT_OFFSET and BTF_INT_BITS. */
function readEncoding(word: number) {
  const encoding = (word >>> 24) & 0xf;
  return {
    bits: word & 0xff,
    bitOffset: (word >>> 16) & 0xff,
    signed: (encoding & 1) !== 0,
    char: (encoding & 2) !== 0,
    bool: (encoding & 4) !== 0,
  };
}

/** A member's place; with the struct's flag set, BTF_MEMBER_BITFIELD_SIZE and BTF_MEMBER_BIT_OFFSET in one word. */
function readPlace(word: number, packed: boolean) {
  return packed ? { bitOffset: word & 0xffffff, bitSize: word >>> 24 } : { bitOffset: word, bitSize: 0 };
}
