/** The lines that the guest's init (init.ts) writes to its report port, read back. */

import { keptBytes } from "./guest.js";

export const phaseNames = ["before", "attached", "after"] as const;
export type PhaseName = (typeof phaseNames)[number];

/** One run of the workload. */
export interface PhaseResult {
  /** 128 and more: ended by that signal; null: it did not end by itself. */
  readonly exit: number | null;
  /** UTF-8 with U+FFFD for what is none; cut after `keptBytes`, with a last line that says so. */
  readonly stdout: string;
  readonly stderr: string;
}

/** How a run ended, in words. */
export function endText(exit: number | null): string {
  return exit === null ? "did not end" : `exit status ${exit}`;
}

/** A step of a guest; `case` begins one, and `data` is a piece of what somebody wrote. */
export type Step =
  | { readonly kind: "init"; readonly release: string }
  | { readonly kind: "case"; readonly number: number }
  | { readonly kind: "start"; readonly phase: PhaseName }
  | { readonly kind: "end"; readonly phase: PhaseName; readonly exit: number | null }
  | { readonly kind: "load" | "attached" | "early" | "stuck" | "done" }
  | { readonly kind: "exit"; readonly exit: number | null }
  | { readonly kind: "data"; readonly of: string; readonly bytes: Buffer };

/** The step that a line tells of; undefined for a line that is none of init's. */
export function readStep(line: string): Step | undefined {
  const [sign, word, first = "", second = "", third = ""] = line.trim().split(" ");
  if (sign !== "injectc") return undefined;
  switch (word) {
    case "init":
      return { kind: "init", release: first };
    case "case":
      return { kind: "case", number: Number(first) };
    case "start":
      return isPhase(first) ? { kind: "start", phase: first } : undefined;
    case "end":
      return isPhase(first) ? { kind: "end", phase: first, exit: exitStatus(second) } : undefined;
    case "load":
    case "done":
      return { kind: word };
    case "loader":
      if (first === "exit") return { kind: "exit", exit: exitStatus(second) };
      return first === "attached" || first === "early" || first === "stuck" ? { kind: first } : undefined;
    case "data":
      return { kind: "data", of: `${first} ${second}`, bytes: Buffer.from(third, "base64") };
    default:
      return undefined;
  }
}

function isPhase(text: string): text is PhaseName {
  return (phaseNames as readonly string[]).includes(text);
}

function exitStatus(text: string): number | null {
  return /^\d+$/.test(text) ? Number(text) : null;
}

/** Everything that a guest told of a case. */
export interface Transcript {
  readonly steps: readonly Step[];
  readonly phases: Readonly<Partial<Record<PhaseName, PhaseResult>>>;
  /** The loader's JSON lines; a line that is no JSON object is left out. */
  readonly loader: readonly Readonly<Record<string, unknown>>[];
  /** What the loader wrote for people. */
  readonly loaderText: string;
}

/** A phase that started and never ended is in `phases` with `exit` null. */
export function transcript(steps: readonly Step[]): Transcript {
  const written = (of: string) =>
    Buffer.concat(steps.flatMap((s) => (s.kind === "data" && s.of === of ? [s.bytes] : [])));
  const phases: Partial<Record<PhaseName, PhaseResult>> = {};
  for (const step of steps) {
    if (step.kind !== "start" && step.kind !== "end") continue;
    const { phase } = step;
    const exit = step.kind === "end" ? step.exit : null;
    phases[phase] = {
      exit,
      stdout: kept(written(`${phase} stdout`)),
      stderr: kept(written(`${phase} stderr`)),
    };
  }
  return {
    steps,
    phases,
    loader: written("loader stdout").toString().split("\n").flatMap(jsonObject),
    loaderText: written("loader stderr").toString(),
  };
}

function kept(bytes: Buffer): string {
  if (bytes.length <= keptBytes) return bytes.toString();
  return `${bytes.subarray(0, keptBytes).toString()}\n[cut after ${keptBytes} bytes]\n`;
}

function jsonObject(line: string): Record<string, unknown>[] {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? [{ ...value }] : [];
  } catch {
    return [];
  }
}
