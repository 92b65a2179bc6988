/**
 * Faults shown by their effect, a folder of cases/ each, on every kernel of out/kernels that it names: what the
 * workload prints while the fault is attached, and that it prints the same before and after. A case's `workload.sh` is
 * what a user gives to `injectc boot --workload`; `prepare.sh`, where there is one, prints lines for its head.
 */

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, describe, test } from "vitest";
import { packageRoot } from "../../src/root.js";
import { injectc } from "../cli/run.js";

interface Case {
  /** In the case's folder, or below the project's. */
  readonly spec: string;
  /** Names of kernels, or every lab kernel for x86-64 that there is. */
  readonly kernels: readonly string[] | "all";
  /** One bundle for all the kernels, instead of one for each. */
  readonly together?: boolean;
  /** Absent: the one that is chosen. */
  readonly backends?: readonly string[];
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
  const path = join(temp, `${name}.sh`);
  writeFileSync(path, head + readFileSync(join(from, "workload.sh"), "utf8"));
  return path;
}

describe.each(readdirSync(folder))("%s", (name) => {
  const wanted: Case = JSON.parse(readFileSync(join(folder, name, "case.json"), "utf8"));
  const own = join(folder, name, wanted.spec);
  const spec = existsSync(own) ? own : join(packageRoot, wanted.spec);
  const each = kernelsOf(wanted);
  const runs = (wanted.together ? [each] : each.map((kernel) => [kernel])).flatMap((kernels) =>
    (wanted.backends ?? [undefined]).map((backend) => ({ kernels, backend })),
  );

  test.concurrent.for(runs)("$kernels $backend", async ({ kernels, backend }, { expect }) => {
    const words = ["boot", spec, "--json", "--workload", await workloadOf(name, wanted)];
    words.push(...kernels.flatMap((kernel) => ["-k", kernel]));
    if (backend) words.push("--backend", backend);
    if (wanted.arguments) words.push("--", ...wanted.arguments);
    const run = await injectc(words);
    const { kernels: reports } = JSON.parse(run.stdout);
    expect(reports).toHaveLength(kernels.length);
    for (const report of reports) {
      const told = { exit: run.exit, phase: report.phase, reason: report.reason };
      expect(told, JSON.stringify(report.loader)).toEqual({ exit: 0, phase: "case", reason: null });
      const printed = (phase: string) => report.phases[phase].stdout;
      expect([printed("before"), printed("attached"), printed("after")]).toEqual([
        wanted.otherwise,
        wanted.attached,
        wanted.otherwise,
      ]);
      const between = (value: number, [from, to]: readonly [number, number]) => value >= from && value <= to;
      const counters = JSON.stringify(report.counters);
      expect(between(report.counters.injected, wanted.injected), counters).toBe(true);
      if (wanted.observed) expect(between(report.counters.observed, wanted.observed), counters).toBe(true);
    }
  });
});
