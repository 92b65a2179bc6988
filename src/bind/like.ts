/** Which of a kernel's functions a name that it lacks may be misspelt for, or be related to. */

import type { Btf } from "../btf/btf.js";
import type { Kernel } from "../kernel/kernel.js";
import { nearest } from "../spelling.js";

/**
 * The function that a name is misspelt for. A name of words that the kernel's other functions have is as its sources spell it,
 * and is of a function that is not there: the nearest would be another (`list_del` for `list_add`).
 */
export function misspelt(name: string, btf: Btf): string | undefined {
  const { names, near } = functionsOf(btf);
  if (!near.has(name)) near.set(name, nearestFunction(name, names));
  return near.get(name);
}

/**
 * The functions that can be traced and whose words hold all of the name's in a row, or two of them at least and no others; the
 * three nearest in length.
 */
export function likeNames(name: string, { btf, traceable }: Kernel): string[] {
  const words = wordsOf(name);
  const wanted = spaced(words);
  const isLike = (other: string) => {
    // Few names have any of the words, and to split the others takes long.
    if (!words.some((word) => other.includes(word))) return false;
    const its = wordsOf(other);
    return spaced(its).includes(wanted) || (its.length > 1 && wanted.includes(spaced(its)));
  };
  const far = (other: string) => Math.abs(other.length - name.length);
  const found = functionsOf(btf).names.filter((n) => n !== name && isLike(n) && (traceable?.has(n) ?? true));
  return [...new Set(found)].sort((a, b) => far(a) - far(b) || (a < b ? -1 : 1)).slice(0, 3);
}

/** Of the same family by the name's first word, if one is near; else of all. */
function nearestFunction(name: string, names: readonly string[]): string | undefined {
  const letters = lettersOf(name);
  const same = names.find((other) => hasLetters(other, letters));
  if (same !== undefined && same !== name) return same;
  if (wordsOf(name).every((word) => names.some((other) => hasWord(other, word)))) return undefined;
  const family = /^_*[A-Za-z0-9]+_/.exec(name)?.[0];
  const relatives = family ? names.filter((other) => other.startsWith(family)) : [];
  return nearest(name, relatives) ?? nearest(name, names);
}

/** Words with a blank at each end. */
function spaced(words: readonly string[]): string {
  return ` ${words.join(" ")} `;
}

function wordsOf(name: string): string[] {
  return name.split("_").filter((word) => word !== "");
}

/** Whether it is one of the words of a name. */
function hasWord(name: string, word: string): boolean {
  return name.includes(word) && wordsOf(name).includes(word);
}

/** Without what is easily forgotten or put in the wrong place. */
function lettersOf(name: string): string {
  return name.replaceAll("_", "").toLowerCase();
}

/** Whether `lettersOf` gives these for the name; most others are told by their first letter. */
function hasLetters(name: string, letters: string): boolean {
  const first = name.search(/[^_]/);
  return name[first]?.toLowerCase() === letters[0] && lettersOf(name) === letters;
}

/** The names of all functions, as they stand in BTF. */
export function functionNames(btf: Btf): readonly string[] {
  return functionsOf(btf).names;
}

/** All of a kernel's functions, a hundred thousand, and what was found out of names that it lacks. */
interface Functions {
  readonly names: readonly string[];
  readonly near: Map<string, string | undefined>;
}

/** Many specs may ask the same kernel for relatives, and of the same names. */
const remembered = new WeakMap<Btf, Functions>();

function functionsOf(btf: Btf): Functions {
  const known = remembered.get(btf);
  if (known) return known;
  const functions = { names: [...btf.names("function")].map(({ name }) => name), near: new Map() };
  remembered.set(btf, functions);
  return functions;
}
