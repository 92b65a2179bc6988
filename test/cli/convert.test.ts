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
    stderr: "",
  });
});

test("--json has each spec by its name", async () => {
  const cwd = await folderWith({ "a.yaml": spec("a"), "b.yaml": spec("b") });
  const run = await injectc(["convert", "a.yaml", "b.yaml", "--to", "bpfki", "--json"], { cwd });
  const { specs, diagnostics } = JSON.parse(run.stdout);
  expect([run.exit, diagnostics]).toEqual([0, []]);
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
