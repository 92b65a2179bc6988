/** Names in an object: what is made of them is source code, and anybody may have written them. */

import type { Btf, BtfType } from "../btf/btf.js";
import { readBtf } from "../btf/read.js";
import { symbolsOf } from "./symbol.js";

const identifier = /^[A-Za-z_]\w*$/;
/** `unsigned long long`, and `.rodata.str1.1`. */
const others: Readonly<Partial<Record<BtfType["kind"], RegExp>>> = { int: /^[\w ]+$/, section: /^[\w.]+$/ };

/** What is wrong with an object of which code is to be made, as a clause about it; undefined where nothing is. */
export function objectProblem(object: Uint8Array): string | undefined {
  const found = strangeName(object);
  if (found === null) return "is no ELF file that can be read";
  return found === undefined ? undefined : `calls something \`${found}\`, which no compiler does`;
}

/** A name, among those that exported code has, that no C compiler gives; null where the symbols can't be read. */
function strangeName(object: Uint8Array): string | undefined | null {
  let programs: string[];
  try {
    programs = symbolsOf(object).flatMap(({ name, kind, global }) =>
      kind === "function" && global ? [name] : [],
    );
  } catch (error) {
    if (error instanceof RangeError || error instanceof TypeError) return null;
    throw error;
  }
  const btf = readBtf(object, "the object");
  // Whoever reads it next says what is wrong with it.
  if (!btf.ok) return undefined;
  return programs.find((name) => !identifier.test(name)) ?? strangeType(btf.value);
}

function strangeType(btf: Btf): string | undefined {
  for (let id = 1; id < btf.count; id++) {
    const type = btf.type(id);
    const found = namesIn(type).find((name) => name !== "" && !identifier.test(name));
    if (found !== undefined) return found;
    const own = "name" in type ? type.name : "";
    if (own !== "" && !(others[type.kind] ?? identifier).test(own)) return own;
  }
  return undefined;
}

function namesIn(type: BtfType): string[] {
  if (type.kind === "struct" || type.kind === "union") return type.members.map(({ name }) => name);
  if (type.kind === "prototype") return type.parameters.map(({ name }) => name);
  return type.kind === "enum" ? type.values.map(({ name }) => name) : [];
}
