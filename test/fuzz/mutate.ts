/** Sound inputs, damaged: a few changes each, mostly such as keep the rest readable. */

import type { Random } from "../spec/random.js";

/** Pieces that mean something to one of the formats, and things that break readers. */
const pieces = [
  ..."()[]{}'\"\\/*=-+<>&|?:;,.!~%^#@`$\t\n\r ",
  ...["({", "})", "''", '""', "\\x", "\\u", "\\U0001f34c", "/*", "*/", "//", "=>", "->", "==", "&&", "||"],
  ...[
    ": ",
    "- ",
    "? ",
    "&a ",
    "*a",
    "<<: ",
    "|",
    ">",
    "|-",
    ">+",
    "|2",
    " #",
    "---\n",
    "...\n",
    "%YAML 1.1\n",
  ],
  ...["! ", "!!str ", "!!int ", "!<tag:yaml.org,2002:float> ", "\r\n", "\n\n", "\n  ", "  ", "$(x)", "`x`"],
  ...["0", "1", "-1", "99999999999999999999", "0x", "08", "1.5", "1e999", "10%", "null", "~", "true", ".inf"],
  ...["sizeof", "struct ", "int ", "unsigned ", "const ", "(u32)", "STRCMP(", "STRNCMP(", "exists(", "NULL"],
  ...[
    "kind",
    "spec",
    "apiVersion",
    "constructor",
    "__proto__",
    "toString",
    "-P",
    "-c",
    "--",
    "é",
    "漢",
    "🍌",
  ],
  ...[
    "e\u0301",
    "\u0000",
    "\u001b[31m",
    "\u0085",
    "\u009b",
    "\u2028",
    "\u202e",
    "\ufeff",
    "\ufffd",
    "\u200d",
  ],
];

/** Letters that go, come, or stand elsewhere; and lines that do. */
export function mutateText(text: string, other: string, random: Random): string {
  let out = text;
  for (let i = 1 + random.number(4); i > 0; i--) {
    const at = random.number(out.length + 1);
    const length = random.number(random.pick([2, 8, 60]));
    const from = random.number(out.length + 1);
    const piece = random.pick(pieces);
    const repeated = piece.repeat(1 + random.number(70));
    const foreign = other.slice(random.number(other.length + 1)).slice(0, random.number(80));
    const insert = (what: string) => out.slice(0, at) + what + out.slice(at);
    out = random.pick<() => string>([
      () => insert(piece),
      () => insert(piece),
      () => insert(repeated),
      () => insert(foreign),
      () => insert(out.slice(from, from + length)),
      () => out.slice(0, at) + out.slice(at + length),
      () => out.slice(0, at) + piece + out.slice(at + length),
      () => out.slice(0, at),
      () => mutateLines(out, random),
    ])();
  }
  return out;
}

/** A line twice, gone, exchanged with another, or further in or out. */
function mutateLines(text: string, random: Random): string {
  const lines = text.split("\n");
  const [a, b] = [random.number(lines.length), random.number(lines.length)];
  const line = lines[a]!;
  const change = random.pick<() => void>([
    () => lines.splice(b, 0, line),
    () => lines.splice(a, 1),
    () => {
      [lines[a], lines[b]] = [lines[b]!, line];
    },
    () => {
      lines[a] = `${" ".repeat(1 + random.number(3))}${line}`;
    },
    () => {
      lines[a] = line.replace(/^ {1,2}/, "");
    },
  ]);
  change();
  return lines.join("\n");
}

/** Numbers at the edges of what fields can hold. */
const edges = [
  0, 1, 2, 3, 4, 8, 16, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff,
];

/** Bytes and words that change, go, come, or stand elsewhere. Words are aligned, as the formats have them. */
export function mutateBytes(bytes: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  let out = Buffer.from(bytes);
  for (let i = 1 + random.number(4); i > 0; i--) {
    if (out.length < 8) return out;
    // Headers are small, and most of what can go wrong is there.
    const at = random.number(random.number(2) ? out.length : Math.min(out.length, 128));
    const word = Math.min(at & ~3, out.length - 4);
    const length = random.number(random.pick([2, 16, 200]));
    const near = out.readUInt32LE(word) + random.pick([-4, -1, 1, 4, 0x1000000, -0x1000000]);
    const write = (value: number) => out.writeUInt32LE(value >>> 0, word);
    random.pick<() => void>([
      () => write(random.pick(edges)),
      () => write(random.pick(edges)),
      () => write(random.number(64)),
      () => write(near),
      () => write(out.length + random.pick([-4, -1, 0, 1])),
      () => out.writeUInt8(random.number(256), at),
      () => out.writeUInt8(out[at]! ^ (1 << random.number(8)), at),
      () => {
        out = Buffer.concat([out.subarray(0, at), out.subarray(at + length)]);
      },
      () => {
        out = Buffer.concat([out.subarray(0, at), out.subarray(word, word + length), out.subarray(at)]);
      },
      () => {
        const from = random.number(other.length + 1);
        out = Buffer.concat([out.subarray(0, at), other.subarray(from, from + length), out.subarray(at)]);
      },
      () => {
        out = out.subarray(0, at);
      },
    ])();
  }
  return out;
}
