/** The page as a browser lays it out: headless Chromium, light and dark, wide and narrow. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { matrixOf } from "../../src/compat/matrix.js";
import { matrixPage } from "../../src/compat/page.js";
import { openKernel } from "../../src/kernel/open.js";
import { builtIn, must } from "../kernel/lab.js";
import { example, hostile, specOf } from "./specs.js";

const folder = mkdtempSync(join(tmpdir(), "injectc-page-"));
afterAll(() => rmSync(folder, { recursive: true }));

beforeAll(async () => {
  const names = ["lab-5.10", "lab-6.12", "lab-6.12-arm64", "lab-7.3"];
  const kernels = await Promise.all(names.map(async (n) => must(await openKernel(n, { search: [builtIn] }))));
  const specs = [
    ...example("mount-chain.yaml"),
    ...example("mount-chain-modern.yaml"),
    ...specOf(hostile, "security_file_open"),
    ...specOf("long".repeat(60), "security_file_open"),
  ];
  const script = `<script>${readFileSync(join(import.meta.dirname, "measure.js"), "utf8")}</script>`;
  const matrix = matrixOf(specs, kernels);
  const long = `the kernel complained ${"a".repeat(200)}`;
  const trial = { stage: "case", lines: [long], counters: null, loader: long, log: long } as const;
  const rows = matrix.specs.map((row) => ({ ...row, cells: row.cells.map((cell) => ({ ...cell, trial })) }));
  writeFileSync(join(folder, "page.html"), matrixPage({ ...matrix, specs: rows }) + script);
});

/** The measures of the page with the detail of a `no` open. */
async function measured(width: number, height: number, dark: boolean): Promise<Record<string, unknown>> {
  const { stdout } = await execa("chromium-headless-shell", [
    "--no-sandbox",
    "--disable-gpu",
    `--user-data-dir=${join(folder, `${width}-${dark}`)}`,
    `--window-size=${width},${height}`,
    `--blink-settings=preferredColorScheme=${dark ? 0 : 1}`,
    "--virtual-time-budget=10000",
    "--dump-dom",
    `file://${folder}/page.html#c0-1`,
  ]);
  const text = stdout.match(/<body>(.*)<\/body>/s)?.[1] ?? "";
  return JSON.parse(text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&"));
}

describe.each([
  { width: 1400, height: 900, dark: false },
  { width: 1400, height: 900, dark: true },
  { width: 360, height: 700, dark: false },
  { width: 360, height: 700, dark: true },
])("$width pixels wide, dark: $dark", ({ width, height, dark }) => {
  test("is readable, scrolls sideways nowhere but in the table, and opens and closes a detail", async () => {
    const { texts, ...rest } = await measured(width, height, dark);
    expect(rest).toEqual({
      ...{ dark, width, overflow: 0, faint: [], small: 0, squeezed: 0 },
      ...{ shown: ["c0-1"], cut: 0, inside: true, after: 0 },
    });
    expect(texts).toBeGreaterThan(30);
  });
});
