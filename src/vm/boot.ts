/** Proves bundles' effects on a kernel: boots it, runs each workload before, while and after its bundle is attached. */

import { printable } from "../terminal.js";
import { accelerator, distrustKvm } from "./accel.js";
import { endText, type PhaseName, type PhaseResult, readStep, type Step, transcript } from "./frames.js";
import { type BootKernel, type BootRun, busyboxPath, pack } from "./pack.js";
import { type Accelerator, platforms, runMachine, type Watch } from "./qemu.js";
import { deadEnd, type Limits, type Verdict, verdict } from "./verdict.js";

export interface BootOptions extends Partial<Limits> {
  /** A line for a person on what goes on. */
  readonly onProgress?: (line: string) => void;
  /** Ends the guest and the run. */
  readonly signal?: AbortSignal;
  readonly memoryMiB?: number;
  /** Processors of the guest; else one. */
  readonly cpus?: number;
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
  /** And on what they mean. */
  readonly why: string | null;
  /** Every JSON line of the loader's, and what it wrote for people. */
  readonly loader: readonly Readonly<Record<string, unknown>>[];
  readonly loaderText: string;
  /**
   * From power-on until init ran and until the bundle was attached, null if that was not reached; and in all, which for
   * a guest's second case and those after it is from its own beginning.
   */
  readonly seconds: {
    readonly init: number | null;
    readonly attached: number | null;
    readonly total: number;
  };
  /** The end of the kernel's console output while it was tried. */
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

/** Boots the kernel and reports on the one run. */
export async function boot(kernel: BootKernel, run: BootRun, options: BootOptions = {}): Promise<BootReport> {
  const [report] = await bootAll(kernel, [run], options);
  return report!;
}

/**
 * Tries the runs in one guest, and in another those that it did not come to, and from the first on that failed there but was
 * not the first; a report each, in their order. A boot under KVM that does not come to init is tried again without. Runs share
 * their loader. Whatever a user can cause is in the report, nothing is thrown.
 */
export async function bootAll(
  kernel: BootKernel,
  runs: readonly BootRun[],
  options: BootOptions = {},
): Promise<BootReport[]> {
  const [first, ...others] = runs;
  if (!first) return [];
  const busybox = options.busybox ?? busyboxPath(kernel.arch);
  const settings = {
    ...limitsOf(options),
    mode: "case",
    report: platforms[kernel.arch].report,
  } as const;
  const packed = await pack(kernel, [first, ...others], busybox, settings);
  if (!packed.ok) return runs.map(() => unbooted(kernel, packed.reason));
  const chosen = options.accelerator ?? (await accelerator(kernel.arch));
  let reports = await runGuest(chosen, kernel, packed.initramfs, options);
  const failed = reports[0]!.phase === "boot";
  if (failed && chosen === "kvm" && options.accelerator === undefined && !options.signal?.aborted) {
    options.onProgress?.(`${kernel.name}: ${reports[0]!.reason}; trying again without KVM`);
    distrustKvm();
    reports = await runGuest("tcg", kernel, packed.initramfs, options);
  }
  // A kernel that does not boot does not boot for the others either.
  if (reports[0]!.phase === "boot") return runs.map(() => reports[0]!);
  // What went wrong after others had been there, and is no refusal, may be their doing: it begins a guest of its own.
  const refused = ({ loader }: BootReport) => loader.some(({ event }) => event === "error");
  const doubtful = reports.findIndex((report, i) => i > 0 && !report.ok && !refused(report));
  const told = doubtful < 0 ? reports : reports.slice(0, doubtful);
  return [...told, ...(await bootAll(kernel, runs.slice(told.length), options))];
}

/** One boot: a report for each case that was begun, but one at least. */
async function runGuest(
  chosen: Accelerator,
  kernel: BootKernel,
  initramfs: Uint8Array,
  { onProgress, signal, memoryMiB = 512, cpus = 1, append = [], ...rest }: BootOptions,
): Promise<BootReport[]> {
  const limits = limitsOf(rest);
  onProgress?.(`${kernel.name}: booting (${chosen})`);
  const record = recorder((line) => onProgress?.(`${kernel.name}: ${line}`));
  const ending = await runMachine(
    { arch: kernel.arch, image: kernel.image, initramfs, accelerator: chosen, memoryMiB, cpus, append },
    { ...limits, ...record, ...(signal ? { signal } : {}) },
  );
  const { heard } = record;
  const end = record.elapsed();
  const whole = cleanLog(record.log());
  const init = heard.find(({ step }) => step.kind === "init");
  const release = init?.step.kind === "init" ? init.step.release : null;
  const begins = heard.flatMap(({ step }, i) => (step.kind === "case" ? [i] : []));
  return [0, ...begins.slice(1)].map((from, number, all) => {
    const own = heard.slice(from, all[number + 1]);
    const steps = own.map(({ step }) => step);
    // Whatever a case's verdict asks, its guest was up.
    if (number > 0 && init) steps.unshift(init.step);
    const told = transcript(steps);
    const log = logOf(whole, number, all.length);
    const attached = own.find(({ step }) => step.kind === "attached");
    const total = (heard[all[number + 1]!]?.at ?? end) - (number > 0 ? own[0]!.at : 0);
    return {
      kernel: kernel.name,
      release,
      ...verdict({ transcript: told, ending, log, limits }),
      phases: told.phases,
      ...lastCounters(told.loader),
      loader: told.loader,
      loaderText: told.loaderText,
      seconds: {
        init: init?.at ?? null,
        attached: attached?.at ?? null,
        total: Math.round(total * 1000) / 1000,
      },
      log: log.slice(-reportedLogLength),
    };
  });
}

/** The part of a guest's console that belongs to one of its cases; the boot is the first one's. */
function logOf(whole: string, number: number, count: number): string {
  const mark = (n: number) => whole.indexOf(`injectc: case ${n}\n`);
  const from = number > 0 ? mark(number) : 0;
  const to = number + 1 < count ? mark(number + 1) : -1;
  return whole.slice(Math.max(0, from), to < 0 ? undefined : to);
}

interface Recorder extends Pick<Watch, "onConsole" | "onReport" | "isRenewal"> {
  /** Each step, and the seconds since power-on. */
  readonly heard: readonly { readonly step: Step; readonly at: number }[];
  readonly log: () => string;
  readonly elapsed: () => number;
}

/** Keeps what a guest tells, with the time of each step. */
function recorder(onProgress: (line: string) => void): Recorder {
  const begin = performance.now();
  const elapsed = () => Math.round(performance.now() - begin) / 1000;
  const heard: { step: Step; at: number }[] = [];
  let log = "";
  return {
    heard,
    log: () => log,
    elapsed,
    onConsole: (text) => {
      log = (log + text).slice(-logLength);
      return log.slice(-text.length - deadEnd.length).includes(deadEnd);
    },
    isRenewal: (line) => readStep(line)?.kind === "case",
    onReport: (line) => {
      const step = readStep(line);
      if (step === undefined) return;
      const at = elapsed();
      heard.push({ step, at });
      const news = describe(step);
      if (news !== undefined) onProgress(`${at.toFixed(1)} s: ${news}`);
    },
  };
}

function describe(step: Step): string | undefined {
  switch (step.kind) {
    case "init":
      return `${step.release} is up`;
    case "end":
      return `${step.phase}: ${endText(step.exit)}`;
    case "attached":
      return "the bundle is attached";
    case "exit":
      return `inject-load ended with status ${step.exit ?? "unknown"}`;
    default:
      return undefined;
  }
}

function lastCounters(lines: BootReport["loader"]): Pick<BootReport, "counters" | "why"> {
  const last = lines.findLast(({ counters }) => typeof counters === "object" && counters !== null);
  const counters = last ? { ...(last.counters as Record<string, unknown>) } : null;
  return { counters, why: typeof last?.why === "string" ? printable(last.why) : null };
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
    ...{ phases: {}, counters: null, why: null, loader: [], loaderText: "" },
    ...{ seconds: { init: null, attached: null, total: 0 }, log: "" },
  };
}
