/** Expressions in native C and in BPF on a real kernel, over the same values: which of them differ. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { inParallel } from "../../../src/build/parallel.js";
import { seeded } from "../../spec/random.js";
import { type Expression, type Made, makeObject } from "./bpf.js";
import { generate } from "./generate.js";
import type { Group } from "./group.js";
import { type Job, runGuest } from "./guest.js";
import { runNative } from "./native.js";
import { type Filling, fill, memorySize } from "./world.js";

const fillings = 6;
const perObject = 100;

export interface Options {
  /** Path of the kernel's image. */
  readonly image: string;
  /** How many expressions a group has; each is made from a seed of its own, counting up from `seed`. */
  readonly count: number;
  readonly seed: number;
  /** Expressions of the caller's own, in front of the others. */
  readonly given?: readonly Pick<Expression, "text" | "native">[];
  /** A folder for everything that is made on the way. */
  readonly folder: string;
}

export interface Outcome {
  readonly expressions: number;
  readonly compared: number;
  /** Of those, where C leaves the value undefined. */
  readonly undefined: number;
  /** Each with what one needs to see it again. */
  readonly different: readonly { readonly text: string; readonly told: string }[];
  /** What we, clang or the kernel's verifier did not take. */
  readonly refused: readonly string[];
}

interface Prepared extends Job {
  readonly expressions: readonly Expression[];
  readonly values: readonly Filling[];
  readonly refused: readonly string[];
}

/** Compares the groups' expressions over a few values each, in one boot. */
export async function compare(groups: readonly Group[], options: Options): Promise<Outcome> {
  const prepared: Prepared[] = [];
  for (const group of groups) prepared.push(await prepare(group, options));
  const lines = await runGuest(options.image, prepared, options.folder);
  const last = /^compared (\d+) undefined (\d+)$/.exec(lines.at(-1) ?? "");
  if (!last) throw new Error(`the guest's last word is ${lines.at(-1)}`);
  const differences = lines.flatMap((line) => differenceOf(line, prepared, options) ?? []);
  const others = lines.filter((line) => !line.startsWith("different ")).slice(0, -1);
  return {
    expressions: prepared.reduce((sum, p) => sum + p.expressions.length, 0),
    compared: Number(last[1]),
    undefined: Number(last[2]),
    different: differences,
    refused: [...prepared.flatMap((p) => p.refused), ...(others.length ? [others.join("\n")] : [])],
  };
}

async function prepare(group: Group, { count, seed, given = [], folder }: Options): Promise<Prepared> {
  const own = given.map((e, i) => ({ ...e, number: seed + count + i }));
  const made = Array.from({ length: count }, (_, i): Expression => {
    const number = seed + i;
    return { number, text: generate(group.world, seeded(number)).least };
  });
  const all = [...own, ...made];
  const values = Array.from({ length: fillings }, (_, i) => fill(group.world, seeded(seed + i)));
  writeFileSync(join(folder, `${group.name}.values`), valuesFile(values));
  const batches = Array.from({ length: Math.ceil(all.length / perObject) }, (_, i) =>
    all.slice(i * perObject, (i + 1) * perObject),
  );
  const results = await inParallel(batches, (batch) => makeObject(group, batch), 2);
  const objects = results.flatMap((made, i) => objectOf(made, join(folder, `${group.name}-${i}`)));
  const expressions = results.flatMap((r) => r.expressions);
  await runNative(group, expressions, folder);
  const refused = results.flatMap((r) =>
    r.refused.map((e) => `${group.name}, seed ${e.number}: ${e.text}\n${e.why}`),
  );
  return { group, expressions, values, objects, refused };
}

/** The C is kept beside the object, for who looks into a difference. */
function objectOf({ object, c, expressions }: Made, path: string): Job["objects"] {
  if (!object || c === undefined) return [];
  writeFileSync(`${path}.o`, object);
  writeFileSync(`${path}.bpf.c`, c);
  return [{ path: `${path}.o`, count: expressions.length }];
}

/** As memory.h reads it. */
export function valuesFile(all: readonly Filling[]): Buffer {
  const parts = [u32(all.length)];
  for (const { memory, pointers, values } of all) {
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

/** Of an expression that differs in several values the guest tells the first. */
function differenceOf(line: string, prepared: readonly Prepared[], { seed }: Options) {
  const match = /^different \/equal\/(.*)\.outcomes (\d+) (\d+) (-?\d+) (-?\d+)$/.exec(line);
  if (!match) return undefined;
  const [name, index, filling, native, bpf] = match.slice(1) as [string, string, string, string, string];
  const { group, expressions, values } = prepared.find((p) => p.group.name === name)!;
  const { number, text } = expressions[Number(index)]!;
  const given = values[Number(filling)]!.values.map(({ value, pointer }, i) => {
    const hex = BigInt.asUintN(64, value).toString(16);
    return `${group.world.variables[i]!.name} = ${pointer ? "memory + " : ""}0x${hex}`;
  });
  const told = [
    `${name}, seed ${number}: ${text}`,
    `  with ${given.join(", ")}, and the memory of seed ${seed + Number(filling)}`,
    `  native ${native}, BPF ${bpf}`,
  ];
  return { text, told: told.join("\n") };
}
