/** Runs a target on damaged inputs, each from its own seed, until one breaks the law. */

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { packageRoot } from "../../src/root.js";
import { seeded } from "../spec/random.js";
import { mutateBytes, mutateText } from "./mutate.js";

export interface Target {
  readonly name: string;
  /** How its inputs are damaged. */
  readonly form: "text" | "bytes";
  /** How many cases a plain test run has. */
  readonly cases: number;
  /** Sound inputs, made once. */
  corpus(): readonly Uint8Array[] | Promise<readonly Uint8Array[]>;
  /** Throws where the input breaks the law. */
  run(input: Uint8Array): void | Promise<void>;
}

export interface Wish {
  /** That of the first case; each further case has the next. */
  readonly seed: number;
  /** At most so many. */
  readonly cases: number;
  /** No case is begun later. */
  readonly seconds: number;
}

/** So long a case may take, however busy the machine: in that time, something is wrong. */
const mostSeconds = 60;
const mostTries = 3000;

/** Runs the cases and gives their number; throws at the first that fails, with what is needed to see it again. */
export async function fuzz(target: Target, { seed, cases, seconds }: Wish): Promise<number> {
  const corpus = await target.corpus();
  for (const sound of corpus) await target.run(sound);
  const end = performance.now() + 1000 * seconds;
  const watch = watchdog(target.name);
  try {
    let done = 0;
    for (; done < cases && performance.now() < end; done++) {
      const input = makeInput(target, corpus, seed + done);
      watch.begin(seed + done);
      const problem = await problemOf(target, input);
      watch.finish();
      if (problem) throw await report(target, seed + done, input, problem);
    }
    return done;
  } finally {
    watch.stop();
  }
}

function makeInput({ form }: Target, corpus: readonly Uint8Array[], seed: number): Uint8Array {
  const random = seeded(seed);
  const [sound, other] = [random.pick(corpus), random.pick(corpus)];
  if (form === "bytes") return mutateBytes(sound, other, random);
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("utf8");
  return Buffer.from(mutateText(text(sound), text(other), random));
}

async function problemOf(target: Target, input: Uint8Array): Promise<Error | undefined> {
  try {
    await target.run(input);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

async function report(target: Target, seed: number, input: Uint8Array, problem: Error): Promise<Error> {
  const least = await minimal(target, input, problem);
  const folder = join(packageRoot, "out/fuzz");
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${target.name}-${seed}`);
  writeFileSync(path, least);
  const again = `make fuzz FUZZ_TARGET=${target.name} FUZZ_SEED=${seed} FUZZ_CASES=1`;
  const shown = target.form === "text" ? JSON.stringify(Buffer.from(least).toString()) : hex(least);
  return new Error(
    `${problem.message}\n  seed: ${seed} (${again})\n  input: ${shown.slice(0, 400)} (${path})`,
    {
      cause: problem,
    },
  );
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

/** The input without the parts that the problem does not need. */
async function minimal(target: Target, input: Uint8Array, { message }: Error): Promise<Uint8Array> {
  let least = Buffer.from(input);
  let tries = 0;
  for (let size = least.length >> 1; size > 0; size >>= 1) {
    for (let at = 0; at < least.length && tries < mostTries; tries++) {
      const shorter = Buffer.concat([least.subarray(0, at), least.subarray(at + size)]);
      if ((await problemOf(target, shorter))?.message === message) least = shorter;
      else at += size;
    }
  }
  return least;
}

/** Looks once a second whether the same case still runs. */
const watcher = `
  const { workerData: { cells, name, most } } = require("node:worker_threads");
  let [last, since] = [0, Date.now()];
  for (;;) {
    Atomics.wait(cells, 1, 0, 1000);
    if (Atomics.load(cells, 1) !== 0) break;
    const seed = Atomics.load(cells, 0);
    if (seed !== last) [last, since] = [seed, Date.now()];
    if (seed === 0 || Date.now() - since < 1000 * most) continue;
    require("node:fs").writeSync(2, "fuzz: " + name + " takes more than " + most + " s with seed " + seed + "\\n");
    process.kill(process.pid, "SIGKILL");
  }`;

/** Ends the process where a case does not end: nothing in the same thread could. */
function watchdog(name: string) {
  const cells = new Int32Array(new SharedArrayBuffer(8));
  const worker = new Worker(watcher, { eval: true, workerData: { cells, name, most: mostSeconds } });
  worker.unref();
  return {
    begin: (seed: number) => Atomics.store(cells, 0, seed),
    finish: () => Atomics.store(cells, 0, 0),
    stop: () => {
      Atomics.store(cells, 1, 1);
      Atomics.notify(cells, 1);
    },
  };
}
