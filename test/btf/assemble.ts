/** Raw BTF put together by hand, word by word, sound or not. */

export interface Part {
  readonly kind: number;
  readonly name?: number;
  readonly flag?: boolean;
  readonly vlen?: number;
  /** The size, or the type that it refers to. */
  readonly third?: number;
  readonly rest?: readonly number[];
}

export interface Parts {
  readonly types?: readonly Part[];
  /** The string section as text. */
  readonly names?: string;
  readonly big?: boolean;
  /** Bytes of header beyond the usual 24. */
  readonly longer?: number;
}

/** The kinds by number. */
export const [INT, PTR, ARRAY, STRUCT, UNION, ENUM, FWD, TYPEDEF, VOLATILE, CONST] = [
  1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
] as const;
export const [RESTRICT, FUNC, PROTO, VAR, SECTION, FLOAT, DECL_TAG, TYPE_TAG, ENUM64] = [
  11, 12, 13, 14, 15, 16, 17, 18, 19,
] as const;

/** Raw BTF of these parts. */
export function assemble({ types = [], names = "\0", big = false, longer = 0 }: Parts): Uint8Array {
  const words = types.flatMap(({ kind, name = 0, flag = false, vlen = 0, third = 0, rest = [] }) => [
    name,
    ((flag ? 0x80000000 : 0) | (kind << 24) | vlen) >>> 0,
    third,
    ...rest,
  ]);
  const header = 24 + longer;
  const bytes = Buffer.alloc(header + 4 * words.length + Buffer.byteLength(names));
  const put = (word: number, at: number) =>
    big ? bytes.writeUInt32BE(word, at) : bytes.writeUInt32LE(word, at);
  if (big) bytes.writeUInt16BE(0xeb9f, 0);
  else bytes.writeUInt16LE(0xeb9f, 0);
  bytes[2] = 1;
  const sections = [header, 0, 4 * words.length, 4 * words.length, Buffer.byteLength(names)];
  for (const [i, word] of sections.entries()) put(word, 4 + 4 * i);
  for (const [i, word] of words.entries()) put(word, header + 4 * i);
  bytes.write(names, header + 4 * words.length);
  return bytes;
}
