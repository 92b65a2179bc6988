/** Targets: what a kernel is described by. */

import { gzipSync } from "node:zlib";
import type { Btf } from "../../src/btf/btf.js";
import { decodeBtf } from "../../src/btf/decode.js";
import { sectionOf } from "../../src/btf/elf.js";
import { definition, prototype, typeName } from "../../src/btf/print.js";
import { readBtf } from "../../src/btf/read.js";
import { findMember, memberNames, resolve, sizeOf } from "../../src/btf/resolve.js";
import { configArch, configList, configRelease } from "../../src/kernel/config.js";
import { readImage } from "../../src/kernel/image.js";
import {
  injectableList,
  type ListFormat,
  readList,
  syscallList,
  traceableList,
} from "../../src/kernel/lists.js";
import { compile, fixture, unwrap } from "../btf/fixture.js";
import { fact } from "../kernel/lab.js";
import { checkResult, must } from "./law.js";
import type { Target } from "./run.js";

const objects = (["bpf", "bpfeb"] as const).map((target) => compile(fixture("types.c"), target));
const types = objects.map((object) => unwrap(sectionOf(object, ".BTF", "t"))!);

/** Damaged BTF may name the same large type over and over. */
const mostTypes = 300;

/** Everything that can be asked of each type. */
function walk(btf: Btf): void {
  for (let id = 0; id < Math.min(btf.count, mostTypes); id++) {
    const type = btf.type(id);
    typeName(btf, id);
    resolve(btf, id);
    sizeOf(btf, id);
    definition(btf, id);
    if (type.kind === "struct" || type.kind === "union") {
      for (const name of memberNames(btf, id).slice(0, 10))
        must(findMember(btf, id, name) !== undefined, "a member that is named is found");
      findMember(btf, id, "there is none");
    }
    if (type.kind === "function") prototype(btf, id);
    if (type.kind === "enum") for (const { name } of type.values.slice(0, 10)) btf.enumerator(name);
    // Bytes that are no UTF-8 are shown, but not looked up.
    if ("name" in type && type.name && !type.name.includes("\ufffd"))
      must(btf.find(type.kind, type.name).includes(id), "a type that is named is found");
  }
}

function checkTypes(input: Uint8Array): void {
  const read = readBtf(input, "t");
  checkResult(read);
  if (read.ok) walk(read.value);
}

/** A bzImage around gzipped content: Documentation/arch/x86/boot.rst. */
function bzImage(content: Uint8Array): Uint8Array {
  const payload = gzipSync(content);
  const head = Buffer.alloc(3 * 512);
  head[0x1f1] = 1;
  head.writeUInt16LE(0xaa55, 0x1fe);
  head.write("HdrS", 0x202);
  head.writeUInt16LE(0x20f, 0x206);
  head.writeUInt16LE(0x280, 0x20e);
  head.write("6.12.7-boot (root@vm) #1 SMP", 0x480);
  head.writeUInt32LE(512, 0x248);
  head.writeUInt32LE(payload.length, 0x24c);
  return Buffer.concat([head, payload]);
}

/** A flat arm64 image, as it is, and one that unpacks itself. */
function arm64Images(btf: Uint8Array): Uint8Array[] {
  const head = Buffer.alloc(64);
  head.write("ARMd", 56);
  const plain = Buffer.concat([head, Buffer.from("Linux version 6.12.7-test (root@vm)\0"), btf]);
  const payload = gzipSync(plain);
  const start = Buffer.alloc(64);
  start.write("MZ\0\0zimg");
  start.writeUInt32LE(64, 8);
  start.writeUInt32LE(payload.length, 12);
  return [plain, gzipSync(plain), Buffer.concat([start, payload])];
}

async function checkImage(input: Uint8Array): Promise<void> {
  const image = await readImage(input, "t");
  checkResult(image);
  if (!image.ok) return;
  const { release, arch, bootable } = image.value;
  JSON.stringify({ release, arch, bootable });
  const found = await image.value.types();
  checkResult(found);
  if (found.ok) checkTypes(found.value);
}

const lists: Readonly<Record<string, ListFormat<unknown>>> = {
  "injectable.txt": injectableList,
  "traceable.txt": traceableList,
  "syscalls.txt": syscallList,
  config: configList,
};

/** The first lines of a list; whole ones take longer than they are worth. */
function linesOf(file: string): Uint8Array[] {
  return ["lab-5.10", "lab-6.12"].map((name) => {
    return Buffer.from(fact(name, file).toString("utf8").split("\n").slice(0, 60).join("\n"));
  });
}

const listTargets = Object.entries(lists).map(
  ([file, format]): Target => ({
    ...{ name: file.replace(".txt", ""), form: "text", cases: 1500 },
    corpus: () => linesOf(file),
    run: (input) => {
      const source = { name: file, text: Buffer.from(input).toString("utf8") };
      const list = readList(format, source);
      checkResult(list, source);
      if (list.ok) list.value();
      configRelease(source.text);
      configArch(source.text);
    },
  }),
);

const splits = () => {
  const base = unwrap(decodeBtf(types[0]!, "base"));
  // The same types once more, over themselves: numbers and names count on from the base.
  return { base, module: types[0]! };
};

export const kernelTargets: readonly Target[] = [
  { name: "btf", form: "bytes", cases: 3000, corpus: () => types, run: checkTypes },
  {
    ...{ name: "module", form: "bytes", cases: 1000 },
    corpus: () => [splits().module],
    run: (input) => {
      const read = readBtf(input, "t", splits().base);
      checkResult(read);
      if (read.ok) walk(read.value);
    },
  },
  { name: "elf", form: "bytes", cases: 2500, corpus: () => objects, run: checkTypes },
  {
    ...{ name: "image", form: "bytes", cases: 1500 },
    corpus: () => [bzImage(objects[0]!), ...arm64Images(types[0]!), ...objects, types[0]!],
    run: checkImage,
  },
  ...listTargets,
];
