/** Judges what a proof's workload met. Each gives plain lines, phase by phase, on what was seen. */

import { printable } from "../terminal.js";
import type { BootReport } from "./boot.js";
import { endText, type PhaseName, type PhaseResult, phaseNames } from "./frames.js";
import { strerror } from "./strerror.js";

export interface Judgement {
  /** The effect was there while attached, and only then. */
  readonly ok: boolean;
  readonly lines: readonly string[];
}

/** One thing that was looked at. */
interface Finding {
  readonly ok: boolean;
  readonly line: string;
}

/** Judges the user's own command: it must succeed before and after, and fail with the errno while attached. */
export function judgeCommand(proof: { run: string; errno: string }, report: BootReport): Judgement {
  return judge(report, (phase, { exit, stdout, stderr }) => {
    const met = meeting(proof.errno, `${stderr}\n${stdout}`);
    const wrong = phase === "attached" ? exit === 0 || !met.ok : exit !== 0;
    const text = exit === 0 ? "ok" : endText(exit) + (exit === null ? "" : `: ${met.text}`);
    return [{ ok: !wrong, line: `${phase}: ${printable(proof.run)}: ${text}` }];
  });
}

/** What the script of a deed was told to do. */
export interface DeedTerms {
  readonly verb: string;
  readonly targets: readonly string[];
  readonly controls: readonly string[];
  /** Every attempt must fail, not just some. */
  readonly always: boolean;
  /** Null: any failure will do. */
  readonly errno: string | null;
}

/** Judges a deed: while attached, one of the targets at least meets the fault, as it must; nothing else ever fails. */
export function judgeDeed(terms: DeedTerms, report: BootReport): Judgement {
  return judge(report, (phase, result) => {
    const names = [...terms.targets, ...terms.controls];
    const tallies = names.map((name) => tally(terms, name, result));
    const lines = tallies.map((t) => `${phase}: ${terms.verb} ${t.name}: ${t.text}`);
    // With not even memory for a line of output, the exit status still tells.
    if (tallies.every((t) => t.failed === undefined)) {
      const ok = phase === "attached" && result.exit === 1;
      return [
        { ok, line: `${phase}: ${terms.verb} ${names.join(", ")}: ${endText(result.exit)}, no output` },
      ];
    }
    const hit = tallies.some((t) => terms.targets.includes(t.name) && t.met && (t.all || !terms.always));
    return tallies.map((t, i) => {
      const target = phase === "attached" && terms.targets.includes(t.name);
      return { ok: target ? hit : t.failed === 0, line: lines[i]! };
    });
  });
}

interface Tally {
  readonly name: string;
  /** Undefined: the script did not get so far. */
  readonly failed: number | undefined;
  readonly all: boolean;
  /** It failed, and with the errno. */
  readonly met: boolean;
  readonly text: string;
}

function tally({ errno }: DeedTerms, name: string, { stdout, stderr }: PhaseResult): Tally {
  const line = stdout.split("\n").find((l) => l.startsWith(`${name} `));
  const [failed, tried] = (line?.slice(name.length + 1) ?? "").split(" ").map(Number);
  if (failed === undefined || tried === undefined) {
    return { name, failed: undefined, all: false, met: false, text: "no result" };
  }
  if (failed === 0)
    return { name, failed, all: false, met: false, text: tried > 3 ? `ok ${tried} times` : "ok" };
  const section = stderr.split(/^== /m).find((s) => s.startsWith(`${name}\n`));
  // A fault may well keep the heading from being written.
  const met = meeting(errno, section?.slice(name.length + 1) ?? stderr);
  return {
    name,
    failed,
    all: failed === tried,
    met: met.ok,
    text: `${failed} of ${tried} failed: ${met.text}`,
  };
}

/** Whether complaints are those of the errno, and what they are. */
function meeting(errno: string | null, complaints: string): { ok: boolean; text: string } {
  const last = complaints.split("\n").findLast((line) => line.trim() !== "");
  const said = last === undefined ? "without a word" : printable(last.trim());
  const texts = errno === null ? [] : strerror(errno);
  if (texts.length === 0) return { ok: true, text: said };
  const text = texts.find((t) => complaints.includes(t));
  return text === undefined
    ? { ok: false, text: `${said}, which is not ${errno}` }
    : { ok: true, text: `${text} (${errno})` };
}

function judge(report: BootReport, look: (phase: PhaseName, result: PhaseResult) => Finding[]): Judgement {
  const findings = phaseNames.flatMap((phase): Finding[] => {
    const result = report.phases[phase];
    return result === undefined ? [{ ok: false, line: `${phase}: did not run` }] : look(phase, result);
  });
  const injected = report.counters?.injected;
  const counted = typeof injected === "number" && injected > 0;
  const why = counted || report.why === null ? "" : `: ${report.why}`;
  const counters = { ok: counted, line: `counters: injected ${injected ?? "unknown"}${why}` };
  const all = [...findings, counters];
  return {
    ok: report.ok && all.every(({ ok }) => ok),
    lines: all.map(({ ok, line }) => (ok ? line : `${line}  <-- not as it should be`)),
  };
}
