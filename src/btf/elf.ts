/** Sections of ELF files by name: the generic ABI's chapter 4, `Elf64_Ehdr` and `Elf64_Shdr` of include/uapi/linux/elf.h. */

import { type Checked, checked, failed } from "../diagnostic.js";
import { badElf, emptySection, unsupportedElf } from "./codes.js";

const fileHeaderBytes = 64;
const sectionHeaderBytes = 64;
const class64 = 2;
/** `e_shstrndx` when the real one stands in section 0: SHN_XINDEX. */
const extendedIndex = 0xffff;
const typeNoBits = 8;
const flagCompressed = 0x800;

/** Whether the bytes start with ELF's magic number. */
export function isElf(bytes: Uint8Array): boolean {
  return bytes[0] === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46;
}

interface SectionHeader {
  /** An offset into the section of names. */
  readonly name: number;
  readonly type: number;
  readonly flags: number;
  /** In bytes from the file's start. */
  readonly offset: number;
  readonly size: number;
  readonly link: number;
}

/**
 * The content of the first section with the name, a view into `bytes`; undefined where there is none. 64-bit files of
 * either byte order. `name` is how diagnostics call the file.
 */
export function sectionOf(bytes: Uint8Array, section: string, name: string): Checked<Uint8Array | undefined> {
  const bad = (at: number, problem: string) => failed(badElf(undefined, { name, at, problem }));
  if (!isElf(bytes)) return bad(0, "it does not start with ELF's magic number");
  if (bytes.length < fileHeaderBytes)
    return bad(bytes.length, `it ends inside its header of ${fileHeaderBytes} bytes`);
  if (bytes[4] !== class64) return failed(unsupportedElf(undefined, { name, what: "is not 64-bit" }));

  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const little = bytes[5] === 1;
  const half = (at: number) => view.getUint16(at, little);
  const word = (at: number) => view.getUint32(at, little);
  // Beyond 2^53 digits get lost, but not that it lies outside of the file.
  const long = (at: number) => Number(view.getBigUint64(at, little));

  const tableAt = long(0x28);
  if (tableAt === 0) return checked(undefined);
  const entryBytes = half(0x3a);
  if (entryBytes < sectionHeaderBytes) return bad(0x3a, `a section header cannot have ${entryBytes} bytes`);
  const header = (index: number): SectionHeader => {
    const at = tableAt + index * entryBytes;
    return {
      name: word(at),
      type: word(at + 4),
      flags: long(at + 8),
      offset: long(at + 0x18),
      size: long(at + 0x20),
      link: word(at + 0x28),
    };
  };
  const tableFits = (count: number) => tableAt + count * entryBytes <= bytes.length;
  const pastEnd = "its table of sections ends after the file";
  if (!tableFits(1)) return bad(0x28, pastEnd);
  // Numbers too large for the file's header stand in the otherwise unused section 0.
  const count = half(0x3c) || header(0).size;
  if (!tableFits(count)) return bad(0x3c, pastEnd);
  const namesIndex = half(0x3e) === extendedIndex ? header(0).link : half(0x3e);
  if (namesIndex >= count)
    return bad(0x3e, `the section of names, ${namesIndex}, is none of its ${count} sections`);

  const content = ({ offset, size }: SectionHeader) =>
    offset + size <= bytes.length ? bytes.subarray(offset, offset + size) : undefined;
  const names = content(header(namesIndex));
  if (!names) return bad(tableAt + namesIndex * entryBytes, "the section of names ends after the file");
  const wanted = Buffer.from(`${section}\0`);
  for (let i = 0; i < count; i++) {
    const found = header(i);
    if (Buffer.compare(names.subarray(found.name, found.name + wanted.length), wanted) !== 0) continue;
    if (found.type === typeNoBits) return failed(emptySection(undefined, { name, section }));
    if (found.flags & flagCompressed) {
      return failed(unsupportedElf(undefined, { name, what: `has its section \`${section}\` compressed` }));
    }
    const data = content(found);
    return data ? checked(data) : bad(tableAt + i * entryBytes, `section \`${section}\` ends after the file`);
  }
  return checked(undefined);
}
