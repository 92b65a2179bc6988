/** What `.BTF.ext` says of each section's code: `struct btf_ext_header` of libbpf's btf.h, and the records of bpf.h. */

import { records } from "./linked.js";

/** Records as the kernel takes them, but for their first word: where in the section the code is, in bytes. */
export interface Extension {
  /** `struct bpf_func_info`, `bpf_line_info` and `bpf_core_relo`, by the name offset of the section that they are about. */
  readonly functions: ReadonlyMap<number, readonly Buffer[]>;
  readonly lines: ReadonlyMap<number, readonly Buffer[]>;
  readonly relocations: ReadonlyMap<number, readonly Buffer[]>;
}

export function readExtension(bytes: Buffer): Extension {
  const start = bytes.readUInt32LE(4);
  // A header of 24 bytes has none of the third kind.
  const table = (at: number) =>
    at + 8 <= start
      ? readTable(bytes, start + bytes.readUInt32LE(at), bytes.readUInt32LE(at + 4))
      : new Map();
  return { functions: table(8), lines: table(16), relocations: table(24) };
}

function readTable(bytes: Buffer, start: number, length: number): Map<number, Buffer[]> {
  const found = new Map<number, Buffer[]>();
  if (length === 0) return found;
  const size = bytes.readUInt32LE(start);
  for (let at = start + 4; at < start + length; ) {
    const end = at + 8 + bytes.readUInt32LE(at + 4) * size;
    found.set(bytes.readUInt32LE(at), records(bytes.subarray(at + 8, end), size));
    at = end;
  }
  return found;
}
