/** Which of a kernel's functions a name that it lacks may be misspelt for, or be related to. */

import type { Btf } from "../btf/btf.js";
import type { Kernel } from "../kernel/kernel.js";
import { nearest } from "../spelling.js";

/**
 * The function that a name is misspelt for. A name of words that the kernel's other functions have is as its sources spell it,
 * and is of a function that is not there: the nearest would be another (`list_del` for `list_add`).
 */
export function misspelt(name: string, btf: Btf): string | undefined {
  const functions = functionsOf(btf);
  const { near } = functions;
  if (!near.has(name)) near.set(name, nearestFunction(name, functions));
  return near.get(name);
}

/**
 * The functions that can be traced and whose words hold all of the name's in a row, or two of them at least and no others; the
 * three nearest in length.
 */
export function likeNames(name: string, { btf, traceable }: Kernel): string[] {
  const wanted = spaced(name);
  const isLike = (other: string) => {
    const words = spaced(other);
    return words.includes(wanted) || (wanted.includes(words) && words.trim().includes(" "));
  };
  const far = (other: string) => Math.abs(other.length - name.length);
  const found = functionsOf(btf).names.filter((n) => n !== name && isLike(n) && (traceable?.has(n) ?? true));
  return [...new Set(found)].sort((a, b) => far(a) - far(b) || (a < b ? -1 : 1)).slice(0, 3);
}

/** Of the same family by the name's first word, if one is near; else of all. */
function nearestFunction(name: string, { names, words, spelt }: Functions): string | undefined {
  const same = spelt.get(squeezed(name));
  if (same !== undefined && same !== name) return same;
  if (wordsOf(name).every((word) => words.has(word))) return undefined;
  const family = /^_*[A-Za-z0-9]+_/.exec(name)?.[0];
  const relatives = family ? names.filter((other) => other.startsWith(family)) : [];
  return nearest(name, relatives) ?? nearest(name, names);
}

/** Its words with a blank at each end. */
function spaced(name: string): string {
  return ` ${wordsOf(name).join(" ")} `;
}

function wordsOf(name: string): string[] {
  return name.split("_").filter((word) => word !== "");
}

/** Without what is easily forgotten or put in the wrong place. */
function squeezed(name: string): string {
  return name.replaceAll("_", "").toLowerCase();
}

/** All of a kernel's functions, a hundred thousand, the words in their names, and what was found out before. */
interface Functions {
  readonly names: readonly string[];
  readonly words: ReadonlySet<string>;
  /** By the name's letters alone; the first of several. */
  readonly spelt: ReadonlyMap<string, string>;
  readonly near: Map<string, string | undefined>;
}

/** Many specs may ask the same kernel for relatives, and of the same names. */
const remembered = new WeakMap<Btf, Functions>();

function functionsOf(btf: Btf): Functions {
  const known = remembered.get(btf);
  if (known) return known;
  const names = [...btf.names("function")].map(({ name }) => name);
  const functions: Functions = {
    names,
    words: new Set(names.flatMap(wordsOf)),
    spelt: new Map([...names].reverse().map((name) => [squeezed(name), name])),
    near: new Map(),
  };
  remembered.set(btf, functions);
  return functions;
}
