/** `make bench`: every measurement in one run, as a table of ratios. Names as arguments choose among them. */

import { btf } from "./btf.js";
import { build } from "./build.js";
import { path } from "./path.js";
import type { Bench, Missing, Row } from "./row.js";
import { start } from "./start.js";

const benches: Readonly<Record<string, Bench>> = { start, btf, build, path };

const columns = [56, 12, 26, 12, 7, 8];

function line(cells: readonly string[]): string {
  return cells
    .map((cell, i) => (i === 0 || i === 2 ? cell.padEnd(columns[i]!) : cell.padStart(columns[i]!)))
    .join("");
}

function amount(value: number, unit = "ms"): string {
  return `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ${unit}`;
}

/** Three digits that say something, as 0.08, 2.4 or 130. */
function factor(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function show(row: Row | Missing): string {
  if ("missing" in row) return `${row.what.padEnd(columns[0]!)}  not measured: ${row.missing}`;
  const { what, ours, against, theirs, goal, unit } = row;
  const ratio = ours / theirs;
  const most = goal === undefined ? "" : `≤ ${goal.toPrecision(3).replace(/\.?0+$/, "")}`;
  const cells = [what, amount(ours, unit), `  ${against}`, amount(theirs, unit), factor(ratio), most];
  return line(cells) + (goal === undefined || ratio <= goal ? "" : "  missed");
}

const wanted = process.argv.slice(2);
const stranger = wanted.find((name) => !(name in benches));
if (stranger !== undefined)
  throw new Error(`there is no bench ${stranger}, but ${Object.keys(benches).join(", ")}`);

console.log(line(["", "injectc", "  against", "", "ratio", "goal"]));
for (const name of wanted.length > 0 ? wanted : Object.keys(benches)) {
  for (const row of await benches[name]!()) console.log(show(row));
}
