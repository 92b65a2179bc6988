/** Random uses of the built-ins. */

import { type CType, intType } from "../../src/bind/ctype.js";
import { chance, type Ground, type Term } from "./ground.js";
import { integer } from "./integer.js";
import { held, spot } from "./place.js";
import { anyPointer } from "./pointer.js";

const unsigned: CType = { kind: "int", size: 4, signed: false };

/** One of the strings, device numbers and `exists`. */
export function builtin(g: Ground, depth: number): Term | undefined {
  const kind = g.random.number(8);
  if (kind < 5) return { text: strings(g, depth), type: intType };
  if (kind < 7) return exists(g, depth);
  const a = integer(g, depth - 1).text;
  const texts = [`MKDEV(${a}, ${integer(g, depth - 1).text})`, `MAJOR(${a})`, `MINOR(${a})`];
  return { text: g.random.pick(texts), type: unsigned };
}

const letters = "abcdefghijklmnopqrstuvwxyz0123456789._-/ ".split("");

function strings(g: Ground, depth: number): string {
  const { random } = g;
  const length = chance(random, 4)
    ? 100 + random.number(156)
    : 1 + random.number(chance(random, 20) ? 40 : 10);
  const bytes = Array.from({ length }, () => (chance(random, 5) ? "\\xfe" : random.pick(letters)));
  const literal = `"${bytes.join("").replaceAll("\\xfe", '\\xfe" "')}"`;
  const at = characters(g, depth);
  switch (random.number(4)) {
    case 0:
      return `STRCMP(${at}, ${literal})`;
    case 1:
      return `STRNCMP(${at}, ${literal}, ${1 + random.number(length + 1)})`;
    case 2:
      return `STRPREFIX(${at}, ${literal})`;
    default:
      return `STRSTR(${at}, ${literal})`;
  }
}

/** A pointer to characters, found if it can be, else made by a cast. */
function characters(g: Ground, depth: number): string {
  for (let tries = 0; tries < 8; tries++) {
    const value = held(spot(g, depth));
    if (value?.type.kind === "pointer" && value.type.to.kind === "int" && value.type.to.size === 1)
      return value.text;
  }
  return `(char *)${anyPointer(g, depth - 1).text}`;
}

function exists(g: Ground, depth: number): Term | undefined {
  const { random } = g;
  const at = spot(g, depth - 1);
  if (!at || !/(->|\.)\w+$/.test(at.text)) return undefined;
  const wanting = chance(random, 30) ? at.text.replace(/\w+$/, "no_such_field") : at.text;
  const value = held({ ...at, text: wanting });
  if (value?.type.kind !== "int" || chance(random, 20)) return { text: `exists(${wanting})`, type: intType };
  return chance(random, 50)
    ? { text: `(exists(${wanting}) && ${wanting})`, type: intType }
    : { text: `(exists(${wanting}) ? ${wanting} : 0)`, type: value.type };
}
