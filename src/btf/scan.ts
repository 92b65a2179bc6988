/** One pass over raw types that finds where each starts. It runs once, before the engine compiles it: hence its shape. */

import { headWords, type Layout, layouts } from "./layout.js";

export interface Scan {
  /** The first word and the kind's number of each type, in order. */
  readonly starts: Uint32Array;
  readonly kinds: Uint8Array;
  /** The first word that is not inside a sound type: the number of words, if all is well. */
  readonly end: number;
  /** The highest name offset and type number that occur, in whatever place. */
  readonly highestName: number;
  readonly highestType: number;
}

const column = (read: (layout: Layout) => number) => {
  return Uint8Array.from({ length: 128 }, (_, number) => (layouts[number] ? read(layouts[number]) : 0));
};
/** By kind; 0 for a kind that there is not. */
const bodyWords = column((layout) => headWords + layout.extra);
const elementWords = column((layout) => layout.element);
const refers = column((layout) => Number(layout.refers));
/** What follows the head, by kind: nothing to look at, or one of these. */
const [bare, names, namesAndTypes, types, twoTypes] = [0, 1, 2, 3, 4];
const content = column(({ extraTypes, element, named, typeWord }) => {
  if (extraTypes === 2) return twoTypes;
  if (element === 0) return bare;
  return named ? (typeWord === 1 ? namesAndTypes : names) : types;
});

/** Reads up to the first type of an unknown kind, or that does not fit. What types name and refer to is not judged. */
export function scanTypes(words: Uint32Array): Scan {
  const starts = new Uint32Array(Math.ceil(words.length / headWords));
  const kinds = new Uint8Array(starts.length);
  let [count, at, highestName, highestType] = [0, 0, 0, 0];
  const { length } = words;
  while (at + headWords <= length) {
    const info = words[at + 1]!;
    // kindNumber() and vlenOf() by hand: calls would double the time.
    const kind = (info >>> 24) & 0x7f;
    const body = bodyWords[kind]!;
    const step = elementWords[kind]!;
    let word = at + body;
    const end = step === 0 ? word : word + step * (info & 0xffffff);
    if (body === 0 || end > length) break;

    const name = words[at]!;
    if (name > highestName) highestName = name;
    const third = words[at + 2]!;
    if (third > highestType && refers[kind] === 1) highestType = third;
    const shape = content[kind];
    if (shape === namesAndTypes) {
      for (; word < end; word += step) {
        const elementName = words[word]!;
        const elementType = words[word + 1]!;
        if (elementName > highestName) highestName = elementName;
        if (elementType > highestType) highestType = elementType;
      }
    } else if (shape === names) {
      for (; word < end; word += step) if (words[word]! > highestName) highestName = words[word]!;
    } else if (shape === types) {
      for (; word < end; word += step) if (words[word]! > highestType) highestType = words[word]!;
    } else if (shape === twoTypes) {
      highestType = Math.max(highestType, words[at + headWords]!, words[at + headWords + 1]!);
    }
    starts[count] = at;
    kinds[count++] = kind;
    at = end;
  }
  return {
    starts: starts.subarray(0, count),
    kinds: kinds.subarray(0, count),
    end: at,
    highestName,
    highestType,
  };
}

/** The first type of the kind from index `from` on that passes the test; -1: none. */
export function indexOfKind(
  { kinds }: Scan,
  number: number,
  test: (index: number) => boolean = () => true,
  from = 0,
): number {
  let index = kinds.indexOf(number, from);
  while (index >= 0 && !test(index)) index = kinds.indexOf(number, index + 1);
  return index;
}
