/** Symbols of a 64-bit little-endian ELF file, `Elf64_Sym` of include/uapi/linux/elf.h; of those that clang makes. */

export interface Symbol {
  readonly name: string;
  readonly kind: "function" | "other";
  readonly global: boolean;
  /** The section that it lies in, and where in the file that begins. */
  readonly section: string;
  readonly place: number;
}

const entryBytes = 24;
const symbolTable = 2;
const functionType = 2;

/** The symbols that lie in a section; throws RangeError or TypeError for what is no such file. */
export function symbolsOf(elf: Uint8Array): Symbol[] {
  const view = new DataView(elf.buffer, elf.byteOffset, elf.length);
  const long = (at: number) => Number(view.getBigUint64(at, true));
  const sections = Array.from({ length: view.getUint16(0x3c, true) }, (_, i) => {
    const at = long(0x28) + i * view.getUint16(0x3a, true);
    const word = (offset: number) => view.getUint32(at + offset, true);
    return { name: word(0), type: word(4), offset: long(at + 0x18), size: long(at + 0x20), link: word(0x28) };
  });
  const text = (table: number, at: number) => {
    const start = sections[table]!.offset + at;
    return Buffer.from(elf.subarray(start, elf.indexOf(0, start))).toString();
  };
  const names = view.getUint16(0x3e, true);
  const tables = sections.filter(({ type }) => type === symbolTable);
  if (tables.some(({ offset, size }) => offset + size > elf.length))
    throw new RangeError("symbols beyond the end");
  return tables.flatMap(({ offset, size, link }) =>
    Array.from({ length: size / entryBytes }, (_, i) => offset + i * entryBytes).flatMap((at) => {
      const info = view.getUint8(at + 4);
      const section = sections[view.getUint16(at + 6, true)];
      if (!section || section.type === 0) return [];
      return {
        name: text(link, view.getUint32(at, true)),
        kind: (info & 0xf) === functionType ? ("function" as const) : ("other" as const),
        global: info >> 4 === 1,
        section: text(names, section.name),
        place: section.offset,
      };
    }),
  );
}
