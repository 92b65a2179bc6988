/** The long soak, for `make soak`: COUNT objects of the seeds from SEED on, by turns on the kernels of SOAK_KERNELS. */

import { availableParallelism } from "node:os";
import { expect, test } from "vitest";
import { inParallel } from "../../src/build/parallel.js";
import { openKernel } from "../../src/kernel/open.js";
import { buildInit } from "./guest.js";
import { rejectionText, soak, type Tally } from "./soak.js";

const count = Number(process.env.COUNT ?? 100);
const first = Number(process.env.SEED ?? 1);
const names = (process.env.SOAK_KERNELS ?? "lab-6.12").split(/\s+/).filter(Boolean);

/** A boot is cheap beside so many objects, and a failure is heard of before long. */
const perBoot = 200;

const time = () => new Date().toTimeString().slice(0, 8);

test(`${count} objects from seed ${first}`, { timeout: 2 ** 31 - 1 }, async () => {
  const kernels = await Promise.all(
    names.map(async (name) => {
      const opened = await openKernel(name);
      if (!opened.ok) throw new Error(`no kernel ${name}`);
      return { name, kernel: opened.value };
    }),
  );
  const init = await buildInit();
  const batches = Array.from({ length: Math.ceil(count / perBoot) }, (_, i) => ({
    ...kernels[i % kernels.length]!,
    seed: first + i * perBoot,
    count: Math.min(perBoot, count - i * perBoot),
  }));
  const tallies: Tally[] = [];
  // Each boot has one processor, so as many at a time as there are processors use them all.
  await inParallel(
    batches,
    async ({ name, kernel, seed, count: size }) => {
      const tally = await soak(kernel, init, { name, seed, count: size });
      tallies.push(tally);
      for (const r of tally.rejections) console.log(rejectionText({ ...r, kernel: name }));
      console.log(`${time()} ${name}, seeds ${seed} to ${seed + size - 1}: ${summary(tallies)}`);
    },
    availableParallelism(),
  );
  const refused = tallies.flatMap((t) => Object.entries(t.refused));
  const codes = [...new Set(refused.map(([code]) => code))];
  const times = codes.map((code) => `${code} ${sum(refused.filter(([c]) => c === code).map(([, n]) => n))}`);
  console.log(`specs that the checker refused before: ${times.join(", ") || "none"}`);
  console.log(summary(tallies));
  expect(sum(tallies.map((t) => t.rejections.length))).toBe(0);
});

function summary(tallies: readonly Tally[]): string {
  const loaded = sum(tallies.map((t) => t.loaded));
  const tooDeep = sum(tallies.map((t) => t.tooDeep));
  const rejected = sum(tallies.map((t) => t.rejections.length));
  const shared = sum(tallies.map((t) => t.shared));
  return `${loaded} loaded (${shared} of them for two kernels), ${rejected} rejected, ${tooDeep} beyond BPF's stack`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, n) => total + n, 0);
}
