/** Whether raw types are sound: what passes here can be read and resolved without a further check. */

import { headWords, kindNumber, layouts, numbersOf, vlenOf } from "./layout.js";
import { indexOfKind, type Scan } from "./scan.js";

/** What is wrong, and the index of the word that shows it. */
export interface Damage {
  readonly word: number;
  readonly problem: string;
  /** The kind may be one that came after this program. */
  readonly unknown?: boolean;
}

/** What types may name and refer to. */
export interface Limits {
  /** The number of the first type. */
  readonly first: number;
  /** One more than the highest type number. */
  readonly count: number;
  /** One more than the highest name offset. */
  readonly names: number;
  /** Whether a type below `first` is a function prototype. */
  isPrototype(id: number): boolean;
}

/** The first thing wrong with the types of a section. */
export function checkTypes(words: Uint32Array, scan: Scan, limits: Limits): Damage | undefined {
  return (
    checkEnd(words, scan, limits) ??
    checkReferences(words, scan, limits) ??
    checkSizes(words, scan, limits) ??
    checkTargets(words, scan, limits)
  );
}

/** Each type is of a known kind and lies inside the section. */
function checkEnd(words: Uint32Array, { starts, end }: Scan, { first }: Limits): Damage | undefined {
  const left = words.length - end;
  if (left === 0) return undefined;
  const type = `type [${first + starts.length}]`;
  if (left < headWords) return { word: end, problem: `${type} is cut off` };
  const info = words[end + 1]!;
  const number = kindNumber(info);
  const layout = layouts[number];
  if (!layout) {
    return { word: end + 1, problem: `${type} is of kind ${number}`, unknown: number >= layouts.length };
  }
  const length = headWords + layout.extra + layout.element * vlenOf(info);
  const room = `${4 * length} bytes long, and ${4 * left} are left`;
  return { word: end + 1, problem: `${type} (${layout.kind}) would be ${room}` };
}

interface Reference {
  readonly word: number;
  readonly to: "name" | "type";
}

/** Every word of a type that is a name or a type. */
function* referencesOf(words: Uint32Array, at: number): Iterable<Reference> {
  const info = words[at + 1]!;
  const { refers, extra, extraTypes, element, named, typeWord } = layouts[kindNumber(info)]!;
  yield { word: at, to: "name" };
  if (refers) yield { word: at + 2, to: "type" };
  let word = at + headWords;
  for (let k = 0; k < extraTypes; k++) yield { word: word + k, to: "type" };
  word += extra;
  const count = element ? vlenOf(info) : 0;
  for (let k = 0; k < count; k++, word += element) {
    if (named) yield { word, to: "name" };
    if (typeWord >= 0) yield { word: word + typeWord, to: "type" };
  }
}

/** Every name and type that is referred to exists. */
function checkReferences(words: Uint32Array, scan: Scan, limits: Limits): Damage | undefined {
  const { first, count, names } = limits;
  if (scan.highestName < names && scan.highestType < count) return undefined;
  // Somewhere there is one; now there is time to look where.
  const limit = { name: names, type: count };
  for (const [i, at] of scan.starts.entries()) {
    for (const { word, to } of referencesOf(words, at)) {
      if (words[word]! < limit[to]) continue;
      const problem = {
        name: `has its name at ${words[word]}, and names end at ${names}`,
        type: `refers to type [${words[word]}], and the last is [${count - 1}]`,
      }[to];
      return { word, problem: `type [${first + i}] ${problem}` };
    }
  }
  return undefined;
}

/** Numbers and enums have a size that C gives them: btf_int_check_meta() and others in kernel/bpf/btf.c. */
function checkSizes(words: Uint32Array, scan: Scan, { first }: Limits): Damage | undefined {
  for (const [number, layout] of layouts.entries()) {
    if (!layout?.sizes.length) continue;
    const i = indexOfKind(scan, number, (i) => !layout.sizes.includes(words[scan.starts[i]! + 2]!));
    if (i < 0) continue;
    const word = scan.starts[i]! + 2;
    return { word, problem: `type [${first + i}] (${layout.kind}) cannot have ${words[word]} bytes` };
  }
  return undefined;
}

const [functionNumber, prototypeNumber] = [numbersOf("function")[0]!, numbersOf("prototype")[0]!];
const arrayNumber = numbersOf("array")[0]!;
const linkNumbers = numbersOf("pointer", "array", "typedef", "const", "volatile", "restrict", "typeTag");
const isLink = Uint8Array.from(layouts, (_, number) => Number(linkNumbers.includes(number)));
/** Far more than any C has: the kernel itself gives up at 32 (MAX_RESOLVE_DEPTH in kernel/bpf/btf.c). */
const longestChain = 100;

/**
 * A function's type is a prototype (btf_func_check() in kernel/bpf/btf.c), and what follows pointers, array elements,
 * typedefs and qualifiers comes to an end, as it must in C, where only a struct or a prototype makes a circle. A base
 * cannot refer to what is over it. One loop, for the reason that the scan has.
 */
function checkTargets(words: Uint32Array, { starts, kinds }: Scan, limits: Limits): Damage | undefined {
  const { first } = limits;
  for (let i = 0; i < starts.length; i++) {
    const kind = kinds[i]!;
    const word = starts[i]! + 2;
    if (kind === functionNumber) {
      const id = words[word]!;
      if (id < first ? limits.isPrototype(id) : kinds[id - first] === prototypeNumber) continue;
      const problem = `is of type [${id}], which is no prototype`;
      return { word, problem: `type [${first + i}] (function) ${problem}` };
    }
    let steps = 0;
    for (let link = i; link >= 0 && isLink[kinds[link]!] === 1; steps++) {
      if (steps > longestChain) {
        const problem = `leads back to itself or through more than ${longestChain} others`;
        return { word, problem: `type [${first + i}] (${layouts[kind]!.kind}) ${problem}` };
      }
      link = words[starts[link]! + (kinds[link] === arrayNumber ? headWords : 2)]! - first;
    }
  }
  return undefined;
}
