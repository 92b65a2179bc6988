/** Schedules as Chaos Mesh takes them: robfig/cron with optional seconds and descriptors (parser.go). */

import { parseDuration } from "./duration.js";

/** One part of a schedule. */
interface Row {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** Words for numbers, the first being `min`. */
  readonly words?: readonly string[];
}

const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const rows: readonly Row[] = [
  { name: "second", min: 0, max: 59 },
  { name: "minute", min: 0, max: 59 },
  { name: "hour", min: 0, max: 23 },
  { name: "day of the month", min: 1, max: 31 },
  { name: "month", min: 1, max: 12, words: months },
  { name: "day of the week", min: 0, max: 6, words: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] },
];
/** Whole schedules in a word. */
const descriptors = ["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"];

/** Why a schedule is none; `undefined` where it is one. */
export function cronProblem(text: string): string | undefined {
  const plain = text.replace(/^(?:CRON_)?TZ=\S+\s+/, "");
  if (plain.trim() === "") return "it is empty";
  if (plain.startsWith("@")) return descriptorProblem(plain);
  const parts = plain.trim().split(/\s+/);
  if (parts.length !== 5 && parts.length !== 6)
    return `it has ${parts.length} parts, and a schedule has 5, or 6 with seconds`;
  const used = parts.length === 6 ? rows : rows.slice(1);
  for (const [i, row] of used.entries()) {
    const bad = parts[i]!.split(",").find((range) => !isRange(range, row));
    if (bad !== undefined) return `\`${bad}\` is no ${row.name} (${row.min}-${row.max})`;
  }
  return undefined;
}

/** A word that stands for a schedule, or a plain interval. */
function descriptorProblem(text: string): string | undefined {
  if (descriptors.includes(text)) return undefined;
  if (!text.startsWith("@every ")) return `there are ${descriptors.join(", ")} and \`@every 5m\``;
  const parsed = parseDuration(text.slice("@every ".length));
  return parsed.ok ? undefined : `its duration is wrong: ${parsed.why}`;
}

/** `*`, `5`, `1-5`, each also with a step: `0-30/10`. */
function isRange(text: string, row: Row): boolean {
  const match = /^(?:[*?]|(\w+)(?:-(\w+))?)(?:\/(\d+))?$/.exec(text);
  if (!match) return false;
  const [, low, high, step] = match;
  const from = low === undefined ? row.min : numberOf(low, row);
  const to = high === undefined ? from : numberOf(high, row);
  return from !== undefined && to !== undefined && from <= to && step !== "0";
}

/** A number in its range, or a word for one. */
function numberOf(text: string, row: Row): number | undefined {
  const word = row.words?.indexOf(text.toLowerCase()) ?? -1;
  if (word >= 0) return row.min + word;
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return value >= row.min && value <= row.max ? value : undefined;
}
