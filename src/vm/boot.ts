/** Proves a bundle's effect on a kernel: boots it, runs the workload before, while and after the bundle is attached. */

import { printable } from "../terminal.js";
import { accelerator, distrustKvm } from "./accel.js";
import { type PhaseName, type PhaseResult, readStep, type Step, transcript } from "./frames.js";
import { type BootKernel, type BootRun, busyboxPath, pack } from "./pack.js";
import { type Accelerator, platforms, runMachine, type Watch } from "./qemu.js";
import { deadEnd, type Limits, type Verdict, verdict } from "./verdict.js";

export interface BootOptions extends Partial<Limits> {
  /** A line for a person on what goes on. */
  readonly onProgress?: (line: string) => void;
  /** Ends the guest and the run. */
  readonly signal?: AbortSignal;
  readonly memoryMiB?: number;
  /** More words for the kernel's command line. */
  readonly append?: readonly string[];
  /** Path of a static busybox for the guest's arch; else `busyboxPath`. */
  readonly busybox?: string;
  /** Else KVM where it works. */
  readonly accelerator?: Accelerator;
}

/** What `boot --json` prints of a kernel. */
export interface BootReport extends Verdict {
  /** As the caller calls it, and as it calls itself; null if its init did not run. */
  readonly kernel: string;
  readonly release: string | null;
  /** Only those that were begun. */
  readonly phases: Readonly<Partial<Record<PhaseName, PhaseResult>>>;
  /** The loader's last word on them. */
  readonly counters: Readonly<Record<string, unknown>> | null;
  /** Every JSON line of the loader's, and what it wrote for people. */
  readonly loader: readonly Readonly<Record<string, unknown>>[];
  readonly loaderText: string;
  /** From power-on until init ran and until the bundle was attached, null if that was not reached; and in all. */
  readonly seconds: {
    readonly init: number | null;
    readonly attached: number | null;
    readonly total: number;
  };
  /** The end of the kernel's console output. */
  readonly log: string;
}

const defaults: Limits = {
  bootSeconds: 60,
  attachSeconds: 30,
  detachSeconds: 10,
  phaseSeconds: 60,
  deadlineSeconds: 300,
};

function limitsOf(options: BootOptions): Limits {
  const given = (name: keyof Limits) => options[name] ?? defaults[name];
  return {
    bootSeconds: given("bootSeconds"),
    attachSeconds: given("attachSeconds"),
    detachSeconds: given("detachSeconds"),
    phaseSeconds: given("phaseSeconds"),
    deadlineSeconds: given("deadlineSeconds"),
  };
}

/** So many characters of the console are looked at, and reported. */
const logLength = 1 << 20;
const reportedLogLength = 1 << 16;

/**
 * Boots the kernel and reports; a boot under KVM that does not come to init is tried again without. Whatever a user can
 * cause is in the report, nothing is thrown.
 */
export async function boot(kernel: BootKernel, run: BootRun, options: BootOptions = {}): Promise<BootReport> {
  const packed = await pack(kernel, run, options.busybox ?? busyboxPath(kernel.arch), {
    ...limitsOf(options),
    mode: "case",
    report: platforms[kernel.arch].report,
    loaderArguments: run.loaderArguments,
  });
  if (!packed.ok) return unbooted(kernel, packed.reason);
  const chosen = options.accelerator ?? (await accelerator(kernel.arch));
  const report = await runCase(chosen, kernel, packed.initramfs, options);
  const retry = chosen === "kvm" && options.accelerator === undefined && report.phase === "boot";
  if (!retry || options.signal?.aborted) return report;
  options.onProgress?.(`${kernel.name}: ${report.reason}; trying again without KVM`);
  distrustKvm();
  return runCase("tcg", kernel, packed.initramfs, options);
}

async function runCase(
  chosen: Accelerator,
  kernel: BootKernel,
  initramfs: Uint8Array,
  { onProgress, signal, memoryMiB = 512, append = [], ...rest }: BootOptions,
): Promise<BootReport> {
  const limits = limitsOf(rest);
  onProgress?.(`${kernel.name}: booting (${chosen})`);
  const record = recorder((line) => onProgress?.(`${kernel.name}: ${line}`));
  const ending = await runMachine(
    { arch: kernel.arch, image: kernel.image, initramfs, accelerator: chosen, memoryMiB, append },
    { ...limits, ...record, ...(signal ? { signal } : {}) },
  );
  const { steps, seconds } = record;
  const log = cleanLog(record.log());
  const told = transcript(steps);
  const init = steps.find((step) => step.kind === "init");
  return {
    kernel: kernel.name,
    release: init?.release ?? null,
    ...verdict({ transcript: told, ending, log, limits }),
    phases: told.phases,
    counters: lastCounters(told.loader),
    loader: told.loader,
    loaderText: told.loaderText,
    seconds: { init: seconds("init"), attached: seconds("attached"), total: seconds() },
    log: log.slice(-reportedLogLength),
  };
}

interface Recorder extends Pick<Watch, "onConsole" | "onReport"> {
  readonly steps: readonly Step[];
  readonly log: () => string;
  /** From now: to the first step of the kind, null if there was none; without a kind, to this call. */
  readonly seconds: { (): number; (kind: Step["kind"]): number | null };
}

/** Keeps what a guest tells, with the time of each step. */
function recorder(onProgress: (line: string) => void): Recorder {
  const begin = performance.now();
  const elapsed = () => Math.round(performance.now() - begin) / 1000;
  const steps: Step[] = [];
  const times = new Map<Step["kind"], number>();
  let log = "";
  const seconds = (kind?: Step["kind"]) => (kind === undefined ? elapsed() : (times.get(kind) ?? null));
  return {
    steps,
    log: () => log,
    seconds: seconds as Recorder["seconds"],
    onConsole: (text) => {
      log = (log + text).slice(-logLength);
      return log.slice(-text.length - deadEnd.length).includes(deadEnd);
    },
    onReport: (line) => {
      const step = readStep(line);
      if (step === undefined) return;
      steps.push(step);
      if (!times.has(step.kind)) times.set(step.kind, elapsed());
      const news = describe(step);
      if (news !== undefined) onProgress(`${elapsed().toFixed(1)} s: ${news}`);
    },
  };
}

function describe(step: Step): string | undefined {
  switch (step.kind) {
    case "init":
      return `${step.release} is up`;
    case "end":
      return `${step.phase}: ${step.exit === null ? "did not end" : `exit status ${step.exit}`}`;
    case "attached":
      return "the bundle is attached";
    case "exit":
      return `inject-load ended with status ${step.exit ?? "unknown"}`;
    default:
      return undefined;
  }
}

function lastCounters(lines: BootReport["loader"]): BootReport["counters"] {
  const last = lines.findLast(({ counters }) => typeof counters === "object" && counters !== null);
  return last === undefined ? null : { ...(last.counters as Record<string, unknown>) };
}

/** The console's output as plain lines: no terminal sequences, no other control characters. */
function cleanLog(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal sequence begins with ESC
  return printable(text.replaceAll("\r", "").replace(/\u001b\[[0-9;?]*[a-zA-Z]/g, ""));
}

/** The report on a kernel that there was no use to start. */
function unbooted(kernel: BootKernel, reason: string): BootReport {
  return {
    ...{ kernel: kernel.name, release: null, phase: "boot", ok: false, reason: printable(reason) },
    ...{ phases: {}, counters: null, loader: [], loaderText: "" },
    ...{ seconds: { init: null, attached: null, total: 0 }, log: "" },
  };
}
