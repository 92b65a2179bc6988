/** Types by name, in BTF as it came: each search runs once or twice, before the engine compiles it, hence its shape. */

import type { BtfKind } from "./btf.js";
import { headWords, layouts, numbersOf, vlenOf } from "./layout.js";
import { indexOfKind, type Scan } from "./scan.js";
import type { Strings } from "./strings.js";

/** What is looked through: sound types and their names. */
export interface Searched {
  readonly words: Uint32Array;
  readonly scan: Scan;
  readonly strings: Strings;
}

const enumNumbers = numbersOf("enum");

/** The indices of the types of a kind with the name, in order. */
export function named(searched: Searched, kind: BtfKind, name: string): number[] {
  const { words, scan, strings } = searched;
  const { starts, kinds } = scan;
  const numbers = numbersOf(kind);
  const places = placesOf(searched, name);
  if (places)
    return places.flatMap(({ i, word }) => (word === starts[i] && numbers.includes(kinds[i]!) ? [i] : []));
  const is = strings.matcher(name);
  return typesOf(scan, kind, (i) => is(words[starts[i]!]!));
}

/** The indices of the enums that have a value with the name, in order. */
export function declaring(searched: Searched, name: string): number[] {
  const { words, scan, strings } = searched;
  const { starts, kinds } = scan;
  const elementOf = (i: number) => layouts[kinds[i]!]!.element;
  const places = placesOf(searched, name)?.filter(({ i }) => enumNumbers.includes(kinds[i]!));
  if (places) {
    const isName = (i: number, at: number) => at >= 0 && at % elementOf(i) === 0;
    return places.flatMap(({ i, word }) => (isName(i, word - starts[i]! - headWords) ? [i] : []));
  }
  const is = strings.matcher(name);
  return typesOf(scan, "enum", (i) => {
    const start = starts[i]! + headWords;
    const end = start + vlenOf(words[starts[i]! + 1]!) * elementOf(i);
    for (let word = start; word < end; word += elementOf(i)) if (is(words[word]!)) return true;
    return false;
  });
}

/** So many searches through all words take less time than one look at each type. */
const fewOffsets = 4;

/**
 * Every word that holds an offset at which the name stands, with the index of the type that it is in, in order; undefined
 * where these are many, since short names end a lot of others.
 */
function placesOf(
  { words, scan, strings }: Searched,
  name: string,
): { i: number; word: number }[] | undefined {
  const offsets: number[] = [];
  for (const offset of strings.offsets(name)) {
    if (offsets.push(offset) > fewOffsets) return undefined;
  }
  const found: { i: number; word: number }[] = [];
  for (const offset of offsets) {
    for (let word = words.indexOf(offset); word >= 0; word = words.indexOf(offset, word + 1))
      found.push({ i: typeOver(scan.starts, word), word });
  }
  return found.sort((a, b) => a.word - b.word);
}

/** The index of the last type that starts at the word or before it. */
function typeOver(starts: Uint32Array, word: number): number {
  let [low, high] = [0, starts.length];
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (starts[middle]! <= word) low = middle;
    else high = middle;
  }
  return low;
}

/** The indices of the types of a kind, in order; those that pass the test. */
export function typesOf(scan: Scan, kind: BtfKind, test?: (index: number) => boolean): number[] {
  const found: number[] = [];
  const numbers = numbersOf(kind);
  for (const number of numbers) {
    for (let i = indexOfKind(scan, number, test); i >= 0; i = indexOfKind(scan, number, test, i + 1))
      found.push(i);
  }
  return numbers.length > 1 ? found.sort((a, b) => a - b) : found;
}
