/** The matrix as a page of HTML that needs nothing beside itself: no script, no font, no image. */

import { formatDiagnostic } from "../diagnostic.js";
import { printable } from "../terminal.js";
import type { Cell, Column, Matrix, Row } from "./matrix.js";
import { verdictOf } from "./text.js";

/** The whole page. Same matrix, same bytes. */
export function matrixPage({ kernels, specs }: Matrix): string {
  const cells = specs.flatMap(({ cells }) => cells);
  const works = cells.filter((cell) => tone(cell) === "yes").length;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Fault injection: which specs work on which kernels</title>
<style>${style}</style>
<header>
<h1>Which specs work on which kernels</h1>
<p>${specs.length} fault-injection specs, ${kernels.length} kernels: ${works} of ${cells.length} pairs work. Choose a cell to see why.</p>
${legend(cells)}
</header>
<main>
<div class="scroll" tabindex="0" role="region" aria-label="the matrix">
<table>
<thead><tr><th scope="col">spec</th>${kernels.map(columnHead).join("")}<th scope="col">objects</th></tr></thead>
<tbody>
${specs.map((row, at) => tableRow(row, at, kernels)).join("\n")}
</tbody>
</table>
</div>
${specs.flatMap((row, at) => row.cells.map((cell, i) => detail(row, cell, kernels[i]!, `c${at}-${i}`))).join("\n")}
</main>
</html>
`;
}

/** How a cell is coloured; the word in it says the same. */
function tone({ use, trial }: Cell): "yes" | "no" | "part" {
  if (!use) return "no";
  if (!trial || trial.stage === "fired") return "yes";
  return trial.stage === "setup" || trial.stage === "case" ? "no" : "part";
}

const meanings: Readonly<Record<string, string>> = {
  fmod_ret: "binds; the fault is injected by a trampoline program",
  override: "binds; the fault is injected from a kprobe",
  no: "does not bind: the kernel lacks something that the spec needs",
  fires: "was loaded in this kernel, and its effect was seen",
  "no effect": "was loaded and attached; no effect was seen",
  "not attached": "the kernel or the loader refused the object",
  broke: "was attached, and then the kernel complained or the guest got stuck",
  "no boot": "the kernel did not come up in the test machine",
};

function legend(cells: readonly Cell[]): string {
  const shown = new Map(cells.map((cell) => [verdictOf(cell), tone(cell)]));
  const entries = [...shown].map(([word, kind]) => {
    return `<dt class="${kind}">${html(word)}</dt><dd>${html(meanings[word] ?? "")}</dd>`;
  });
  return `<dl>${entries.join("")}</dl>`;
}

function columnHead({ name, arch }: Column): string {
  return `<th scope="col">${html(name)}<small>${arch}</small></th>`;
}

function tableRow({ name, file, objects, cells }: Row, at: number, kernels: readonly Column[]): string {
  const boxes = cells.map((cell, i) => {
    const label = `${name} on ${kernels[i]!.name}: ${verdictOf(cell)}`;
    return `<td class="${tone(cell)}"><a href="#c${at}-${i}" aria-label="${html(label)}">${html(verdictOf(cell))}</a></td>`;
  });
  return `<tr><th scope="row">${html(name)}<small>${html(file)}</small></th>${boxes.join("")}<td>${objects}</td></tr>`;
}

/** What a click on a cell opens, by the address alone (`:target`). */
function detail({ name }: Row, cell: Cell, kernel: Column, id: string): string {
  const { use, trial, diagnostics } = cell;
  const parts = [
    use
      ? `<p>Backend <b>${use.backend}</b>, since ${html(use.reason)}. Served by the spec's object ${use.object}.</p>`
      : "",
    ...diagnostics.map((d) => `<pre>${html(formatDiagnostic(d))}</pre>`),
    trial ? `<h3>In a booted guest</h3><pre class="words">${html(trial.lines.join("\n"))}</pre>` : "",
    trial?.counters ? `<h3>Counters</h3>${counterTable(trial.counters)}` : "",
    trial?.log ? `<h3>The kernel's own words</h3><pre class="words">${html(trial.log)}</pre>` : "",
    trial?.loader ? `<h3>The loader's last words</h3><pre class="words">${html(trial.loader)}</pre>` : "",
  ];
  return `<section class="detail ${tone(cell)}" id="${id}" aria-label="${html(`${name} on ${kernel.name}`)}">
<a class="close" href="#" aria-label="close">×</a>
<h2>${html(name)} on ${html(kernel.name)}: ${html(verdictOf(cell))}</h2>
${parts.filter((part) => part !== "").join("\n")}
</section>`;
}

function counterTable({ frames, ...numbers }: Readonly<Record<string, unknown>>): string {
  const chain = Array.isArray(frames) ? frames : [];
  const rows = [
    ...chain.map((f) => [`${f.function}: entered, passed`, `${f.entered}, ${f.passed}`]),
    ...Object.entries(numbers).map(([name, value]) => [name, String(value)]),
  ];
  return `<table>${rows.map(([name, value]) => `<tr><th scope="row">${html(name!)}</th><td>${html(value!)}</td></tr>`).join("")}</table>`;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text that stays text, whatever is in it. */
function html(text: string): string {
  return printable(text).replace(/[&<>"']/g, (letter) => entities[letter]!);
}

const style = `
:root { color-scheme: light dark; --back: #fff; --text: #1c1c1e; --soft: #5c5c66; --line: #d8d8de; --yes: #d7f2dc; --no: #f9dcdc; --part: #fdeec2; --raised: #f5f5f8; }
@media (prefers-color-scheme: dark) {
  :root { --back: #16161a; --text: #ececf0; --soft: #a6a6b2; --line: #3a3a44; --yes: #1c4a2a; --no: #5a2226; --part: #574612; --raised: #212128; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem; max-width: 100rem; background: var(--back); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
h1 { margin: 0; font-size: 1.5rem; }
h2 { margin: 0 2.5rem .75rem 0; font-size: 1.1rem; overflow-wrap: anywhere; }
h3 { margin: 1rem 0 .25rem; font-size: .95rem; }
small { display: block; color: var(--soft); font-weight: normal; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem .75rem; margin: 1rem 0; font-size: .9rem; }
dt { padding: 0 .5rem; border-radius: .25rem; }
dd { margin: 0; color: var(--soft); }
.yes { background: var(--yes); } .no { background: var(--no); } .part { background: var(--part); }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: .5rem; }
table { border-collapse: collapse; font-size: .9rem; }
th, td { padding: .4rem .75rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
thead th { white-space: nowrap; }
tbody th { max-width: 18rem; overflow-wrap: anywhere; }
.scroll tbody th { position: sticky; left: 0; min-width: 14rem; background: var(--back); }
td a { display: block; margin: -.4rem -.75rem; padding: .4rem .75rem; color: inherit; white-space: nowrap; }
td a:hover, td a:focus-visible { outline: 2px solid currentColor; outline-offset: -2px; }
.detail { display: none; position: fixed; inset: auto 1rem 1rem; max-width: 46rem; max-height: 70vh; margin-left: auto; overflow: auto;
  padding: 1rem 1.25rem; border: 1px solid var(--line); border-top: .4rem solid; border-radius: .5rem; background: var(--raised); box-shadow: 0 .5rem 2rem #0006; }
.detail.yes { border-top-color: #2f9e52; } .detail.no { border-top-color: #d0454c; } .detail.part { border-top-color: #c99a17; }
.detail:target { display: block; }
.close { position: absolute; top: .5rem; right: .75rem; padding: 0 .5rem; color: inherit; font-size: 1.5rem; text-decoration: none; }
pre { overflow-x: auto; margin: .5rem 0; padding: .75rem; border: 1px solid var(--line); border-radius: .25rem; background: var(--back); font-size: .8rem; }
.words { white-space: pre-wrap; overflow-wrap: anywhere; }
@media (max-width: 40rem) { body { padding: .75rem; } .scroll tbody th { min-width: 8rem; max-width: 9rem; } }
@media print { .detail { display: block; position: static; max-width: none; max-height: none; margin-top: 1rem; box-shadow: none; } .close { display: none; } }
`;
