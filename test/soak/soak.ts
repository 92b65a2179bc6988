/** Random specs by the batch: made, compiled, and loaded by the verifier of a lab kernel. */

import type { Kernel } from "../../src/kernel/kernel.js";
import { openKernel } from "../../src/kernel/open.js";
import { loadAll } from "./guest.js";
import { type Candidate, candidate, fixed, objectOf } from "./object.js";
import { rosterOf } from "./roster.js";

/** An object that clang, libbpf or the verifier did not take. */
export interface Rejection extends Candidate {
  readonly stage: "compile" | "load";
  readonly log: string;
}

export interface Tally {
  readonly kernel: string;
  readonly loaded: number;
  /** Of these, the objects that are for two kernels. */
  readonly shared: number;
  readonly rejections: readonly Rejection[];
  /** Specs that the checker refused, by the code of their first error; in none of them is there a mistake on purpose. */
  readonly refused: Readonly<Record<string, number>>;
  /** Objects that need more than BPF's stack, which has a diagnostic of its own. */
  readonly tooDeep: number;
}

/** What is to be tried on a kernel. */
export interface Trial {
  /** The kernel's profile. */
  readonly name: string;
  /** So many random specs, of the seeds from `seed` on. */
  readonly seed: number;
  readonly count: number;
  /** Specs that are tried before them, with the backends in turn. */
  readonly fixed?: readonly string[];
}

/** Makes and compiles them all, and loads them in one boot of the kernel. */
export async function soak(kernel: Kernel, init: Uint8Array, trial: Trial): Promise<Tally> {
  const roster = rosterOf(kernel, await partnerOf(trial.name));
  const refused: Record<string, number> = {};
  const rejections: Rejection[] = [];
  const ready: { made: Candidate; object: Uint8Array }[] = [];
  let tooDeep = 0;
  const add = async (made: Candidate) => {
    const compiled = await objectOf(made, roster);
    if ("object" in compiled) ready.push({ made, object: compiled.object });
    else if (compiled.codes.includes("stack-limit")) tooDeep++;
    else rejections.push({ ...made, stage: "compile", log: compiled.complaint });
  };
  for (const [i, text] of (trial.fixed ?? []).entries()) {
    await add(fixed(text, i % 2 ? "override" : undefined, roster));
  }
  for (let seed = trial.seed; seed < trial.seed + trial.count; seed++) {
    const { made, refused: before } = candidate(seed, roster);
    for (const { diagnostics } of before) {
      const code = diagnostics.find((d) => d.severity === "error")!.code;
      refused[code] = (refused[code] ?? 0) + 1;
    }
    await add(made);
  }
  const objects = ready.map((r) => r.object);
  const outcomes = await loadAll(kernel, init, objects);
  for (const [i, { made }] of ready.entries()) {
    const outcome = outcomes[i];
    if (outcome?.errno === 0) continue;
    rejections.push({ ...made, stage: "load", log: outcome?.log ?? "the guest did not come to it" });
  }
  const loaded = ready.filter((_, i) => outcomes[i]?.errno === 0);
  const shared = loaded.filter(({ made }) => made.shared).length;
  return { kernel: kernel.name, loaded: loaded.length, shared, rejections, refused, tooDeep };
}

/**
 * With which other kernel each shares objects: always the same, so that a seed says all. Those of 5.10 keep a map by thread
 * where those of the others have task storage.
 */
export const partners: Readonly<Record<string, string>> = {
  "lab-6.1": "lab-7.2",
  "lab-6.12": "lab-7.2",
  "lab-7.2": "lab-7.3",
  "lab-7.3": "lab-6.12",
};

async function partnerOf(name: string): Promise<Kernel | undefined> {
  const partner = partners[name];
  const opened = partner === undefined ? undefined : await openKernel(partner);
  return opened?.ok ? opened.value : undefined;
}

/** The line of a log that says what is wrong: the last that is neither libbpf's own nor statistics. */
export function tellingLine(log: string): string {
  const noise = /^(libbpf: |processed |verification time|stack depth|-- END|$)/;
  const before = log.split("\nVerification failed:")[0]!;
  const lines = before.split("\n").filter((line) => !noise.test(line.trim()));
  return (lines.at(-1) ?? log.split("\n").findLast((line) => line.trim() !== "") ?? "").trim();
}

/** Everything that is needed to look into a rejection, and the command that repeats it alone. */
export function rejectionText({ seed, kernel, stage, backend, spec, c, log }: Rejection): string {
  return [
    `=== ${kernel}, ${backend}, ${stage}: ${tellingLine(log)}`,
    seed === undefined ? "one of extremes.ts" : `make soak SEED=${seed} COUNT=1 SOAK_KERNELS=${kernel}`,
    ...["--- spec", spec, "--- C", c, "--- log", log, ""],
  ].join("\n");
}
