/** A boot's report, as lines for people and as diagnostics. */

import type { Diagnostic } from "../diagnostic.js";
import { printable } from "../terminal.js";
import type { BootReport } from "./boot.js";
import { bootFailed, proofFailed } from "./codes.js";
import { endText, phaseNames } from "./frames.js";
import type { Judgement } from "./judge.js";

/** What went wrong with a kernel; empty if nothing did. Without a judgement the workload's results are not judged. */
export function reportDiagnostics(report: BootReport, judgement?: Judgement): Diagnostic[] {
  const { kernel, phase, reason } = report;
  if (!report.ok) {
    const help = phase === "boot" ? [] : ["`injectc boot --shell` opens a shell in this guest"];
    return [bootFailed(undefined, { kernel, phase, reason: reason ?? "it did not end well" }, { help })];
  }
  if (judgement === undefined || judgement.ok) return [];
  const notes = judgement.lines.map((text) => ({ text }));
  const help = ["if the workload does not come to the fault, `--workload FILE` gives another"];
  return [proofFailed(undefined, { kernel }, { notes, help })];
}

/** The report in a few plain lines; a judgement's lines stand in for the phases' results, if there is what to judge. */
export function reportLines(report: BootReport, judgement?: Judgement): string[] {
  const { kernel, release, seconds, reason } = report;
  const ok = report.ok && judgement?.ok !== false;
  const told = release !== null && release !== kernel ? ` (${release})` : "";
  const title = `${kernel}${told}: ${ok ? "ok" : `failed in ${report.phase}`}, ${seconds.total.toFixed(1)} s`;
  const counters = report.counters === null ? [] : [`counters: ${counterText(report.counters)}`];
  const judged = report.phase === "case" ? judgement?.lines : undefined;
  const details = judged ?? [...phaseLines(report), ...counters];
  return [title, ...[...(reason === null ? [] : [reason]), ...details].map((line) => `  ${line}`)];
}

function phaseLines({ phases }: BootReport): string[] {
  return phaseNames.flatMap((name) => {
    const result = phases[name];
    if (result === undefined) return [];
    const { exit, stdout, stderr } = result;
    const last = `${stdout}\n${stderr}`.split("\n").findLast((line) => line.trim() !== "");
    return [`${name}: ${endText(exit)}${last === undefined ? "" : `: ${printable(last)}`}`];
  });
}

/** `seen 3, injected 1`; of each frame, `d_alloc_parallel 7/2` for entered and passed. */
function counterText(counters: Readonly<Record<string, unknown>>): string {
  const { frames, ...numbers } = counters;
  const chain = Array.isArray(frames) ? frames.map((f) => `${f.function} ${f.entered}/${f.passed}`) : [];
  return printable([...chain, ...Object.entries(numbers).map(([name, n]) => `${name} ${n}`)].join(", "));
}
