/**
 * The arrow from an object to a light skeleton: a program that loads the object's maps and programs from within the
 * kernel, and the metadata that it works on, so that the kernel can check a signature over both, as
 * Documentation/bpf/signing.rst has it. Unlike that of libbpf, the program takes from who runs it the few values that a
 * loader of ours sets, and no others: whom it is for, how much room there is, and the names of the maps of variables.
 */

import { createHash } from "node:crypto";
import { readBtf } from "../btf/read.js";
import { bytecode } from "./bytecode.js";
import { readExtension } from "./extension.js";
import { withoutExterns } from "./externs.js";
import { readLinked, sectionNamed } from "./linked.js";
import { createMap, loadProgram, loadTypes, type Parts } from "./load.js";
import { mapsOf } from "./map.js";
import { metadata } from "./metadata.js";
import { programsOf } from "./program.js";
import { own, result, type Step } from "./step.js";

/**
 * What a signature covers: the instructions, which check the metadata's hash (Linux 6.18 to 7.2), or the instructions
 * followed by the metadata (from 7.3 on).
 */
export const formats = ["instructions", "instructions-and-metadata"] as const;
export type Format = (typeof formats)[number];

export interface Skeleton {
  readonly metadata: Uint8Array;
  readonly instructions: Readonly<Record<Format, Uint8Array>>;
}

/** The skeleton of an object that bpftool has linked. Same object, same bytes. */
export function skeletonOf(object: Uint8Array): Skeleton {
  const linked = readLinked(object);
  const read = readBtf(object, "the object");
  if (!read.ok) throw new Error("the object's BTF can't be read");
  const btf = read.value;
  const maps = mapsOf(linked, btf);
  const extension = readExtension(sectionNamed(linked, ".BTF.ext").data);
  const programs = programsOf(linked, btf, extension, maps);
  const memory = metadata();
  const table = memory.add(Buffer.alloc(4 * maps.length));
  const parts: Parts = { memory, table, btf, maps, programs };
  const types = withoutExterns(sectionNamed(linked, ".BTF").data);
  const steps = [loadTypes(types, parts), ...maps.map((map, i) => createMap(map, i, parts))];
  const license = memory.add(sectionNamed(linked, "license").data);
  for (const [i, program] of programs.entries()) steps.push(loadProgram(program, i, license, parts));
  const whole = memory.whole();
  return {
    metadata: whole,
    instructions: {
      instructions: assembled([checkMetadata(whole), ...steps]),
      "instructions-and-metadata": assembled(steps),
    },
  };
}

function assembled(steps: readonly Step[]): Buffer {
  const code = bytecode();
  code.copy(own, 1);
  for (const step of steps) step(code);
  code.number(result, 0);
  return code.finish(() => {
    code.copy(0, result);
    code.exit();
  });
}

/**
 * The metadata must be what it was when it was signed, and nobody else's to change: the kernel's `struct bpf_map` begins
 * with the hash, which it computes when it is asked for it, and with whether the map is one program's alone (7.2).
 */
function checkMetadata(whole: Buffer): Step {
  const digest = createHash("sha256").update(whole).digest();
  return (code) => {
    code.number(result, -22);
    code.map(1);
    code.load(4, 2, 1, digest.length);
    code.endIfNot(2, 1, "number");
    for (let at = 0; at < digest.length; at += 8) {
      code.load(8, 2, 1, at);
      code.long(3, digest.readBigUInt64LE(at));
      code.endIfNot(2, 3, "register");
    }
  };
}
