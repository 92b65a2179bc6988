/** An object's programs, made ready for the kernel: whole, with the functions that they call, and with maps by number. */

import type { Btf } from "../btf/btf.js";
import type { Extension } from "./extension.js";
import type { ElfSymbol, Linked, Relocation, Section } from "./linked.js";
import type { MapPart } from "./map.js";

/** How the kernel calls a kind of program: BPF_PROG_TYPE_* and, where it is bound to a function as it is loaded, BPF_TRACE_*. */
const kinds: Readonly<Record<string, { readonly type: number; readonly attach?: number }>> = {
  kprobe: { type: 2 },
  kretprobe: { type: 2 },
  fentry: { type: 26, attach: 24 },
  fexit: { type: 26, attach: 25 },
  fmod_ret: { type: 26, attach: 26 },
};

export interface ProgramPart {
  readonly name: string;
  readonly type: number;
  /** Absent for kprobes, which learn their function only when they are attached. */
  readonly attach?: { readonly type: number; readonly function: string };
  readonly instructions: Buffer;
  /** Records as the kernel takes them. */
  readonly functions: Buffer;
  readonly lines: Buffer;
  readonly relocations: Buffer;
}

const instructionBytes = 8;
const [relocationOfData, relocationOfCall] = [1, 10];
/** BPF_JMP | BPF_CALL. */
const callOpcode = 0x85;
/** BPF_PSEUDO_CALL, BPF_PSEUDO_MAP_IDX and BPF_PSEUDO_MAP_IDX_VALUE, where a register's number stands otherwise. */
const [pseudoCall, pseudoMap, pseudoValue] = [1, 5, 6];

/** The programs, in the order of their sections. */
export function programsOf(
  linked: Linked,
  btf: Btf,
  extension: Extension,
  maps: readonly MapPart[],
): ProgramPart[] {
  return linked.sections.flatMap((section) => {
    const [kind, name] = section.name.split("/");
    const known = kinds[kind!];
    if (!known || !name) return [];
    const main = linked.symbols.find((symbol) => symbol.isFunction && symbol.section === section);
    if (!main) throw new Error(`the section ${section.name} holds no function`);
    const { type, attach } = known;
    const bound = attach === undefined ? {} : { attach: { type: attach, function: name } };
    return [{ name: main.name, type, ...bound, ...whole(main, { linked, btf, extension, maps }) }];
  });
}

interface Whole {
  readonly linked: Linked;
  readonly btf: Btf;
  readonly extension: Extension;
  readonly maps: readonly MapPart[];
}

/** A function of a program, and where in that it begins, in bytes. */
interface Piece {
  readonly function: ElfSymbol & { readonly section: Section };
  readonly at: number;
}

function whole(main: ElfSymbol, from: Whole) {
  const pieces: Piece[] = [];
  const placed = (symbol: ElfSymbol): Piece => {
    const known = pieces.find((piece) => piece.function === symbol);
    if (known) return known;
    const last = pieces.at(-1);
    const piece = { function: symbol as Piece["function"], at: last ? last.at + last.function.size : 0 };
    pieces.push(piece);
    return piece;
  };
  placed(main);
  const code: Buffer[] = [];
  // It grows by what each calls.
  for (let i = 0; i < pieces.length; i++) code.push(relocated(pieces[i]!, from, placed));
  const all = (table: keyof Extension, unit: number) =>
    Buffer.concat(pieces.flatMap((piece) => moved(from, table, piece, unit)));
  return {
    instructions: Buffer.concat(code),
    functions: all("functions", instructionBytes),
    lines: all("lines", instructionBytes),
    relocations: all("relocations", 1),
  };
}

function within(piece: Piece, offset: number): boolean {
  return offset >= piece.function.value && offset < piece.function.value + piece.function.size;
}

/** Its records of a table, with places in the program, in bytes or instructions. */
function moved({ btf, extension }: Whole, table: keyof Extension, piece: Piece, unit: number): Buffer[] {
  const { section, value } = piece.function;
  const tables = [...extension[table]].filter(([name]) => btf.encoding.strings.text(name) === section.name);
  return tables
    .flatMap(([, records]) => records)
    .filter((record) => within(piece, record.readUInt32LE(0)))
    .map((record) => {
      const copy = Buffer.from(record);
      copy.writeUInt32LE((record.readUInt32LE(0) - value + piece.at) / unit);
      return copy;
    });
}

function relocated(piece: Piece, from: Whole, placed: (symbol: ElfSymbol) => Piece): Buffer {
  const { section, value, size } = piece.function;
  const code = Buffer.from(section.data.subarray(value, value + size));
  for (const relocation of section.relocations) {
    if (!within(piece, relocation.offset)) continue;
    const at = relocation.offset - value;
    if (relocation.type === relocationOfData) pointTo(code, at, relocation, from);
    else if (relocation.type === relocationOfCall)
      call(code, at, piece, calledBy(code, at, from.linked.symbols[relocation.symbol]!), from, placed);
    else throw new Error(`there is a relocation of type ${relocation.type} in ${section.name}`);
  }
  // A call within a section needs no relocation there, but here, where each function is moved by itself.
  const known = new Set(section.relocations.map(({ offset }) => offset - value));
  for (let at = 0; at < size; at += instructionBytes) {
    if (code[at] !== callOpcode || code[at + 1]! >> 4 !== pseudoCall || known.has(at)) continue;
    const target = value + at + (code.readInt32LE(at + 4) + 1) * instructionBytes;
    call(code, at, piece, { section, value: target }, from, placed);
  }
  return code;
}

/** Gives a 64-bit load the map that it means, or the place in a map's value. */
function pointTo(code: Buffer, at: number, { symbol: index }: Relocation, { linked, maps }: Whole): void {
  const symbol = linked.symbols[index]!;
  const set = (source: number, low: number, high: number) => {
    code[at + 1] = (code[at + 1]! & 0xf) | (source << 4);
    code.writeInt32LE(low, at + 4);
    code.writeInt32LE(high, at + 12);
  };
  // What only kernels had that are too old to check signatures: its address is 0 elsewhere.
  if (!symbol.section && symbol.isWeak) {
    set(0, 0, 0);
    return;
  }
  const declared = symbol.section?.name === ".maps";
  const map = maps.findIndex(({ section, place }) =>
    declared ? place === symbol.value : section !== undefined && section === symbol.section,
  );
  if (map < 0) throw new Error(`nothing is known of the symbol ${symbol.name || index}`);
  if (declared) set(pseudoMap, map, 0);
  else set(pseudoValue, map, symbol.value + code.readInt32LE(at + 4));
}

/** Where a function begins. */
type Place = Pick<ElfSymbol, "section" | "value">;

/** What a call is of, which stands by its name, or by its section and place there. */
function calledBy(code: Buffer, at: number, { section, value, isFunction }: ElfSymbol): Place {
  const addend = isFunction ? 0 : (code.readInt32LE(at + 4) + 1) * instructionBytes;
  return { section, value: value + addend };
}

/** Gives a call the distance to the function. */
function call(
  code: Buffer,
  at: number,
  piece: Piece,
  place: Place,
  { linked }: Whole,
  placed: (symbol: ElfSymbol) => Piece,
): void {
  const target = linked.symbols.find(
    ({ isFunction, section, value }) => isFunction && section === place.section && value === place.value,
  );
  if (!target?.section) throw new Error(`a call in ${piece.function.name} leads to no function`);
  code[at + 1] = (code[at + 1]! & 0xf) | (pseudoCall << 4);
  code.writeInt32LE((placed(target).at - (piece.at + at)) / instructionBytes - 1, at + 4);
}
