/** Thousands of expressions in native C and in BPF on a real kernel, over the same values: which of them differ. */

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { archive, type Entry } from "../../src/vm/cpio.js";
import { busyboxPath } from "../../src/vm/pack.js";
import { runMachine } from "../../src/vm/qemu.js";
import { seeded } from "../spec/random.js";
import { kernelImage } from "../vm/engine/lab.js";
import { type Expression, type Group, makeObject, type Refused } from "./bpf.js";
import { generate } from "./generate.js";
import { runNative } from "./native.js";
import { type Filling, fill, memorySize } from "./world.js";

const here = new URL(".", import.meta.url).pathname;
const fillingsEach = 6;
const perObject = 100;

export interface Difference {
  readonly group: string;
  readonly seed: number;
  readonly text: string;
  readonly values: string;
  readonly native: string;
  readonly bpf: string;
}

export interface Outcome {
  readonly expressions: number;
  readonly compared: number;
  readonly undefined: number;
  readonly different: readonly Difference[];
  readonly refused: readonly (Refused & { readonly group: string })[];
  /** What else the guest said: objects that the verifier refused. */
  readonly said: readonly string[];
}

interface Prepared {
  readonly group: Group;
  readonly expressions: readonly Expression[];
  readonly fillings: readonly Filling[];
  readonly objects: readonly { readonly path: string; readonly first: number; readonly count: number }[];
  readonly refused: readonly Refused[];
}

/** Makes the expressions of a group and all that a guest needs to run them; `counts` is how many there shall be. */
async function prepare(group: Group, count: number, seed: number, folder: string): Promise<Prepared> {
  // Each has a seed of its own, so that one alone can be made again.
  const made = Array.from({ length: count }, (_, i): Expression => {
    const number = seed + i;
    return { number, text: generate(group.world, seeded(number)).least };
  });
  const fillings = Array.from({ length: fillingsEach }, (_, i) => fill(group.world, seeded(seed + i)));
  writeFileSync(join(folder, `${group.name}.values`), valuesFile(fillings));
  const batches = Array.from({ length: Math.ceil(count / perObject) }, (_, i) => made.slice(i * perObject, (i + 1) * perObject));
  const objects: { path: string; first: number; count: number }[] = [];
  const expressions: Expression[] = [];
  const refused: Refused[] = [];
  for (const [i, batch] of batches.entries()) {
    const result = await makeObject(group, batch);
    refused.push(...result.refused);
    if (!result.object) continue;
    const path = join(folder, `${group.name}-${i}.o`);
    writeFileSync(path, result.object);
    writeFileSync(`${path}.c`, result.c!);
    objects.push({ path, first: expressions.length, count: result.expressions.length });
    expressions.push(...result.expressions);
  }
  await runNative(group, expressions, folder);
  return { group, expressions, fillings, objects, refused };
}

/** As memory.h reads it. */
function valuesFile(fillings: readonly Filling[]): Buffer {
  const parts: Buffer[] = [u32(fillings.length)];
  for (const { memory, pointers, values } of fillings) {
    for (let i = 0; i < 6; i++) parts.push(u64(values[i]?.value ?? 0n));
    parts.push(u32(values.reduce((bits, v, i) => bits | (v.pointer ? 1 << i : 0), 0)));
    parts.push(u32(pointers.length), ...pointers.map(u32), memory.subarray(0, memorySize));
  }
  return Buffer.concat(parts);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function u64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt.asUintN(64, value));
  return bytes;
}

const init = `#!/bin/sh
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
stty -F /dev/ttyS1 raw
echo ready >/dev/ttyS1
/equal/guest </equal/jobs >/dev/ttyS1 2>&1
echo "done $?" >/dev/ttyS1
reboot -f
`;

/** Runs what was prepared on the kernel, in one boot. */
async function runGuest(kernel: string, all: readonly Prepared[], folder: string): Promise<string[]> {
  const guest = join(folder, "guest");
  const libraries = ["-lbpf", "-lelf", "-lz"];
  await execa("gcc", ["-O2", "-Wall", "-Wextra", "-Werror", "-static", "-o", guest, join(here, "guest.c"), ...libraries]);
  const memory = join(folder, "memory.o");
  await execa("clang-19", ["-target", "bpf", "-mcpu=v3", "-O2", "-g", "-c", join(here, "memory.bpf.c"), "-o", memory]);
  const file = (path: string, from: string): Entry => ({ kind: "file", path, mode: 0o755, data: readFileSync(from) });
  const text = (path: string, data: string): Entry => ({ kind: "file", path, mode: 0o755, data: Buffer.from(data) });
  const jobs: string[] = [];
  const entries = all.flatMap(({ group, objects }) => {
    const inGuest = (ending: string) => `equal/${group.name}${ending}`;
    for (const [i, { first, count }] of objects.entries()) {
      const btf = group.btf ? `/${inGuest(".btf")}` : "-";
      jobs.push(`/${inGuest(`-${i}.o`)} ${count} /${inGuest(".values")} /${inGuest(".outcomes")} ${first} ${group.syscall ? 1 : 0} ${btf}`);
    }
    return [
      ...objects.map(({ path }, i) => file(inGuest(`-${i}.o`), path)),
      file(inGuest(".values"), join(folder, `${group.name}.values`)),
      file(inGuest(".outcomes"), join(folder, `${group.name}.outcomes`)),
      ...(group.btf ? [file(inGuest(".btf"), group.btf)] : []),
    ];
  });
  const initramfs = archive([
    ...["proc", "sys", "dev"].map((path): Entry => ({ kind: "folder", path })),
    { kind: "device", path: "dev/console", major: 5, minor: 1 },
    { kind: "link", path: "bin/sh", target: "busybox" },
    file("bin/busybox", busyboxPath("x86_64")),
    text("init", init),
    file("equal/guest", guest),
    file("equal/memory.o", memory),
    text("equal/jobs", `${jobs.join("\n")}\n`),
    ...entries,
  ]);
  const lines: string[] = [];
  let console = "";
  const ending = await runMachine(
    { arch: "x86_64", image: kernelImage(kernel), initramfs, accelerator: "tcg", memoryMiB: 1024, append: [] },
    {
      onConsole: (more) => {
        console += more;
        return false;
      },
      onReport: (line) => lines.push(line),
      bootSeconds: 120,
      deadlineSeconds: 3600,
    },
  );
  if (lines.at(-1) !== "done 0") throw new Error(`the guest did not end well (${ending.kind}): ${lines.slice(-20).join("\n")}\n${console.slice(-2000)}`);
  return lines;
}

/** Compares so many expressions of each group, made from seeds that count up from the given one. */
export async function compare(
  groups: readonly Group[],
  options: { readonly kernel: string; readonly count: number; readonly seed: number; readonly folder: string },
): Promise<Outcome> {
  const { kernel, count, seed, folder } = options;
  mkdirSync(folder, { recursive: true });
  const prepared: Prepared[] = [];
  for (const group of groups) prepared.push(await prepare(group, count, seed, folder));
  const lines = await runGuest(kernel, prepared, folder);
  const different: Difference[] = [];
  const said: string[] = [];
  let compared = 0;
  let undefined_ = 0;
  for (const line of lines) {
    const difference = /^different \/equal\/(.*)\.outcomes (\d+) (\d+) (-?\d+) (-?\d+)$/.exec(line);
    const total = /^compared (\d+) undefined (\d+) different (\d+)$/.exec(line);
    if (difference) {
      const [, name, index, filling, native, bpf] = difference as unknown as string[];
      const { group, expressions, fillings } = prepared.find((p) => p.group.name === name)!;
      const { number, text } = expressions[Number(index)]!;
      const values = fillings[Number(filling)]!.values.map((v, i) => `${group.world.variables[i]!.name}=${v.pointer ? "+" : ""}0x${v.value.toString(16)}`);
      different.push({ group: name!, seed: number, text, values: `filling ${filling}: ${values.join(" ")}`, native: native!, bpf: bpf! });
    } else if (total) [compared, undefined_] = [Number(total[1]), Number(total[2])];
    else if (line !== "ready" && line !== "done 0") said.push(line);
  }
  const refused = prepared.flatMap((p) => p.refused.map((r) => ({ ...r, group: p.group.name })));
  return { expressions: prepared.reduce((sum, p) => sum + p.expressions.length, 0), compared, undefined: undefined_, different, refused, said };
}
