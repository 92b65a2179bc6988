/** Raw BTF's header: `struct btf_header` of include/uapi/linux/btf.h, and the two sections that it points to. */

import { type Checked, checked, type Diagnostic, failed } from "../diagnostic.js";
import { badBtf, unsupportedBtf } from "./codes.js";
import { type Strings, stringsOf } from "./strings.js";

const magic = 0xeb9f;
const headerBytes = 24;
/** The longest name that is taken as sound; the kernel's own limit for symbols is 512 (KSYM_NAME_LEN). */
const longestName = 4096;

export interface Sections {
  /** The type section in the host's byte order. */
  readonly words: Uint32Array;
  /** Where it starts, in bytes from the start of the BTF. */
  readonly typesAt: number;
  readonly strings: Strings;
}

/** Whether the bytes start with BTF's magic number, and in which byte order. */
export function btfOrder(bytes: Uint8Array): "little" | "big" | undefined {
  if (bytes[0] === (magic & 0xff) && bytes[1] === magic >> 8) return "little";
  if (bytes[0] === magic >> 8 && bytes[1] === (magic & 0xff)) return "big";
  return undefined;
}

/** The diagnostic, with what to do about it: that depends on whether there is a base. */
export function damaged(what: { name: string; at: number; problem: string }, split: boolean): Diagnostic {
  const help = split
    ? "check that the base is the BTF of the very kernel that this was built for"
    : "take it again, as bytes; a module's BTF needs its kernel's as a base";
  return badBtf(undefined, what, { help: [help] });
}

/** The sections, with their bounds and every name's end checked. `base` is what the names of split BTF go on after. */
export function readSections(bytes: Uint8Array, name: string, base?: Strings): Checked<Sections> {
  const bad = (at: number, problem: string) => failed(damaged({ name, at, problem }, base !== undefined));
  const order = btfOrder(bytes);
  if (!order) return bad(0, "it does not start with BTF's magic number 0xeb9f");
  if (bytes.length < headerBytes)
    return bad(bytes.length, `it ends inside its header of ${headerBytes} bytes`);

  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const word = (at: number) => view.getUint32(at, order === "little");
  const [version, flags] = [bytes[2]!, bytes[3]!];
  if (version !== 1 || flags !== 0) {
    return failed(unsupportedBtf(undefined, { name, what: `version ${version} with flags ${flags}` }));
  }
  // Later headers are longer; offsets count from their end, whatever it is.
  const headerEnd = word(4);
  if (headerEnd < headerBytes || headerEnd > bytes.length || headerEnd % 4 !== 0) {
    return bad(4, `its header cannot be ${headerEnd} bytes long`);
  }
  const types = { at: headerEnd + word(8), length: word(12) };
  const names = { at: headerEnd + word(16), length: word(20) };
  if (types.at % 4 !== 0 || types.length % 4 !== 0)
    return bad(8, "its type section is not made of whole words");
  if (types.at + types.length > bytes.length) return bad(12, pastEnd("type", types, bytes.length));
  if (names.at + names.length > bytes.length) return bad(20, pastEnd("string", names, bytes.length));

  const section = bytes.subarray(names.at, names.at + names.length);
  const problem = stringProblem(section, base !== undefined);
  if (problem) return bad(names.at + problem.at, problem.problem);
  const words = wordsOf(bytes.subarray(types.at, types.at + types.length), order);
  return checked({ words, typesAt: types.at, strings: stringsOf(section, base) });
}

function pastEnd(what: string, section: { at: number; length: number }, size: number): string {
  return `its ${what} section of ${section.length} bytes from byte ${section.at} on ends after the input's ${size} bytes`;
}

function stringProblem(section: Uint8Array, split: boolean): { at: number; problem: string } | undefined {
  // A module without names of its own is sound: libbpf's btf_parse_str_sec().
  if (split && section.length === 0) return undefined;
  if (section.length === 0) return { at: 0, problem: "its string section is empty" };
  const last = section.length - 1;
  if (section[last] !== 0) return { at: last, problem: "its string section does not end with a NUL" };
  if (!split && section[0] !== 0) {
    return {
      at: 0,
      problem: "its string section does not start with the empty name, as only a module's BTF may",
    };
  }
  // From each window's last NUL to the next: that there is one bounds what a single name can cost.
  for (let start = 0; last - start > longestName; ) {
    const end = section.lastIndexOf(0, start + longestName);
    if (end < start) return { at: start, problem: `a name there is longer than ${longestName} bytes` };
    start = end + 1;
  }
  return undefined;
}

function wordsOf(section: Uint8Array, order: "little" | "big"): Uint32Array {
  const host = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? "little" : "big";
  const asIs = order === host;
  // A view needs alignment, and swapping must not change the caller's bytes (a Buffer's slice() would share them).
  const own = asIs && section.byteOffset % 4 === 0 ? section : new Uint8Array(section);
  if (!asIs) Buffer.from(own.buffer, own.byteOffset, own.length).swap32();
  return new Uint32Array(own.buffer, own.byteOffset, own.length / 4);
}
