import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { manifestFile } from "../../src/build/manifest.js";
import { manifestText, parseManifest } from "../../src/build/schema.js";
import { type BundleFiles, readTar, writeTar } from "../../src/build/tar.js";
import { digest } from "../../src/build/verify.js";
import { lastingFolder, removeFolder } from "../build/fixture.js";
import { codes, injectc } from "./run.js";
import { spec } from "./specs.js";

let cwd: string;

/** A bundle with an object for each backend, and one whose spec has targets and a duration. */
beforeAll(async () => {
  cwd = await lastingFolder();
  await writeFile(join(cwd, "a.yaml"), spec());
  await writeFile(
    join(cwd, "aimed.yaml"),
    `${spec("3 apples — *\\/")}  target: { pid: [7], cgroup: ["/sys/fs/cgroup/ü"], comm: ['a"b'], uid: [0] }\n  duration: 1500ms\n`,
  );
  const build = (...words: string[]) => injectc(["build", ...words, "--no-loader"], { cwd });
  await build("aimed.yaml", "-k", "lab-6.12");
  await build("a.yaml", "-k", "lab-6.12", "-k", "lab-6.12-arm64");
});

afterAll(() => removeFolder(cwd));

const run = (...words: string[]) => injectc(["export", ...words], { cwd });

test("a folder is made with what builds, the same for the same bundle", async () => {
  const made = await run("3-apples.bundle", "--to", "libbpf");
  expect([made.exit, made.stderr]).toEqual([0, ""]);
  expect(made.stdout).toBe(
    "3-apples-libbpf\n  fault_3_apples.bpf.o\n  fault_3_apples.c\n  fault_3_apples.skel.h\n",
  );
  await run("3-apples.bundle", "--to", "libbpf", "-o", "again/and/again");
  for (const name of await readdir(join(cwd, "3-apples-libbpf")))
    expect(await readFile(join(cwd, "again/and/again", name))).toEqual(
      await readFile(join(cwd, "3-apples-libbpf", name)),
    );
  const words = ["-Wall", "-Wextra", "-Werror", "-fsyntax-only", "fault_3_apples.c"];
  await execa("cc", words, { cwd: join(cwd, "3-apples-libbpf") });
  const c = await readFile(join(cwd, "3-apples-libbpf/fault_3_apples.c"), "utf8");
  expect(c).toContain('{ 0, { 7 } },\n\t\t{ 2, { cgroup("/sys/fs/cgroup/\\303\\274") } },');
  expect(c).toContain('{ 3, .comm = "a\\042b" },\n\t\t{ 4, { 0 } },\n');
  expect(c).toContain("unsigned int seconds = 2;");
});

/** Takes the bundle, whose signature nobody asks for, with something else in place of its object. */
async function forged(name: string, change: (object: Buffer) => Uint8Array): Promise<void> {
  const files = readTar(await readFile(join(cwd, "3-apples.bundle"))) as BundleFiles;
  const path = "objects/fmod_ret-x86_64.bpf.o";
  const object = change(Buffer.from(files.get(path)!));
  const parsed = parseManifest(files.get(manifestFile)!);
  if (!parsed.ok) throw new Error("no manifest");
  const own = { size: object.length, sha256: digest(object) };
  const listed = parsed.value.files.map((file) => (file.path === path ? { ...file, ...own } : file));
  const manifest = Buffer.from(manifestText({ ...parsed.value, files: listed }));
  await writeFile(join(cwd, name), writeTar(new Map([...files, [path, object], [manifestFile, manifest]])));
}

test("no name in an object becomes code, and what is no object is told as that", async () => {
  const spoilt = (from: string, to: string) => (object: Buffer) =>
    Buffer.from(object.toString("latin1").replaceAll(from, to), "latin1");
  // Of a variable in the types alone, and of a program in the symbols, too.
  await forged("variable", spoilt("\0counters\0", "\0a;b\n//cd\0"));
  await forged("program", spoilt("fail_should_failslab", "fail_should_fail}\n//"));
  await forged("text", () => Buffer.from("no ELF"));
  await forged("cut", (object) => object.subarray(0, object.length / 2));
  for (const [name, words] of [
    ["variable", "calls something `a;b\\u000a//cd`, which no compiler does"],
    ["program", "calls something `fail_should_fail}\\u000a//`"],
    ["text", "is no ELF file that can be read"],
    ["cut", "is no ELF file that can be read"],
  ] as const)
    for (const format of ["libbpf", "bpf2go"]) {
      const made = await run(name, "--to", format);
      expect([made.exit, made.stderr]).toEqual([1, expect.stringContaining(words)]);
      expect(made.stderr).toContain("error[no-object]");
    }
});

test("for Go, the files have bpf2go's names, and the example the spec's targets", async () => {
  const made = await run("3-apples.bundle", "--to", "bpf2go");
  expect([made.exit, made.stderr]).toEqual([0, ""]);
  const stem = "fault_3_apples_x86_bpfel";
  expect(made.stdout).toBe(`3-apples-bpf2go\n  ${stem}.go\n  ${stem}.o\n  go.mod\n  main.go\n`);
  const main = await readFile(join(cwd, "3-apples-bpf2go/main.go"), "utf8");
  expect(main).toContain(
    '[]target{number(0, 7), cgroup("/sys/fs/cgroup/\\303\\274"), named("a\\042b"), number(4, 0)}',
  );
  expect(main).toContain('flag.Uint64("s", 2, ');
  const code = await readFile(join(cwd, `3-apples-bpf2go/${stem}.go`), "utf8");
  expect(code).toContain(`//go:embed ${stem}.o\nvar fault3ApplesObject []byte`);
  expect(code).toContain("func loadFault3Apples() (*ebpf.CollectionSpec, error)");
  expect(code).toContain('\tFailShouldFailslab  *ebpf.Program `ebpf:"fail_should_failslab"`');
  expect(code).toMatch(/^\tTimes +\*ebpf\.VariableSpec +`ebpf:"times"`$/m);
});

test("for Go, names that differ by underscores stay apart", async () => {
  const frames = ["d_lookup", "__d_lookup"].map((name) => `    - function: ${name}\n`).join("");
  await writeFile(join(cwd, "apart.yaml"), spec("apart").replace(/callchain:\n.*/s, `callchain:\n${frames}`));
  await injectc(["build", "apart.yaml", "-k", "lab-6.12", "--no-loader"], { cwd });
  await run("apart.bundle", "--to", "bpf2go");
  const code = await readFile(join(cwd, "apart-bpf2go/apart_x86_bpfel.go"), "utf8");
  expect(code).toContain('\tEnter_d_lookup     *ebpf.Program `ebpf:"enter_d_lookup"`');
  expect(code).toContain('\tEnter___d_lookup   *ebpf.Program `ebpf:"enter___d_lookup"`');
});

test("a folder that holds something stays as it is", async () => {
  await mkdir(join(cwd, "full"));
  await writeFile(join(cwd, "full", "mine"), "mine");
  await mkdir(join(cwd, "empty"));
  const refused = await run("3-apples.bundle", "--to", "libbpf", "-o", "full", "--json");
  expect([refused.exit, codes(refused)]).toEqual([1, ["occupied"]]);
  expect(await readdir(join(cwd, "full"))).toEqual(["mine"]);
  const file = await run("3-apples.bundle", "--to", "libbpf", "-o", "a.yaml", "--json");
  expect([file.exit, codes(file)]).toEqual([1, ["occupied"]]);
  expect((await run("3-apples.bundle", "--to", "libbpf", "-o", "empty")).exit).toBe(0);
});

test.each([
  [[], "2 objects of the bundle could be exported"],
  [["-k", "lab-6.1"], "none is of that backend, arch and kernel"],
  [["--backend", "override"], "none is of that backend, arch and kernel"],
  [["--arch", "arm"], "none is of that backend, arch and kernel"],
])("of several objects one must be meant: %j", async (words, problem) => {
  const { exit, stderr } = await run("bananas.bundle", "--to", "libbpf", "-o", "none", ...words);
  expect(exit).toBe(1);
  expect(stderr).toContain(problem);
  expect(stderr).toContain("objects/fmod_ret-arm64.bpf.o: fmod_ret on arm64, for 6.12");
  expect(stderr).toContain("objects/fmod_ret-x86_64.bpf.o: fmod_ret on x86_64, for 6.12");
});

test.each([
  ["arch", ["--arch", "arm64"]],
  ["kernel", ["-k", "lab-6.12-arm64", "--backend", "fmod_ret"]],
])("it can be named by its %s", async (way, words) => {
  const made = await run("bananas.bundle", "--to", "libbpf", "-o", `by-${way}`, ...words, "--json");
  expect(JSON.parse(made.stdout)).toEqual({
    folder: `by-${way}`,
    format: "libbpf",
    files: ["bananas.bpf.o", "bananas.c", "bananas.skel.h"],
    diagnostics: [],
  });
});

test("what is no sound bundle, or not trusted, is not exported", async () => {
  const bytes = await readFile(join(cwd, "3-apples.bundle"));
  bytes[bytes.indexOf("\x7fELF") + 100]! ^= 1;
  await writeFile(join(cwd, "changed.bundle"), bytes);
  const changed = await run("changed.bundle", "--to", "libbpf", "--json");
  expect([changed.exit, codes(changed)]).toEqual([1, ["changed-file"]]);
  await injectc(["keygen", "--type", "ecdsa"], { cwd });
  const unsigned = await run("3-apples.bundle", "--to", "libbpf", "--trust", "inject.crt", "--json");
  expect([unsigned.exit, codes(unsigned)]).toEqual([1, ["unsigned"]]);
  const formless = await run("3-apples.bundle", "--json");
  expect([formless.exit, codes(formless)]).toEqual([2, ["usage"]]);
});
