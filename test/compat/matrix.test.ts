import { beforeAll, describe, expect, test } from "vitest";
import { type Matrix, matrixOf } from "../../src/compat/matrix.js";
import { matrixPage } from "../../src/compat/page.js";
import { matrixJson, matrixText, verdictOf } from "../../src/compat/text.js";
import type { Kernel } from "../../src/kernel/kernel.js";
import { openKernel } from "../../src/kernel/open.js";
import { builtIn, must } from "../kernel/lab.js";
import { example, hostile, specOf } from "./specs.js";

let kernels: readonly Kernel[] = [];
let matrix: Matrix = { kernels: [], specs: [] };

beforeAll(async () => {
  const names = ["lab-5.10", "lab-6.12", "lab-6.12-arm64", "lab-7.3"];
  kernels = await Promise.all(names.map(async (name) => must(await openKernel(name, { search: [builtIn] }))));
  const specs = [
    ...example("mount-chain.yaml"),
    ...example("mount-chain-modern.yaml"),
    ...specOf(hostile, "security_file_open"),
  ];
  matrix = matrixOf(specs, kernels);
});

describe("the matrix", () => {
  test("tells what binds where, by which backend", () => {
    const verdicts = matrix.specs.map(({ cells }) => cells.map(verdictOf));
    expect(verdicts).toEqual([
      ["fmod_ret", "no", "no", "no"],
      ["fmod_ret", "fmod_ret", "fmod_ret", "fmod_ret"],
      ["fmod_ret", "fmod_ret", "fmod_ret", "fmod_ret"],
    ]);
  });

  test("says of each no why, with an error for that kernel", () => {
    const [first] = matrix.specs;
    const codes = first!.cells.map((cell) =>
      cell.diagnostics.filter((d) => d.severity === "error").map((d) => d.code),
    );
    expect(codes).toEqual([[], ["no-such-function"], ["no-such-function"], ["no-such-function"]]);
    expect(first!.cells[1]!.diagnostics.find((d) => d.severity === "error")!.kernels).toEqual([
      kernels[1]!.name,
    ]);
  });

  test("counts the objects, and each kernel is served by one of them", () => {
    for (const { objects, cells } of matrix.specs) {
      const used = new Set(cells.flatMap(({ use }) => use?.object ?? []));
      expect([...used].sort()).toEqual(Array.from({ length: objects }, (_, i) => i + 1));
    }
    expect(matrix.specs[0]!.objects).toBe(1);
  });

  test("tells two architectures of one release apart", () => {
    expect(new Set(matrix.kernels.map(({ name }) => name)).size).toBe(matrix.kernels.length);
  });
});

describe("as text", () => {
  test("has a row a spec, and each reason once for all its kernels", () => {
    const text = matrixText(matrix);
    expect(text.match(/no function `ext4_mount`/g)).toHaveLength(1);
    expect(text).toMatch(/^mount-chain-modern( +fmod_ret){4} +\d$/m);
    expect(text).not.toContain("\u001b");
  });

  test("tells two specs of one name apart by their files", () => {
    const both = [...example("ext4-mount.json"), ...example("ext4-mount.yaml")];
    const twins = matrixOf(both, kernels.slice(0, 1));
    const names = matrixText(twins).match(/^ext4-mount.*?(?= +fmod_ret)/gm);
    expect(names).toEqual(["ext4-mount (ext4-mount.json)", "ext4-mount (ext4-mount.yaml)"]);
    const { cells } = matrixJson(twins) as { cells: { file: string }[] };
    expect(cells.map(({ file }) => file)).toEqual(["ext4-mount.json", "ext4-mount.yaml"]);
  });

  test("and as data has a cell for each pair", () => {
    const { cells } = matrixJson(matrix) as { cells: { verdict: string; kernel: string }[] };
    expect(cells).toHaveLength(matrix.specs.length * matrix.kernels.length);
    expect(cells.filter(({ verdict }) => verdict === "no").map(({ kernel }) => kernel)).toEqual(
      matrix.kernels.slice(1).map(({ name }) => name),
    );
  });
});

describe("as a page", () => {
  test("holds what a spec is called as text, and nothing that runs or is fetched", () => {
    const page = matrixPage(matrix);
    expect(page).not.toMatch(/<(?:img|script|link|iframe)\b/i);
    expect(page).not.toMatch(/\s(?:src|on\w+)=["']/);
    expect(page).toContain("&lt;img src=x onerror=&quot;alert(1)&quot;&gt;&amp;amp;\\u001b[31m");
  });

  test("has a detail for each cell, which its link opens", () => {
    const page = matrixPage(matrix);
    const links = [...page.matchAll(/<td class="\w+"><a href="#([\w-]+)"/g)].map(([, id]) => id);
    const details = [...page.matchAll(/<section class="detail \w+" id="([\w-]+)"/g)].map(([, id]) => id);
    expect(links).toHaveLength(matrix.specs.length * matrix.kernels.length);
    expect(details).toEqual(links);
  });

  test("shows what guests showed", () => {
    const [row, ...rest] = matrix.specs;
    const counters = { frames: [{ function: "vfs_read", entered: 3, passed: 1 }], seen: 9 };
    const said = { loader: "R1 invalid <mem>", log: "BUG: <null>\n Call Trace:" };
    const trial = { stage: "loaded", lines: ["attached: ok"], counters, ...said } as const;
    const cells = row!.cells.map((cell) => (cell.use ? { ...cell, trial } : cell));
    const page = matrixPage({ ...matrix, specs: [{ ...row!, cells }, ...rest] });
    expect(page).toContain(">no effect</a>");
    expect(page).toContain("vfs_read: entered, passed");
    expect(page).toContain("R1 invalid &lt;mem&gt;");
    expect(page).toContain("BUG: &lt;null&gt;\n Call Trace:");
  });
});
