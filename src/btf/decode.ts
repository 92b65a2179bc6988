/** Raw BTF to a `Btf`: everything is checked at once, names and types are read when they are asked for. */

import { type Checked, checked, failed } from "../diagnostic.js";
import type { Btf, BtfKind, BtfType, TypeId } from "./btf.js";
import { checkTypes, type Damage } from "./check.js";
import { unsupportedBtf } from "./codes.js";
import { declaring, named, typesOf } from "./find.js";
import { damaged, readSections } from "./header.js";
import { kindFlag, numbersOf } from "./layout.js";
import { indexOfKind, type Scan, scanTypes } from "./scan.js";
import { readType } from "./type.js";

/**
 * Decodes raw BTF of either byte order, as include/uapi/linux/btf.h lays it out, with kinds up to BTF_KIND_ENUM64; over a
 * `base`, split BTF. The bytes must not change afterwards. `name` is how diagnostics call the input.
 */
export function decodeBtf(bytes: Uint8Array, name: string, base?: Btf): Checked<Btf> {
  const sections = readSections(bytes, name, base?.encoding.strings);
  if (!sections.ok) return sections;
  const { words, typesAt, strings } = sections.value;
  const first = base?.count ?? 1;
  const scan = scanTypes(words);
  const count = first + scan.starts.length;
  const isPrototype = (id: TypeId) => base?.type(id).kind === "prototype";
  const damage = checkTypes(words, scan, { first, count, names: strings.length, isPrototype });
  if (damage) return refuse(damage, typesAt, name, base !== undefined);
  // A module may happen to have no signed enum; its base was written by the same tool.
  const signedness = (base?.encoding.signedness ?? false) || marksSignedness(words, scan);
  return checked(lookup({ bytes, words, scan, first, count, encoding: { strings, signedness } }, base));
}

function refuse(
  { word, problem, unknown }: Damage,
  typesAt: number,
  name: string,
  split: boolean,
): Checked<never> {
  const at = typesAt + 4 * word;
  if (!unknown) return failed(damaged({ name, at, problem }, split));
  return failed(unsupportedBtf(undefined, { name, what: `something newer at byte ${at} (${problem})` }));
}

const enumNumbers = numbersOf("enum");

/** Whether any enum says that it is signed, or is of the kind that came with that mark (Linux 6.0). */
function marksSignedness(words: Uint32Array, scan: Scan): boolean {
  const [enum32, enum64] = enumNumbers as [number, number];
  if (indexOfKind(scan, enum64) >= 0) return true;
  return indexOfKind(scan, enum32, (i) => kindFlag(words[scan.starts[i]! + 1]!)) >= 0;
}

interface Table {
  readonly bytes: Uint8Array;
  readonly words: Uint32Array;
  readonly scan: Scan;
  readonly first: TypeId;
  readonly count: number;
  readonly encoding: Btf["encoding"];
}

function lookup(table: Table, base: Btf | undefined): Btf {
  const { bytes, words, scan, first, count, encoding } = table;
  const { starts } = scan;
  const { strings } = encoding;
  const searched = { words, scan, strings };
  const cache = new Map<TypeId, BtfType>([[0, { kind: "void" }]]);

  const type = (id: TypeId): BtfType => {
    if (base && id < first) return base.type(id);
    const known = cache.get(id);
    if (known) return known;
    const at = starts[id - first];
    if (at === undefined) throw new RangeError(`there is no type [${id}] in BTF of ${count} types`);
    const read = readType(words, at, encoding);
    cache.set(id, read);
    return read;
  };

  return {
    bytes,
    count,
    encoding,
    type,
    find: remembered((kind: BtfKind, name: string) => {
      const found = base ? [...base.find(kind, name)] : [];
      for (const i of named(searched, kind, name)) found.push(first + i);
      return found;
    }),
    *names(kind, from = 0) {
      if (base && from < first) yield* base.names(kind, from);
      for (const i of typesOf(scan, kind)) {
        const name = strings.text(words[starts[i]!]!);
        if (name && first + i >= from) yield { name, id: first + i };
      }
    },
    *enumerators() {
      if (base) yield* base.enumerators();
      for (const i of typesOf(scan, "enum")) {
        const found = type(first + i);
        if (found.kind === "enum") for (const { name } of found.values) yield name;
      }
    },
    enumerator: remembered((name: string) => {
      const earlier = base?.enumerator(name);
      if (earlier) return earlier;
      const [i] = declaring(searched, name);
      if (i === undefined) return undefined;
      const found = type(first + i);
      const value = found.kind === "enum" ? found.values.find((v) => v.name === name) : undefined;
      return value && { value: value.value, type: first + i };
    }),
  };
}

/** The function, which looks through all types, but only once for the same words: specs name the same again and again. */
function remembered<A extends readonly string[], R>(look: (...words: A) => R): (...words: A) => R {
  const known = new Map<string, { readonly result: R }>();
  return (...words) => {
    const key = words.join("\0");
    const found = known.get(key) ?? { result: look(...words) };
    known.set(key, found);
    return found.result;
  };
}
