/** BTF types as C, for people: names, declarations, prototypes and whole definitions. */

import type { Btf, BtfMember, BtfType, TypeId } from "./btf.js";
import { baseName, type Declaration, declare, type Fuel, fullTank, join, shown } from "./declare.js";
import { sizeOf } from "./resolve.js";

/** The type in one line: `const struct qstr *`, `char [16]`, `int (*)(struct a *, int)`. */
export function typeName(btf: Btf, id: TypeId): string {
  return declaration(btf, id, "");
}

/** A declaration of that type in one line, without a semicolon: `char comm[16]`. */
export function declaration(btf: Btf, id: TypeId, name: string): string {
  return join(btf, declare(btf, id, shown(name)));
}

/** A function in one line, without a semicolon: `struct dentry *lookup(struct dentry *parent, int flags)`. */
export function prototype(btf: Btf, funcId: TypeId): string {
  const type = btf.type(funcId);
  if (type.kind !== "function") throw new RangeError(`type [${funcId}] is a ${type.kind}, not a function`);
  return declaration(btf, type.type, type.name);
}

/**
 * The type as C of one or more lines, without a newline at the end. Members carry their offset from the start of the
 * outermost struct in bytes, `/* 8 *\/`, bitfields with the bit, `/* 8:3 *\/`; behind a pointer, offsets start anew.
 */
export function definition(btf: Btf, id: TypeId): string {
  const type = btf.type(id);
  const place: Place = { depth: 0, bits: 0, room: { lines: mostLines, left: mostTypes } };
  const size = sizeOf(btf, type.kind === "variable" ? type.type : id);
  const note = size === undefined ? "" : `${size} ${size === 1 ? "byte" : "bytes"}`;
  switch (type.kind) {
    case "struct":
    case "union":
    case "enum": {
      const head = type.name ? `${type.kind} ${shown(type.name)}` : type.kind;
      return layOut(block(btf, type, head, ";", place, note));
    }
    case "typedef":
      return layOut(declarationLines(btf, type.type, shown(type.name), place, { before: "typedef ", note }));
    case "function":
      return `${prototype(btf, id)};`;
    case "forward":
      return `${baseName(type)};`;
    case "variable":
      return layOut(declarationLines(btf, type.type, shown(type.name), place, { note }));
    default:
      return layOut([{ text: `${typeName(btf, id)};`, note }]);
  }
}

interface Line {
  readonly text: string;
  /** The comment behind it. */
  readonly note: string;
}

/** Where lines are to stand. */
interface Place {
  readonly depth: number;
  /** What offsets count from. */
  readonly bits: number;
  /** Damaged BTF can nest anonymous types without end, and have one declaration for ever in each of its members. */
  readonly room: Fuel & { lines: number };
}

const mostLines = 10_000;
/** Many times what the kernel's largest struct takes. */
const mostTypes = 30_000;
const deepest = 32;

type Composite = Extract<BtfType, { kind: "struct" | "union" | "enum" }>;

/** `head { … }tail`, with each member or value on a line of its own. */
function block(btf: Btf, type: Composite, head: string, tail: string, place: Place, note: string): Line[] {
  const indent = "\t".repeat(place.depth);
  const inner = { ...place, depth: place.depth + 1 };
  place.room.lines -= type.kind === "enum" ? type.values.length : type.members.length;
  const lines =
    type.kind === "enum"
      ? type.values.map(({ name, value }) => ({ text: `${indent}\t${shown(name)} = ${value},`, note: "" }))
      : type.members.flatMap((member) => memberLines(btf, member, inner));
  // The size of the whole belongs at its end, an inner one's offset at its start.
  const [atStart, atEnd] = place.depth === 0 ? ["", note] : [note, ""];
  return [
    { text: `${indent}${head} {`, note: atStart },
    ...lines,
    { text: `${indent}}${tail}`, note: atEnd },
  ];
}

function memberLines(btf: Btf, member: BtfMember, place: Place): Line[] {
  const bits = place.bits + member.bitOffset;
  const byte = Math.floor(bits / 8);
  const note = member.bitSize ? `${byte}:${bits % 8}` : `${byte}`;
  const after = member.bitSize ? `:${member.bitSize}` : "";
  return declarationLines(btf, member.type, shown(member.name), { ...place, bits }, { after, note });
}

interface Around {
  readonly before?: string;
  readonly after?: string;
  readonly note?: string;
}

/** A declaration with a semicolon, and with the body of an anonymous type that it declares something of. */
function declarationLines(btf: Btf, id: TypeId, name: string, place: Place, around: Around): Line[] {
  const { before = "", after = "", note = "" } = around;
  const fuel = { left: Math.min(fullTank, place.room.left) };
  place.room.left -= fuel.left;
  const parts = declare(btf, id, name, fuel);
  place.room.left += Math.max(0, fuel.left);
  const body = place.depth < deepest && place.room.lines > 0 ? anonymousBase(btf, parts) : undefined;
  if (!body) return [{ text: `${"\t".repeat(place.depth)}${before}${join(btf, parts)}${after};`, note }];
  const head = before + [...parts.qualifiers, body.kind].join(" ");
  const tail = [...parts.tags, parts.declarator + after].filter((part) => part !== "").join(" ");
  const inner = parts.indirect ? { ...place, bits: 0 } : place;
  return block(btf, body, head, `${tail && " "}${tail};`, inner, note);
}

function anonymousBase(btf: Btf, { base }: Declaration): Composite | undefined {
  if (base === undefined) return undefined;
  const type = btf.type(base);
  const composite = type.kind === "struct" || type.kind === "union" || type.kind === "enum";
  return composite && type.name === "" ? type : undefined;
}

const tabWidth = 8;
const furthestNote = 64;

/** Comments in one column, except behind a line that reaches beyond it. */
function layOut(lines: readonly Line[]): string {
  const width = (text: string) => text.length + (tabWidth - 1) * (text.length - text.trimStart().length);
  const widest = lines.reduce((most, line) => (line.note ? Math.max(most, width(line.text)) : most), 0);
  const column = Math.min(widest, furthestNote);
  const withNote = ({ text, note }: Line) =>
    note ? `${text}${" ".repeat(Math.max(0, column - width(text)))} /* ${note} */` : text;
  return lines.map(withNote).join("\n");
}
