/**
 * Faults shown by their effect, a folder of cases/ each, on every kernel of out/kernels that it names: what the
 * workload prints while the fault is attached, and that it prints the same before and after. A case's `workload.sh` is
 * what a user gives to `injectc boot --workload`; `prepare.sh`, where there is one, prints lines for its head.
 */

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, describe, expect, test } from "vitest";
import { keygen } from "../../src/build/keygen.js";
import type { Backend } from "../../src/build/manifest.js";
import { inParallel } from "../../src/build/parallel.js";
import { runOf } from "../../src/cli/boot.js";
import { type Trial, trialOf } from "../../src/cli/trial.js";
import { lazy } from "../../src/kernel/lazy.js";
import { loadKernels, plans } from "../../src/pipeline.js";
import { buildAll } from "../../src/produce.js";
import { packageRoot } from "../../src/root.js";
import { type BootReport, bootAll } from "../../src/vm/boot.js";

interface Case {
  /** In the case's folder, or below the project's. */
  readonly spec: string;
  /** Names of kernels, or every lab kernel for x86-64 that there is. */
  readonly kernels: readonly string[] | "all";
  /** One bundle for all the kernels, instead of one for each. */
  readonly together?: boolean;
  /** The bundle is for kernels that were built without CONFIG_DEBUG_INFO_BTF. */
  readonly untyped?: boolean;
  /** Absent: the one that is chosen. */
  readonly backends?: readonly Backend[];
  /** Another case's, whose workload this one shares. */
  readonly workload?: string;
  /** For the loader; absent: the workload's cgroup is the target. */
  readonly arguments?: readonly string[];
  /** What the workload prints while the fault is attached, and before and after. */
  readonly attached: string;
  readonly otherwise: string;
  /** From, to. */
  readonly injected: readonly [number, number];
  readonly observed?: readonly [number, number];
}

const folder = new URL("cases/", import.meta.url).pathname;
const kernelFolder = join(packageRoot, "out/kernels");
const present = readdirSync(kernelFolder).filter((name) => existsSync(join(kernelFolder, name, "vmlinuz")));
const labs = present.filter((name) => name.startsWith("lab-") && !name.endsWith("-arm64"));
const temp = mkdtempSync(join(tmpdir(), "injectc-cases-"));
afterAll(() => rmSync(temp, { recursive: true }));

/** Where no mirror has them all, the lab kernel that `make kernels` builds stands for the others; arm64's for nothing. */
function kernelsOf({ kernels }: Case): readonly string[] {
  const wanted = kernels === "all" ? labs : kernels.filter((name) => present.includes(name));
  return wanted.length > 0 || kernels.includes("lab-6.12-arm64") ? wanted : ["lab-6.12"];
}

async function workloadOf(name: string, { workload }: Case): Promise<string> {
  const from = join(folder, workload ?? name);
  const prepare = join(from, "prepare.sh");
  const head = existsSync(prepare) ? `${(await execa(prepare)).stdout}\n` : "";
  return head + readFileSync(join(from, "workload.sh"), "utf8");
}

/** A case on one kernel by one backend. */
interface Try {
  readonly name: string;
  readonly wanted: Case;
  readonly kernel: string;
  readonly backend: Backend | undefined;
}

const tries: readonly Try[] = readdirSync(folder).flatMap((name) => {
  const wanted: Case = JSON.parse(readFileSync(join(folder, name, "case.json"), "utf8"));
  const backends = wanted.backends ?? [undefined];
  return kernelsOf(wanted).flatMap((kernel) =>
    backends.map((backend) => ({ name, wanted, kernel, backend })),
  );
});

const signer = lazy(async () => {
  const made = await keygen(temp);
  if (!made.ok) throw new Error(JSON.stringify(made.diagnostics));
  return made.value;
});

/** The kernel's folder, but that its options say that it was built without its types. */
function untyped(name: string): string {
  const from = join(kernelFolder, name);
  const to = join(temp, "untyped", name);
  mkdirSync(to, { recursive: true });
  for (const file of readdirSync(from)) if (file !== "config") symlinkSync(join(from, file), join(to, file));
  const options = readFileSync(join(from, "config"), "utf8");
  writeFileSync(join(to, "config"), options.replace(/^CONFIG_DEBUG_INFO_BTF=y$/m, ""));
  return to;
}

/** The case's bundle for one kernel, or for all of its. */
async function trialFor({ name, wanted, backend }: Try, kernelNames: readonly string[]): Promise<Trial> {
  const own = join(folder, name, wanted.spec);
  const path = existsSync(own) ? own : join(packageRoot, wanted.spec);
  const options = backend ? { backend } : {};
  const kernels = wanted.untyped ? kernelNames.map(untyped) : kernelNames;
  const bound = await plans({ kind: "files", paths: [path] }, kernels, options);
  const directory = join(temp, [name, backend, ...kernelNames].join("_"));
  const built = await buildAll(bound.values, { ...bound, directory, signer: await signer() });
  const [product] = built.values;
  if (!product) throw new Error(JSON.stringify([bound.diagnostics, built.diagnostics]));
  return trialOf(product, (await signer()).certificate);
}

const trials = new Map<string, () => Promise<Trial>>();

/** The same, built once. */
function trialOnce(one: Try): Promise<Trial> {
  const kernelNames = one.wanted.together ? kernelsOf(one.wanted) : [one.kernel];
  const key = [one.name, one.backend, ...kernelNames].join();
  const trial = trials.get(key) ?? lazy(() => trialFor(one, kernelNames));
  trials.set(key, trial);
  return trial();
}

/** A report on each of the tries, which share a guest. */
async function boot(name: string, all: readonly Try[]): Promise<ReadonlyMap<Try, BootReport>> {
  const opened = await loadKernels([name]);
  const { arch, image, loadable } = opened.values[0]!;
  const kernel = { name, arch, image: image!, modules: loadable };
  const runs = await inParallel(all, async (one) => {
    const workload = await workloadOf(one.name, one.wanted);
    return runOf(await trialOnce(one), kernel, workload, one.wanted.arguments ?? []);
  });
  const reports = await bootAll(kernel, runs, { deadlineSeconds: 600 });
  return new Map(all.map((one, i) => [one, reports[i]!]));
}

/** Not every kernel bears both backends in one boot, and one does not bear much tracing at all. */
const guests = new Map<string, Try[]>();
for (const one of tries) {
  const backend = one.backend ?? "fmod_ret";
  const key = `${one.kernel} ${backend}${one.kernel === "lab-7.3" ? ` ${one.name}` : ""}`;
  guests.set(key, [...(guests.get(key) ?? []), one]);
}

describe.concurrent.each([...guests].map(([key, all]) => ({ key, all })))("$key", ({ all }) => {
  const guest = lazy(() => boot(all[0]!.kernel, all));

  test.each(all)("$name", { timeout: 600_000 }, async (one) => {
    const { wanted } = one;
    const report = (await guest()).get(one)!;
    const told = { ok: report.ok, phase: report.phase, reason: report.reason };
    expect(told, JSON.stringify(report.loader)).toEqual({ ok: true, phase: "case", reason: null });
    const printed = [report.phases.before, report.phases.attached, report.phases.after];
    expect(printed.map((phase) => phase?.stdout)).toEqual([
      wanted.otherwise,
      wanted.attached,
      wanted.otherwise,
    ]);
    const counters = report.counters as { readonly injected: number; readonly observed: number };
    const between = (value: number, [from, to]: readonly [number, number]) => value >= from && value <= to;
    expect(between(counters.injected, wanted.injected), JSON.stringify(counters)).toBe(true);
    if (wanted.observed) expect(between(counters.observed, wanted.observed)).toBe(true);
  });
});
