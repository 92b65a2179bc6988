/** An object of ours as a whole: sections, symbols and relocations of what bpftool's static linker writes. */

const [symbolTable, noBits, relocations] = [2, 8, 9];

export interface Section {
  readonly index: number;
  readonly name: string;
  readonly size: number;
  /** Zeros where the file has none of it. */
  readonly data: Buffer;
  readonly relocations: readonly Relocation[];
}

export interface ElfSymbol {
  readonly name: string;
  /** Absent: it is defined elsewhere. */
  readonly section: Section | undefined;
  readonly value: number;
  readonly size: number;
  readonly isFunction: boolean;
  readonly isWeak: boolean;
}

export interface Relocation {
  /** In bytes from the section's start. */
  readonly offset: number;
  /** R_BPF_64_64 is 1, R_BPF_64_32 is 10. */
  readonly type: number;
  /** An index into the symbols. */
  readonly symbol: number;
}

export interface Linked {
  readonly sections: readonly Section[];
  readonly symbols: readonly ElfSymbol[];
}

/** The parts of a 64-bit little-endian object; throws for what no linker of ours has written. */
export function readLinked(bytes: Uint8Array): Linked {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const long = (at: number) => Number(file.readBigUInt64LE(at));
  const tableAt = long(0x28);
  const headers = Array.from({ length: file.readUInt16LE(0x3c) }, (_, index) => {
    const at = tableAt + 64 * index;
    const [offset, size] = [long(at + 0x18), long(at + 0x20)];
    const type = file.readUInt32LE(at + 4);
    const data = type === noBits ? Buffer.alloc(size) : file.subarray(offset, offset + size);
    return { index, name: file.readUInt32LE(at), type, size, data, info: file.readUInt32LE(at + 0x2c) };
  });
  const names = headers[file.readUInt16LE(0x3e)]!.data;
  const sections = headers.map(({ index, name, size, data }): Section => {
    const entries = headers.filter(({ type, info }) => type === relocations && info === index);
    const all = entries.flatMap((entry) => records(entry.data, 16)).map(readRelocation);
    return { index, name: textAt(names, name), size, data, relocations: all };
  });
  const table = headers.find(({ type }) => type === symbolTable)!;
  const symbols = records(table.data, 24).map((entry) => readSymbol(entry, names, sections));
  return { sections, symbols };
}

function readRelocation(entry: Buffer): Relocation {
  const [type, symbol] = [entry.readUInt32LE(8), entry.readUInt32LE(12)];
  return { offset: Number(entry.readBigUInt64LE(0)), type, symbol };
}

/** The linker has the names of symbols and of sections in one table. */
function readSymbol(entry: Buffer, names: Buffer, sections: readonly Section[]): ElfSymbol {
  const index = entry.readUInt16LE(6);
  return {
    name: textAt(names, entry.readUInt32LE(0)),
    section: index > 0 ? sections[index] : undefined,
    value: Number(entry.readBigUInt64LE(8)),
    size: Number(entry.readBigUInt64LE(16)),
    isFunction: (entry[4]! & 0xf) === 2,
    isWeak: entry[4]! >> 4 === 2,
  };
}

/** The bytes cut into pieces of one size. */
export function records(bytes: Buffer, size: number): Buffer[] {
  const count = Math.floor(bytes.length / size);
  return Array.from({ length: count }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
}

/** The text up to the next NUL. */
export function textAt(bytes: Buffer, at: number): string {
  return bytes.toString("utf8", at, bytes.indexOf(0, at));
}

/** The section of that name; throws where there is none. */
export function sectionNamed({ sections }: Linked, name: string): Section {
  const found = sections.find((section) => section.name === name);
  if (!found) throw new Error(`the object has no section ${name}`);
  return found;
}
