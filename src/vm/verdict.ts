/** Tells from what a guest said, and how it ended, whether all went well, and if not, where it broke and why. */

import { printable } from "../terminal.js";
import { isComplaint, message, panicOf, sinceLoading } from "./complaint.js";
import type { PhaseName, Step, Transcript } from "./frames.js";
import type { Ending } from "./qemu.js";

export interface Limits {
  /** From power-on to the first word of the guest's init. */
  readonly bootSeconds: number;
  readonly attachSeconds: number;
  readonly detachSeconds: number;
  /** For each run of the workload. */
  readonly phaseSeconds: number;
  /** For each case, the first one's boot included. */
  readonly deadlineSeconds: number;
}

/** All that is known of a guest that is gone; `log` is its console, as `cleanLog` leaves it. */
export interface Evidence {
  readonly transcript: Transcript;
  readonly ending: Ending;
  readonly log: string;
  readonly limits: Limits;
}

export interface Verdict {
  /** Where it broke: before init, before the bundle was attached, or later; `case` too if it did not. */
  readonly phase: "boot" | "setup" | "case";
  readonly ok: boolean;
  /** One sentence without its dot; null exactly if `ok`. */
  readonly reason: string | null;
}

/** The verdict on a guest: `ok` if it did everything that init.ts lists, cleanly, and the kernel has no complaint. */
export function verdict(evidence: Evidence): Verdict {
  const { steps } = evidence.transcript;
  const reason = reached(steps, "init")
    ? (crash(evidence) ?? loaderFault(evidence) ?? workloadFault(evidence) ?? unfinished(evidence))
    : bootFault(evidence);
  return { phase: brokenPhase(steps), ok: reason === null, reason };
}

function reached(steps: readonly Step[], ...kinds: Step["kind"][]): boolean {
  return steps.some((step) => kinds.includes(step.kind));
}

function brokenPhase(steps: readonly Step[]): Verdict["phase"] {
  if (!reached(steps, "init")) return "boot";
  if (reached(steps, "load")) return reached(steps, "attached") ? "case" : "setup";
  return reached(steps, "start") ? "case" : "setup";
}

/** What the kernel's decompressor, and a kernel that cannot restart, say last: nothing will follow. */
export const deadEnd = "System halted";

/** Why there was no word from init. */
function bootFault({ ending, log, limits }: Evidence): string {
  const panic = panicOf(log);
  const last = log.split("\n").findLast((line) => line.trim() !== "" && !line.includes(deadEnd));
  const words = last === undefined ? "it printed nothing" : `its last words: ${message(last)}`;
  if (ending.kind === "failed") return `QEMU did not run the kernel: ${printable(ending.message)}`;
  if (panic !== undefined) return `the kernel panicked before its init ran: ${panic}`;
  if (log.includes("injectc: no report port"))
    return "the kernel has no driver for the port that reports go to";
  switch (ending.kind) {
    case "aborted":
      return "the run was aborted";
    case "silent":
    case "deadline": {
      const seconds = ending.kind === "silent" ? limits.bootSeconds : limits.deadlineSeconds;
      return `the kernel did not reach its init within ${seconds} s; ${words}`;
    }
    case "halted":
    case "exited":
      return `the kernel gave up before its init ran; ${words}${last === undefined ? "; is its image whole?" : ""}`;
    default:
      return ending satisfies never;
  }
}

/** A panic at any time, or any other complaint of the kernel's since the loader started. */
function crash({ log, transcript: { steps } }: Evidence): string | null {
  const panic = panicOf(log);
  if (panic !== undefined) {
    const init = panic.includes("Attempted to kill init") && reached(steps, "attached");
    const hint = init ? "; the fault hit the guest's own init, so its target is too wide for a proof" : "";
    return `the kernel panicked ${occasion(steps)}: ${panic}${hint}`;
  }
  if (!reached(steps, "load")) return null;
  const lines = sinceLoading(log).map(message);
  const complaint = lines.findIndex(isComplaint);
  if (complaint < 0) return null;
  const attached = lines.indexOf("injectc: attached");
  const when =
    attached >= 0 && attached < complaint
      ? "after the bundle was attached"
      : "while the bundle was being attached";
  return `the kernel complained ${when}: ${lines[complaint]}`;
}

function loaderFault({ transcript: { steps, loader, loaderText }, limits }: Evidence): string | null {
  const attached = reached(steps, "attached");
  if (reached(steps, "stuck")) {
    return attached
      ? `inject-load did not detach within ${limits.detachSeconds} s of SIGTERM and was killed`
      : `inject-load neither attached nor gave up within ${limits.attachSeconds} s`;
  }
  const end = steps.find((step) => step.kind === "exit");
  if (end === undefined) return null;
  const error = loader.find((line) => line.event === "error");
  if (error !== undefined) return refusal(error);
  const last = loaderText.trim().split("\n").at(-1);
  const words = last ? `: ${printable(last)}` : "";
  if (end.exit !== 0) return `inject-load ended with status ${end.exit ?? "unknown"}${words}`;
  const detached = loader.find((line) => line.event === "detached");
  if (!attached) return `inject-load ended without having attached anything${words}`;
  if (detached === undefined) return "inject-load ended without saying that it detached";
  if (!reached(steps, "early")) return null;
  const why = typeof detached.reason === "string" ? ` (${printable(detached.reason)})` : "";
  return `inject-load detached by itself${why} before the workload's phase \`attached\` had ended`;
}

function refusal({ stage, message: text, log }: Readonly<Record<string, unknown>>): string {
  const why = typeof text === "string" ? text : "it gave no reason";
  const more = typeof log === "string" && !why.includes(log) ? `: ${log}` : "";
  const at = typeof stage === "string" ? ` (${stage})` : "";
  return printable(`inject-load refused${at}: ${why}${more}`);
}

function workloadFault({ transcript: { steps }, limits }: Evidence): string | null {
  const hung = steps.find((step) => step.kind === "end" && step.exit === null);
  if (hung?.kind !== "end") return null;
  return `the workload's phase \`${hung.phase}\` did not end within ${limits.phaseSeconds} s`;
}

/** The guest was cut off, or went away, before it had done everything. */
function unfinished({ transcript: { steps }, ending, limits }: Evidence): string | null {
  if (reached(steps, "done")) return null;
  switch (ending.kind) {
    case "failed":
      return `${printable(ending.message)} (${occasion(steps)})`;
    case "aborted":
      return `the run was aborted ${occasion(steps)}`;
    case "silent":
    case "deadline":
      return `the guest was not done within ${limits.deadlineSeconds} s; it was cut off ${occasion(steps)}`;
    case "halted":
    case "exited":
      return `the guest went away ${occasion(steps)}`;
    default:
      return ending satisfies never;
  }
}

/** What went on when the last step was told. */
function occasion(steps: readonly Step[]): string {
  const running = (phase: PhaseName) => `while the workload's phase \`${phase}\` ran`;
  const step = steps.findLast(({ kind }) => kind !== "data");
  switch (step?.kind) {
    case "start":
      return running(step.phase);
    case "load":
      return "while inject-load was attaching the bundle";
    case "end":
      return step.phase === "attached"
        ? "while inject-load was detaching"
        : `after the workload's phase \`${step.phase}\``;
    case "attached":
      return "right after the bundle was attached";
    case "early":
    case "stuck":
    case "exit":
      return "after inject-load had ended";
    default:
      return "while the guest was being set up";
  }
}
