/**
 * One folder a case: `spec.*`, its last line as many times as `repeat` says, bound to the kernels that `kernels` names
 * (lab-6.12 where there is no such file; none where it is empty), with the backend that `backend` asks for, and
 * what must come out: `expected.txt` (the diagnostics as printed) and, where it binds, `expected.c` (the C of every
 * object), which is compiled, too. `UPDATE=1` rewrites both; then read the diff.
 */

import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { bind } from "../src/bind/bind.js";
import type { Backend } from "../src/build/manifest.js";
import { type Diagnostic, formatDiagnostic } from "../src/diagnostic.js";
import type { Kernel } from "../src/kernel/kernel.js";
import { openKernel } from "../src/kernel/open.js";
import { render } from "../src/render/render.js";
import { decodeText, readSpecs } from "../src/spec/read.js";
import { compileStrictly } from "./compile.js";

const root = new URL("golden/", import.meta.url).pathname;
// The built-in profiles alone: a lab kernel that was built here is of another release.
const profiles = new URL("../src/kernel/profiles", import.meta.url).pathname;
const cases = readdirSync(root);
const kernels = new Map<string, Promise<Kernel>>();

async function kernel(name: string): Promise<Kernel> {
  const opened = await openKernel(name, { search: [profiles] });
  if (!opened.ok) throw new Error(opened.diagnostics.map((d) => formatDiagnostic(d)).join("\n"));
  return opened.value;
}

function kernelOnce(name: string): Promise<Kernel> {
  const found = kernels.get(name) ?? kernel(name);
  kernels.set(name, found);
  return found;
}

interface Outcome {
  readonly text: string;
  readonly c: readonly string[];
  readonly codes: readonly string[];
}

async function run(folder: string): Promise<Outcome> {
  const file = readdirSync(folder).find((name) => name.startsWith("spec."))!;
  const listed = join(folder, "kernels");
  const names = existsSync(listed) ? (readFileSync(listed, "utf8").match(/\S+/g) ?? []) : ["lab-6.12"];
  const asked = join(folder, "backend");
  const backend = existsSync(asked) ? (readFileSync(asked, "utf8").trim() as Backend) : undefined;
  const targets = await Promise.all(names.map(kernelOnce));
  const diagnostics: Diagnostic[] = [];
  const c: string[] = [];
  const source = decodeText(specBytes(folder, file), file);
  diagnostics.push(...source.diagnostics);
  const specs = source.ok ? readSpecs(source.value) : undefined;
  diagnostics.push(...(specs?.diagnostics ?? []));
  for (const spec of specs?.ok && targets.length ? specs.value : []) {
    const plan = bind(spec, targets, backend ? { backend } : {});
    diagnostics.push(...plan.diagnostics);
    if (plan.ok) c.push(...plan.value.variants.map(render));
  }
  const text = diagnostics.map((d) => `${formatDiagnostic(d)}\n`).join("\n");
  return { text, c, codes: diagnostics.map((d) => d.code) };
}

/** Long files are not kept: their last line stands as many times as `repeat` says. */
function specBytes(folder: string, file: string): Uint8Array {
  const bytes = readFileSync(join(folder, file));
  const counted = join(folder, "repeat");
  if (!existsSync(counted)) return bytes;
  const text = bytes.toString();
  const last = text.lastIndexOf("\n", text.length - 2) + 1;
  return Buffer.from(text.slice(0, last) + text.slice(last).repeat(Number(readFileSync(counted, "utf8"))));
}

function compare(path: string, actual: string): void {
  if (process.env.UPDATE) {
    if (actual) writeFileSync(path, actual);
    else rmSync(path, { force: true });
  }
  expect(existsSync(path) ? readFileSync(path, "utf8") : "").toBe(actual);
}

const seen = new Set<string>();

describe.each(cases)("%s", (name) => {
  const folder = join(root, name);

  test("gives what is expected", async () => {
    const { text, c, codes } = await run(folder);
    for (const code of codes) seen.add(code);
    compare(join(folder, "expected.txt"), text);
    compare(join(folder, "expected.c"), c.join("\n"));
    expect(text + c.join(""), "a case must expect something").not.toBe("");
    for (const object of c) await compileStrictly(object);
  });
});

test.each([
  "spec/codes",
  "spec/c/codes",
  "bind/rules/codes",
  "bind/codes",
])("every code of src/%s.ts has a case", async (module) => {
  const codes = Object.values<{ code: string }>(
    await import(/* @vite-ignore */ new URL(`../src/${module}.ts`, import.meta.url).pathname),
  ).map((entry) => entry.code);
  expect(codes.filter((code) => !seen.has(code))).toEqual([]);
});
