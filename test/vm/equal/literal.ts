/** Integer, character and string literals in every way that C has of writing them. */

import type { Random } from "../../spec/random.js";
import { someBits } from "./world.js";

const suffixes = [
  "",
  "",
  "",
  "u",
  "U",
  "l",
  "L",
  "ll",
  "LL",
  "ul",
  "UL",
  "lu",
  "LU",
  "uL",
  "ull",
  "ULL",
  "LLU",
  "llu",
];

export function integer(random: Random): string {
  const value = random.number(3) ? BigInt.asUintN(63, someBits(random)) : BigInt(random.number(70));
  const kind = random.number(6);
  const digits =
    kind === 0
      ? `0x${value.toString(16)}`
      : kind === 1
        ? `0X${value.toString(16).toUpperCase()}`
        : kind === 2
          ? `0${value.toString(8)}`
          : kind === 3
            ? `0b${value.toString(2)}`
            : value.toString();
  return digits + random.pick(suffixes);
}

const simple = ["\\n", "\\t", "\\r", "\\a", "\\b", "\\f", "\\v", "\\e", "\\\\", "\\'", '\\"', "\\?", "\\0"];

export function character(random: Random): string {
  const byte = random.number(256);
  switch (random.number(4)) {
    case 0:
      return `'${random.pick(simple)}'`;
    case 1:
      return `'\\x${byte.toString(16)}'`;
    case 2:
      return `'\\${byte.toString(8).padStart(random.number(2) ? 3 : 1, "0")}'`;
    default:
      return `'${random.pick([...'abcxyzABC019 _"%&<{(;#@~'])}'`;
  }
}

/** The bytes, each as it is or as an escape, in one literal or two. */
export function stringLiteral(bytes: string, random: Random): string {
  const style = random.number(3);
  const split = random.number(4) === 0 ? random.number(bytes.length + 1) : -1;
  const text = [...bytes].map((char, i) => {
    const code = char.charCodeAt(0);
    const plain = code >= 32 && code < 127 && char !== '"' && char !== "\\" && char !== "?";
    const escaped =
      plain && (style > 0 || random.number(8)) ? char : `\\${code.toString(8).padStart(3, "0")}`;
    return i === split ? `" "${escaped}` : escaped;
  });
  return `"${text.join("")}"`;
}
