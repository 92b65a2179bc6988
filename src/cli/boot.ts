import { readFileUpTo } from "../build/file.js";
import { loaderPath } from "../build/loader.js";
import { withTempFolder } from "../build/temp.js";
import { type Checked, checked, type Diagnostic, hasErrors } from "../diagnostic.js";
import type { Kernel } from "../kernel/kernel.js";
import { type BootReport, boot as bootKernel } from "../vm/boot.js";
import { bootFailed, standIn } from "../vm/codes.js";
import type { Judgement } from "../vm/judge.js";
import type { BootKernel, BootRun } from "../vm/pack.js";
import { type Proof, proofFor } from "../vm/proof.js";
import { reportDiagnostics, reportLines } from "../vm/report.js";
import { bootShell } from "../vm/shell.js";
import { misuse, specInput } from "./arguments.js";
import { noImage } from "./codes.js";
import { bundleTrial, isBundle, specTrials, type Trial, type Trials } from "./trial.js";
import type { Options, Outcome, Request, Run } from "./verb.js";

/** `injectc boot`: what a bundle, or a spec, does in each kernel. */
export const boot: Run = (request) =>
  withTempFolder(async (folder) => {
    const { options } = request;
    const trials = await prepare(request, folder);
    if (!trials.ok) return trials;
    const bootable = images(trials.value.kernels);
    if (!bootable.ok) return { diagnostics: [...trials.diagnostics, ...bootable.diagnostics] };
    const many = trials.value.trials.length * bootable.value.length !== 1;
    if (options.shell && many) return misuse("`--shell` takes one spec and one kernel");
    const run = options.shell ? openShell : prove;
    const outcome = await run(trials.value.trials, bootable.value, request);
    const stoodIn = trials.value.trials.flatMap((trial) => standIns(trial, request.rest));
    return { ...outcome, diagnostics: [...trials.diagnostics, ...stoodIn, ...outcome.diagnostics] };
  });

async function prepare(request: Request, folder: string): Promise<Checked<Trials>> {
  const { operands, options } = request;
  const path = operands[0];
  if (path !== undefined && (await isBundle(path))) return bundleTrial(path, options, folder);
  const input = specInput(operands, options);
  if (!input.ok) return input;
  if (options.trust !== undefined)
    return misuse("`--trust` goes with a bundle: a spec is signed for its guest");
  return specTrials(input.value, request, folder);
}

/** The kernels as what can be booted. */
function images(kernels: readonly Kernel[]): Checked<BootKernel[]> {
  const bootable: BootKernel[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const { name, arch, image, loadable } of kernels) {
    const help = [
      "in a checkout, `make kernels` makes those of Debian's kernel and of lab-6.12, and KERNELS=NAME that of another",
      "give its vmlinuz, or a folder that holds it as `vmlinuz`; Debian has it as /boot/vmlinuz-RELEASE",
    ];
    if (image) bootable.push({ name, arch, image, modules: loadable });
    else diagnostics.push(noImage(undefined, { kernel: name }, { help }));
  }
  return checked(bootable, diagnostics);
}

type Act = (trials: readonly Trial[], kernels: readonly BootKernel[], request: Request) => Promise<Outcome>;

const openShell: Act = async ([trial], [kernel], { rest, options }) => {
  const proof = await proofOf(trial!, options);
  const workload = proof.ok ? proof.value.workload : "";
  const reason = await bootShell(kernel!, runOf(trial!, kernel!, workload, rest));
  const failure = reason && bootFailed(undefined, { kernel: kernel!.name, phase: "boot", reason });
  return { diagnostics: failure ? [failure] : [] };
};

/** One after the other: a guest has time limits, and wants the processors for itself. */
const prove: Act = async (trials, kernels, { rest, options, progress }) => {
  const proofs = await Promise.all(trials.map((trial) => proofOf(trial, options)));
  const diagnostics = proofs.flatMap((proof) => [...proof.diagnostics]);
  if (hasErrors(diagnostics)) return { diagnostics };
  const lines: string[] = [];
  const reports: object[] = [];
  for (const [i, trial] of trials.entries()) {
    const proof = proofs[i]!;
    if (!proof.ok) continue;
    if (trials.length > 1) lines.push(`${trial.manifest.name}:`);
    for (const kernel of kernels) {
      const run = runOf(trial, kernel, proof.value.workload, rest);
      const report = await bootKernel(kernel, run, { onProgress: progress });
      const judgement = proof.value.judge?.(report);
      lines.push(...reportLines(report, judgement));
      diagnostics.push(...reportDiagnostics(report, judgement));
      reports.push(reportData(trial, report, judgement));
    }
  }
  return { diagnostics, text: lines.join("\n"), data: { kernels: reports } };
};

/** The user's own workload, which nobody judges, or the proof. */
async function proofOf(
  { manifest, literals }: Trial,
  { workload }: Options,
): Promise<Checked<Pick<Proof, "workload"> & Partial<Proof>>> {
  if (workload === undefined) return proofFor(manifest, literals);
  const script = await readFileUpTo(workload, 1 << 20);
  return script.ok ? checked({ workload: Buffer.from(script.value).toString() }) : script;
}

/** The trial's targets that only a node has, in words; none where others were given. */
export function nodeTargets({ manifest }: Trial, rest: readonly string[]): string[] {
  const { pid, tid, cgroup } = manifest.target;
  if (choosesTargets(rest)) return [];
  return Object.entries({ pid, tid, cgroup }).flatMap(([kind, list]) => list.map((one) => `${kind} ${one}`));
}

function standIns(trial: Trial, rest: readonly string[]): Diagnostic[] {
  const targets = nodeTargets(trial, rest);
  return targets.length > 0 ? [standIn(undefined, { targets: targets.join(", ") })] : [];
}

function choosesTargets(rest: readonly string[]): boolean {
  return rest.some((word) => /^--(pid|tid|cgroup|comm|uid|all)(=|$)/.test(word));
}

/** A run of the trial in the kernel's guest, for the targets that `rest` gives the loader, else for the trial's own. */
export function runOf(trial: Trial, kernel: BootKernel, workload: string, rest: readonly string[]): BootRun {
  return {
    bundle: trial.bundle,
    certificate: trial.certificate,
    loader: loaderPath(kernel.arch),
    workload,
    loaderArguments: [...(choosesTargets(rest) ? [] : guestTargets(trial)), ...rest],
  };
}

/**
 * The trial's targets as a guest has them. The workload stands for what only a node has, and where there is no target, it is
 * the only one: a fault for every task could take the guest's init.
 */
function guestTargets(trial: Trial): string[] {
  const { comm, uid } = trial.manifest.target;
  const own = [...comm.map((one) => ["--comm", one]), ...uid.map((one) => ["--uid", String(one)])].flat();
  const suffices = own.length > 0 && nodeTargets(trial, []).length === 0;
  return suffices ? own : ["--cgroup", "/sys/fs/cgroup/workload", ...own];
}

function reportData({ manifest }: Trial, report: BootReport, judgement: Judgement | undefined): object {
  const ok = report.ok && judgement?.ok !== false;
  return { spec: manifest.name, ...report, ok, proof: judgement?.lines ?? null };
}
