/** What guests show of a matrix: every spec on every kernel that it binds to and that can be booted. */

import { availableParallelism, freemem } from "node:os";
import { join } from "node:path";
import { keygen } from "../build/keygen.js";
import { inParallel } from "../build/parallel.js";
import type { Cell, Matrix, Trial as Shown } from "../compat/matrix.js";
import { type Checked, checked, type Diagnostic, failed, hasErrors } from "../diagnostic.js";
import type { Kernel } from "../kernel/kernel.js";
import { bindAll } from "../pipeline.js";
import { buildAll } from "../produce.js";
import type { Spec } from "../spec/spec.js";
import { type BootReport, boot } from "../vm/boot.js";
import { proofFor } from "../vm/proof.js";
import { reportLines } from "../vm/report.js";
import { runOf } from "./boot.js";
import { type Trial, trialOf } from "./trial.js";
import type { Request } from "./verb.js";

/** Bytes of memory that a guest takes on the host, QEMU's own included. */
const guestBytes = 768 << 20;

/** The matrix with a trial in each cell that can have one; guests run side by side, as processors and memory allow. */
export async function tried(
  matrix: Matrix,
  specs: readonly Spec[],
  kernels: readonly Kernel[],
  { options, progress }: Request,
  folder: string,
): Promise<Checked<Matrix>> {
  const signer = await keygen(folder);
  if (!signer.ok) return signer;
  const diagnostics: Diagnostic[] = [];
  const pairs: { readonly row: number; readonly column: number; readonly trial: Trial }[] = [];
  for (const [row, spec] of specs.entries()) {
    progress(`builds ${spec.name}`);
    const columns = matrix.specs[row]!.cells.flatMap(({ use }, i) => (use && kernels[i]!.image ? [i] : []));
    if (columns.length === 0) continue;
    const served = columns.map((i) => kernels[i]!);
    const bound = bindAll([spec], served, options);
    const directory = join(folder, String(row));
    const built = await buildAll(bound.values, { directory, signer: signer.value });
    diagnostics.push(...built.diagnostics);
    for (const product of built.values) {
      const trial = trialOf(product, signer.value.certificate);
      pairs.push(...columns.map((column) => ({ row, column, trial })));
    }
  }
  if (hasErrors(diagnostics)) return failed(...diagnostics);
  let done = 0;
  const say = () => progress(`booted ${done} of ${pairs.length} guests`);
  say();
  const shown = await inParallel(
    pairs,
    async ({ row, column, trial }) => {
      const result = await tryOn(trial, kernels[column]!);
      done++;
      say();
      return { row, column, result };
    },
    Math.max(1, Math.min(availableParallelism(), Math.floor(freemem() / guestBytes))),
  );
  const at = new Map(shown.map(({ row, column, result }) => [`${row} ${column}`, result]));
  const rows = matrix.specs.map((spec, row) => ({
    ...spec,
    cells: spec.cells.map((cell, i): Cell => ({ ...cell, trial: at.get(`${row} ${i}`) ?? null })),
  }));
  return checked({ ...matrix, specs: rows }, diagnostics);
}

async function tryOn(trial: Trial, { name, arch, image }: Kernel): Promise<Shown> {
  const kernel = { name, arch, image: image! };
  const proof = proofFor(trial.manifest, trial.literals);
  const report = await boot(kernel, runOf(trial, kernel, proof.ok ? proof.value.workload : "true\n", []));
  const judgement = proof.ok ? proof.value.judge(report) : undefined;
  const unjudged = proof.ok ? [] : ["injectc knows no workload that would show it; spec.proof names one"];
  return {
    stage: stageOf(report, judgement?.ok === true),
    lines: [...reportLines(report, judgement), ...unjudged],
    counters: report.counters,
    loader: report.loaderText.trim().split("\n").slice(-5).join("\n"),
  };
}

function stageOf({ ok, phase }: BootReport, seen: boolean): Shown["stage"] {
  if (!ok) return phase;
  return seen ? "fired" : "loaded";
}
