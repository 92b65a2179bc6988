/** An object's BTF as the kernel takes it. */

import { headWords, kindNumber, layouts, vlenOf } from "../btf/layout.js";
import { textAt } from "./linked.js";

/** The linkage of what is defined elsewhere, and of a global: BTF_VAR_GLOBAL_EXTERN and BTF_VAR_GLOBAL_ALLOCATED. */
const [extern, global] = [2, 1];
const sectionOfSymbols = ".ksyms";

/**
 * The BTF without externs, of which the kernel will not hear: the addresses of its symbols become variables of 32 bits, as
 * libbpf has them.
 */
export function withoutExterns(btf: Buffer): Buffer {
  const bytes = Buffer.from(btf);
  const headerSize = bytes.readUInt32LE(4);
  const types = headerSize + bytes.readUInt32LE(8);
  const strings = bytes.subarray(headerSize + bytes.readUInt32LE(16));
  const word = (at: number) => bytes.readUInt32LE(types + 4 * at);
  const put = (at: number, value: number) => bytes.writeUInt32LE(value, types + 4 * at);
  /** Where each type begins, by its number less one. */
  const starts: number[] = [];
  for (let at = 0; at < bytes.readUInt32LE(12) / 4; ) {
    starts.push(at);
    const { extra, element } = layouts[kindNumber(word(at + 1))]!;
    at += headWords + extra + element * (element && vlenOf(word(at + 1)));
  }
  const isKind = (at: number, kind: string) => layouts[kindNumber(word(at + 1))]!.kind === kind;
  const section = starts.find(
    (at) => isKind(at, "section") && textAt(strings, word(at)) === sectionOfSymbols,
  );
  if (section === undefined) return bytes;
  const int = 1 + starts.findIndex((at) => isKind(at, "int") && word(at + 2) === 4);
  const count = vlenOf(word(section + 1));
  for (let i = 0; i < count; i++) {
    const entry = section + headWords + 3 * i;
    const variable = starts[word(entry) - 1]!;
    if (!isKind(variable, "variable") || word(variable + headWords) !== extern)
      throw new Error(`${sectionOfSymbols} holds what is no extern variable`);
    put(variable + 2, int);
    put(variable + headWords, global);
    put(entry + 1, 4 * i);
    put(entry + 2, 4);
  }
  put(section + 2, 4 * count);
  return bytes;
}
