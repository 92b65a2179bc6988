import { expect, test } from "vitest";
import { codes, injectc } from "./run.js";
import { folderWith, spec } from "./specs.js";

// The built-in profile: a lab kernel that was built here is of another release.
const kernel = ["-k", new URL("../../src/kernel/profiles/lab-6.12", import.meta.url).pathname];

test("a sound spec passes without a word", async () => {
  const cwd = await folderWith({ "a.yaml": spec() });
  expect(await injectc(["check", "a.yaml", ...kernel], { cwd })).toEqual({ exit: 0, stdout: "", stderr: "" });
});

test("a wrong field is shown where it stands, with what was meant", async () => {
  const cwd = await folderWith({ "a.yaml": spec("bananas", "nam") });
  const { exit, stdout, stderr } = await injectc(["check", "a.yaml", ...kernel], { cwd });
  expect([exit, stdout]).toEqual([1, ""]);
  expect(stderr).toBe(`error[no-such-field]: \`struct qstr\` has no field \`nam\`
 --> a.yaml:9:27
  |
9 |       when: STRNCMP(name->nam, "bananas", 8)
  |                           ^^^
  = help: did you mean \`name\`?
  = note: in kernel 6.12.95

1 error
`);
});

test("--json gives the same as one document, wherever it stands", async () => {
  const cwd = await folderWith({ "a.yaml": spec("bananas", "nam") });
  const run = await injectc(["check", "a.yaml", ...kernel, "--json"], { cwd });
  expect(await injectc(["--json", "check", "a.yaml", ...kernel], { cwd })).toEqual(run);
  expect([run.exit, run.stderr]).toEqual([1, ""]);
  expect(JSON.parse(run.stdout)).toEqual({
    diagnostics: [
      {
        code: "no-such-field",
        severity: "error",
        message: "`struct qstr` has no field `nam`",
        file: "a.yaml",
        start: { line: 9, column: 27 },
        end: { line: 9, column: 30 },
        help: "did you mean `name`?",
        notes: [],
        kernels: ["6.12.95"],
      },
    ],
  });
});

test("`-` is standard input", async () => {
  const good = await injectc(["check", "-", ...kernel], { input: spec() });
  expect(good).toEqual({ exit: 0, stdout: "", stderr: "" });
  const bad = await injectc(["check", "-", ...kernel], { input: spec("x", "nam") });
  expect([bad.exit, bad.stderr]).toEqual([1, expect.stringContaining(" --> <stdin>:9:27\n")]);
});

test("all that is wrong with several files and kernels is told in one run, in order", async () => {
  const cwd = await folderWith({
    "a.yaml": spec("a", "nam"),
    "b.yaml": spec("b"),
    "c.yaml": spec("c", "hsh"),
  });
  const files = ["c.yaml", "b.yaml", "none.yaml", "a.yaml"];
  const run = await injectc(["check", ...files, ...kernel, "-k", "lab-7.2", "-k", "lab-6.21", "--json"], {
    cwd,
  });
  const { diagnostics } = JSON.parse(run.stdout);
  const told = diagnostics.map((d: Record<string, unknown>) => [d.code, d.file, d.kernels]);
  expect(told).toEqual([
    ["unreadable-file", null, []],
    ["unknown-kernel", null, []],
    ["no-such-field", "c.yaml", ["6.12.95", expect.stringMatching(/^7\.2/)]],
    ["no-such-field", "a.yaml", ["6.12.95", expect.stringMatching(/^7\.2/)]],
  ]);
  expect(run.exit).toBe(1);
});

test("kernels of one release are told apart", async () => {
  const cwd = await folderWith({ "a.yaml": spec("a", "nam") });
  const run = await injectc(["check", "a.yaml", ...kernel, "-k", "lab-6.12-arm64", "--json"], { cwd });
  expect(JSON.parse(run.stdout).diagnostics).toMatchObject([
    { kernels: [`6.12.95 (${kernel[1]})`, "6.12.95 (lab-6.12-arm64)"] },
  ]);
});

test("the last line counts what was found", async () => {
  const cwd = await folderWith({ "a.yaml": spec("a", "nam"), "b.yaml": spec("b", "nam") });
  const { stderr } = await injectc(["check", "a.yaml", "b.yaml", ...kernel], { cwd });
  expect(stderr).toMatch(/\n\n2 errors\n$/);
});

test("behind a hundred errors no spec is looked at", async () => {
  const input = `${spec("bananas", "nam")}---\n`.repeat(103);
  const run = await injectc(["check", "-", ...kernel, "--json"], { input });
  expect(codes(run)).toEqual([...Array<string>(100).fill("no-such-field"), "more-problems"]);
  expect(JSON.parse(run.stdout).diagnostics.at(-1).message).toBe("3 more specs are not looked at");
  expect(run.exit).toBe(1);
});

test("warnings alone are no failure", async () => {
  const words = [
    "--mode",
    "kmalloc",
    "--spec",
    "should_failslab(struct kmem_cache *s, gfp_t f)(s->size >= 0)",
  ];
  const run = await injectc(["check", ...words, ...kernel, "--json"]);
  expect(codes(run).length).toBeGreaterThan(0);
  expect(run.exit).toBe(0);
});

test.each([
  ["one-liner", ["--mode", "kmalloc", "--spec", "d_alloc_parallel()"], 0],
  ["faulty one-liner", ["--mode", "kmalloc", "--spec", "d_alloc_paralel()"], 1],
  ["faulty probability", ["--mode", "bio", "--spec", "(true)", "-P", "2"], 1],
])("a %s on the command line", async (_, words, exit) => {
  const run = await injectc(["check", ...words, ...kernel]);
  expect([run.exit, run.stderr === ""]).toEqual([exit, exit === 0]);
});

test("colours are for those who want them", async () => {
  const words = ["check", "-", ...kernel];
  const input = spec("x", "nam");
  const painted = "\u001b[";
  expect((await injectc(words, { input })).stderr).not.toContain(painted);
  expect((await injectc([...words, "--color"], { input })).stderr).toContain(painted);
  const env = { NO_COLOR: "1" };
  expect((await injectc(words, { input, env })).stderr).not.toContain(painted);
  expect((await injectc([...words, "--no-color"], { input })).stderr).not.toContain(painted);
});

test("what a user wrote does not steer the terminal", async () => {
  const { stderr } = await injectc(["check", "\u001b[2Jnone.yaml", ...kernel]);
  expect(stderr).toContain("\\u001b[2Jnone.yaml");
});
