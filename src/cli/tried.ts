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
import { type BootReport, bootAll } from "../vm/boot.js";
import { complaintIn } from "../vm/complaint.js";
import { type Proof, proofFor } from "../vm/proof.js";
import { reportLines } from "../vm/report.js";
import { nodeTargets, runOf } from "./boot.js";
import { type Trial, trialOf } from "./trial.js";
import type { Request } from "./verb.js";

/** Bytes of memory that a guest takes on the host, QEMU's own included. */
const guestBytes = 768 << 20;

/** So many cases share a guest at most, so that there are guests enough to run side by side. */
const casesPerGuest = 8;

interface Pair {
  readonly row: number;
  readonly column: number;
  readonly trial: Trial;
}

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
  const pairs: Pair[] = [];
  for (const [row, spec] of specs.entries()) {
    progress(`builds ${spec.name}`);
    const columns = matrix.specs[row]!.cells.flatMap(({ use }, i) => (use && kernels[i]!.image ? [i] : []));
    if (columns.length === 0) continue;
    const served = columns.map((i) => kernels[i]!);
    const bound = bindAll([spec], served, options);
    const directory = join(folder, String(row));
    const built = await buildAll(bound.values, { kernels: served, directory, signer: signer.value });
    diagnostics.push(...built.diagnostics);
    for (const product of built.values) {
      const trial = trialOf(product, signer.value.certificate);
      pairs.push(...columns.map((column) => ({ row, column, trial })));
    }
  }
  if (hasErrors(diagnostics)) return failed(...diagnostics);
  let done = 0;
  const say = () => progress(`tried ${done} of ${pairs.length} pairs`);
  say();
  const shown = await inParallel(
    guestsFor(pairs, matrix),
    async (shared) => {
      const results = await tryOn(shared, kernels[shared[0]!.column]!);
      done += shared.length;
      say();
      return shared.map(({ row, column }, i) => ({ row, column, result: results[i]! }));
    },
    Math.max(1, Math.min(availableParallelism(), Math.floor(freemem() / guestBytes))),
  );
  const at = new Map(shown.flat().map(({ row, column, result }) => [`${row} ${column}`, result]));
  const rows = matrix.specs.map((spec, row) => ({
    ...spec,
    cells: spec.cells.map((cell, i): Cell => ({ ...cell, trial: at.get(`${row} ${i}`) ?? null })),
  }));
  return checked({ ...matrix, specs: rows }, diagnostics);
}

/** Pairs of one kernel and backend, guest by guest: not every kernel bears both backends in one boot. */
function guestsFor(pairs: readonly Pair[], matrix: Matrix): Pair[][] {
  const groups = new Map<string, Pair[]>();
  for (const pair of pairs) {
    const key = `${pair.column} ${matrix.specs[pair.row]!.cells[pair.column]!.use!.backend}`;
    groups.set(key, [...(groups.get(key) ?? []), pair]);
  }
  return [...groups.values()].flatMap((group) => {
    const starts = group.flatMap((_, i) => (i % casesPerGuest === 0 ? [i] : []));
    return starts.map((start) => group.slice(start, start + casesPerGuest));
  });
}

async function tryOn(pairs: readonly Pair[], { name, arch, image, loadable }: Kernel): Promise<Shown[]> {
  const kernel = { name, arch, image: image!, modules: loadable };
  const proofs = pairs.map(({ trial }) => proofFor(trial.manifest, trial.literals));
  const runs = pairs.map(({ trial }, i) => {
    const proof = proofs[i]!;
    return runOf(trial, kernel, proof.ok ? proof.value.workload : "true\n", []);
  });
  const reports = await bootAll(kernel, runs);
  return reports.map((report, i) => shownOf(report, proofs[i]!, nodeTargets(pairs[i]!.trial, [])));
}

function shownOf(report: BootReport, proof: Checked<Proof>, absent: readonly string[]): Shown {
  const judgement = proof.ok ? proof.value.judge(report) : undefined;
  const stage = stageOf(report, judgement?.ok === true);
  const native = "`spec.proof` of a native spec (`injectc convert SPEC --to native`) names one";
  const unjudged = proof.ok ? [] : [`injectc knows no workload that would show it; ${native}`];
  const missed =
    judgement && stage === "loaded" ? [`if another workload is what comes to the fault, ${native}`] : [];
  const stoodIn =
    absent.length > 0 ? [`the workload stood for ${absent.join(", ")}, which only a node has`] : [];
  return {
    stage,
    lines: [
      ...reportLines(report, judgement),
      ...[...unjudged, ...missed, ...stoodIn].map((line) => `  ${line}`),
    ],
    counters: report.counters,
    loader: report.loaderText.trim().split("\n").slice(-5).join("\n"),
    log: report.ok ? "" : complaintIn(report.log),
  };
}

function stageOf({ ok, phase }: BootReport, seen: boolean): Shown["stage"] {
  if (!ok) return phase;
  return seen ? "fired" : "loaded";
}
