import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { codes, injectc } from "./run.js";
import { folderWith, spec } from "./specs.js";

const liner = ["--mode", "kmalloc", "--spec", "f(char *a)(STRCMP(a, it))", "-P", "0.5", "-c", "3"];

test("a one-liner becomes a manifest, and the manifest the one-liner", async () => {
  const native = await injectc(["convert", ...liner, "--to", "native"]);
  expect(native).toMatchObject({
    exit: 0,
    stdout: `apiVersion: injectc.dev/v1
kind: Injection
metadata: { name: inject }
spec:
  fault: slab
  callchain:
    - function: f
      parameters: char *a
      when: STRCMP(a, "it")
  trigger: { probability: 50%, times: 3 }
`,
  });
  const back = await injectc(["convert", "-", "--to", "inject"], { input: native.stdout });
  expect(back).toEqual({
    exit: 0,
    stdout: "# inject\ninject kmalloc -P 0.5 -c 3 'f(char *a)(STRCMP(a, it))'\n",
    stderr: expect.stringMatching(
      /^info\[rolled-once\]: bcc .*\n --> <stdout>:2:19\n.*\n2 \| inject kmalloc/,
    ),
  });
});

test("what its tool makes of the result is told at its place there, if it was not told of the spec", async () => {
  const own = spec("a")
    .replace(/\n *parameters: .*/, "")
    .replace("STRNCMP(name->name, ", "STRPREFIX(name->name, ");
  const cwd = await folderWith({ "a.yaml": own.replace(", 8)", ")") });
  const to = async (format: string, file: string) => {
    const { stdout } = await injectc(["convert", file, "--to", format, "--json"], { cwd });
    const { diagnostics, specs } = JSON.parse(stdout);
    await writeFile(join(cwd, "b.yaml"), specs[0].text);
    return diagnostics.map((d: Record<string, unknown>) => `${d.code} ${d.file}`);
  };
  expect(await to("native", "a.yaml")).toEqual([]);
  expect(await to("inject", "a.yaml")).toEqual(["bcc-builtin <stdout>", "parameters-needed <stdout>"]);
  expect(await to("kernelchaos", "a.yaml")).toEqual([
    "placement-needed a.yaml",
    "bpfki-builtin <stdout>",
    "parameters-needed <stdout>",
  ]);
  expect(await to("bpfki", "b.yaml")).toEqual([
    "not-carried b.yaml",
    "bpfki-builtin b.yaml",
    "parameters-needed b.yaml",
    "bpfki-no-task <stdout>",
  ]);
});

test("--json has each spec by its name", async () => {
  const cwd = await folderWith({ "a.yaml": spec("a"), "b.yaml": spec("b") });
  const run = await injectc(["convert", "a.yaml", "b.yaml", "--to", "bpfki", "--json"], { cwd });
  const { specs } = JSON.parse(run.stdout);
  const each = ["bpfki-no-task", "bpfki-pasted-predicate"];
  expect([run.exit, ...codes(run)]).toEqual([0, ...each, ...each]);
  expect(specs.map((s: { name: string; to: string }) => [s.name, s.to])).toEqual([
    ["a", "bpfki"],
    ["b", "bpfki"],
  ]);
  expect(JSON.parse(specs[0].text)).toEqual({
    ftype: "SLAB",
    callchain: [
      {
        funcname: "d_alloc_parallel",
        parameters: "struct dentry *parent, const struct qstr *name",
        predicate: 'STRNCMP(name->name, "bananas", 8)',
      },
    ],
  });
});

test("nothing is printed where something cannot be said", async () => {
  const cwd = await folderWith({
    "a.yaml": spec("a"),
    "b.yaml": spec("b").replace("fault: slab", "fault: slab\n  target: { uid: [0] }"),
  });
  const run = await injectc(["convert", "a.yaml", "b.yaml", "--to", "inject"], { cwd });
  expect([run.exit, run.stdout]).toEqual([1, ""]);
  expect(run.stderr).toMatch(
    /^error\[cannot-say\]: inject cannot say whom the fault is for\n --> b\.yaml:6:19\n/,
  );
});

test("the format must be named", async () => {
  const missing = await injectc(["convert", ...liner, "--json"]);
  expect([missing.exit, codes(missing)]).toEqual([2, ["usage"]]);
  const unknown = await injectc(["convert", ...liner, "--to", "yaml"]);
  expect([unknown.exit, unknown.stderr]).toEqual([2, expect.stringContaining("kernelchaos")]);
});
