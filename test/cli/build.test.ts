import { existsSync } from "node:fs";
import { readdir, readFile, rename, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { readBundle } from "../../src/build/bundle.js";
import { folder, lastingFolder, removeFolder } from "../build/fixture.js";
import { codes, injectc, start } from "./run.js";
import { folderWith, spec } from "./specs.js";

const kernel = ["-k", "lab-6.12"];
let keys: string;
let signing: string[];

beforeAll(async () => {
  keys = await lastingFolder();
  await injectc(["keygen", "-o", keys]);
  signing = ["--sign-key", join(keys, "inject.key"), "--sign-cert", join(keys, "inject.crt")];
});

afterAll(() => removeFolder(keys));

const trust = () => ["--trust", join(keys, "inject.crt")];

async function contents(bundle: string) {
  const read = await readBundle(bundle);
  if (!read.ok) throw new Error(JSON.stringify(read.diagnostics));
  return read.value;
}

test("a signed bundle is built and verified, and a touched one is not", async () => {
  const cwd = await folderWith({ "a.yaml": spec() });
  const built = await injectc(["build", "a.yaml", ...kernel, ...signing, "-o", "out"], { cwd });
  expect([built.exit, built.stderr]).toEqual([0, ""]);
  expect(built.stdout).toMatch(
    /^out\/bananas\.bundle\n {2}objects\/fmod_ret-x86_64\.bpf\.o: fmod_ret for 6\.12/,
  );

  const bundle = join(cwd, "out", "bananas.bundle");
  const other = await folder();
  await injectc(["keygen", "-o", other, "--type", "ed25519"]);
  const several = ["--trust", join(other, "inject.crt"), ...trust()];
  expect((await injectc(["verify", bundle, ...several])).exit).toBe(0);
  const verified = await injectc(["verify", bundle, ...trust()]);
  expect(verified).toMatchObject({
    exit: 0,
    stderr: "",
    stdout: expect.stringContaining("`bananas`, 1 object"),
  });
  const bytes = await readFile(bundle);
  bytes[bytes.lastIndexOf("bananas")] = 0x42;
  await writeFile(bundle, bytes);
  const touched = await injectc(["verify", bundle, ...trust(), "--json"]);
  expect([touched.exit, codes(touched)]).toEqual([1, ["changed-file"]]);
});

test("without a key there is a bundle and a warning", async () => {
  const cwd = await folderWith({ "a.yaml": spec() });
  const run = await injectc(["build", "a.yaml", ...kernel, "--json"], { cwd });
  expect([run.exit, codes(run)]).toEqual([0, ["unsigned-build"]]);
  expect(JSON.parse(run.stdout).bundles).toMatchObject([
    {
      path: "bananas.bundle",
      name: "bananas",
      signed: false,
      objects: [{ backend: "fmod_ret", arch: "x86_64" }],
    },
  ]);
  const verified = await injectc(["verify", "bananas.bundle", ...trust(), "--json"], { cwd });
  expect([verified.exit, codes(verified)]).toEqual([1, ["unsigned"]]);
});

test("many specs and kernels are built in one run", async () => {
  const cwd = await folderWith({ "a.yaml": `${spec("a")}---\n${spec("b")}`, "c.yaml": spec("c/d") });
  const run = await injectc(["build", "a.yaml", "c.yaml", ...kernel, "-k", "lab-7.2", ...signing], { cwd });
  expect([run.exit, run.stderr]).toEqual([0, ""]);
  expect((await readdir(cwd)).sort()).toEqual(["a.bundle", "a.yaml", "b.bundle", "c-d.bundle", "c.yaml"]);
});

test("specs of one name are told apart by their author", async () => {
  const cwd = await folderWith({ "a.yaml": spec("x y"), "b.yaml": spec("x-y") });
  const run = await injectc(["build", "a.yaml", "b.yaml", ...kernel, "--json"], { cwd });
  expect([run.exit, codes(run)]).toEqual([1, ["same-bundle"]]);
  expect(JSON.parse(run.stdout).diagnostics[0]).toMatchObject({ file: "b.yaml" });
  expect(await readdir(cwd)).toEqual(["a.yaml", "b.yaml"]);
});

test("a faulty spec keeps all of them from being built", async () => {
  const cwd = await folderWith({ "a.yaml": spec("a"), "b.yaml": spec("b", "nam") });
  const run = await injectc(["build", "a.yaml", "b.yaml", ...kernel, "--json"], { cwd });
  expect([run.exit, codes(run)]).toEqual([1, ["no-such-field"]]);
  expect(await readdir(cwd)).toEqual(["a.yaml", "b.yaml"]);
});

test("a key that does not fit is told before anything is compiled", async () => {
  const cwd = await folderWith({ "a.yaml": spec() });
  const other = await folder();
  await injectc(["keygen", "-o", other]);
  const words = ["--sign-key", join(other, "inject.key"), "--sign-cert", join(keys, "inject.crt")];
  const run = await injectc(["build", "a.yaml", ...kernel, ...words, "--json"], {
    cwd,
    env: { CLANG: "/nowhere" },
  });
  expect([run.exit, codes(run)]).toEqual([1, ["key-mismatch"]]);
});

test("a key may lie where a variable says, or be used by a command that no shell reads", async () => {
  const cwd = await folderWith({ "a.yaml": spec() });
  const [key, certificate] = ["inject.key", "inject.crt"].map((name) => join(keys, name)) as [string, string];
  const env = { SITE_KEY: key, SITE_CERT: certificate, HOME: cwd };
  const read = () => readFile(join(cwd, "bananas.bundle"));
  const build = (...words: string[]) =>
    injectc(["build", "a.yaml", ...kernel, ...words, "--json"], { cwd, env });
  expect(codes(await build(...signing))).toEqual([]);
  const first = await read();
  expect(codes(await build("--sign-key", "env:SITE_KEY", "--sign-cert", "env:SITE_CERT"))).toEqual([]);
  expect((await read()).equals(first)).toBe(true);
  const command = `openssl dgst -sha256 -sign '${key}'`;
  expect(codes(await build("--sign-command", command, "--sign-cert", certificate))).toEqual([]);
  expect((await read()).equals(first)).toBe(true);
  const shell = await build("--sign-command", "cat $SITE_KEY", "--sign-cert", certificate);
  expect([shell.exit, codes(shell)]).toEqual([1, ["shell-syntax"]]);
  const broken = await build("--sign-command", "false", "--sign-cert", certificate);
  expect([broken.exit, codes(broken)]).toEqual([1, ["sign-command-failed"]]);
  for (const empty of ["", "'' -sign"]) {
    const nobody = await build("--sign-command", empty, "--sign-cert", certificate);
    expect([nobody.exit, codes(nobody)]).toEqual([2, ["usage"]]);
  }
});

test("light skeletons are signed by whoever signs the bundle", async () => {
  const cwd = await folderWith({ "a.yaml": spec() });
  const [key, certificate] = ["inject.key", "inject.crt"].map((name) => join(keys, name)) as [string, string];
  const build = (...words: string[]) =>
    injectc(["build", "a.yaml", ...kernel, "--skeletons", "--json", ...words], { cwd });
  expect(codes(await build(...signing))).toEqual([]);
  const first = await readFile(join(cwd, "bananas.bundle"));
  expect(
    codes(await build("--sign-command", `openssl dgst -sha256 -sign '${key}'`, "--sign-cert", certificate)),
  ).toEqual([]);
  expect((await readFile(join(cwd, "bananas.bundle"))).equals(first)).toBe(true);
  expect((await injectc(["verify", "bananas.bundle", ...trust()], { cwd })).exit).toBe(0);
  expect((await build()).exit).toBe(2);
});

test("what is in the way stays there", async () => {
  const cwd = await folderWith({ "a.yaml": spec(), "bananas.bundle": "mine" });
  const run = await injectc(["build", "a.yaml", ...kernel, ...signing, "--json"], { cwd });
  expect([run.exit, codes(run)]).toEqual([1, ["occupied"]]);
  expect(await readFile(join(cwd, "bananas.bundle"), "utf8")).toBe("mine");
});

test("a bundle can be moved, and one cut short is told", async () => {
  const cwd = await folderWith({ "a.yaml": spec() });
  await injectc(["build", "a.yaml", ...kernel, ...signing], { cwd });
  await rename(join(cwd, "bananas.bundle"), join(cwd, "moved"));
  expect((await injectc(["verify", "moved", ...trust()], { cwd })).exit).toBe(0);
  await truncate(join(cwd, "moved"), 4000);
  expect(codes(await injectc(["verify", "moved", ...trust(), "--json"], { cwd }))).toEqual(["not-a-bundle"]);
});

test("one bundle does not silently take the place of another spec's", async () => {
  const cwd = await folderWith({ "a.yaml": spec(), "b.yaml": spec() });
  const built = async (...words: string[]) =>
    injectc(["build", ...words, ...kernel, ...signing, "--json"], { cwd });
  expect(codes(await built("a.yaml"))).toEqual([]);
  expect(codes(await built("a.yaml"))).toEqual([]);
  expect(codes(await built("b.yaml"))).toEqual(["occupied"]);
  await writeFile(join(cwd, "a.yaml"), `# another\n${spec()}`);
  const again = await built("a.yaml");
  expect([again.exit, codes(again)]).toEqual([0, ["replaced"]]);
});

test("a bundle is named in the letters of its spec's name", async () => {
  const cwd = await folderWith({
    "a.yaml": spec("バナナ"),
    "b.yaml": spec("бананы и яблоки"),
    "c.yaml": spec('"🍌"'),
    "d.yaml": spec('"🍎"'),
    "e.yaml": spec(`"${"é".repeat(150)}"`),
  });
  const names = ["a", "b", "c", "d", "e"].map((name) => `${name}.yaml`);
  const run = await injectc(["build", ...names, ...kernel, ...signing], { cwd });
  expect([run.exit, run.stderr]).toEqual([0, ""]);
  const bundles = (await readdir(cwd)).filter((name) => name.endsWith(".bundle")).sort();
  expect(bundles).toEqual([
    expect.stringMatching(/^injection-[0-9a-f]{8}\.bundle$/),
    expect.stringMatching(/^injection-[0-9a-f]{8}\.bundle$/),
    `${"é".repeat(100)}.bundle`,
    "бананы-и-яблоки.bundle",
    "バナナ.bundle",
  ]);
  expect(bundles[0]).not.toBe(bundles[1]);
});

test("a signal ends it at once, and nothing stays behind", async () => {
  const cwd = await folderWith({ "a.yaml": spec() });
  const temp = await folder();
  const clang = join(cwd, "clang");
  const pid = join(cwd, "pid");
  const script = `#!/bin/sh\necho $$ >${pid}.new\nmv ${pid}.new ${pid}\nexec sleep 1000\n`;
  await writeFile(clang, script, { mode: 0o755 });
  const run = start(["build", "a.yaml", ...kernel], { cwd, env: { CLANG: clang, TMPDIR: temp } });
  await vi.waitUntil(() => existsSync(pid), { timeout: 30_000 });
  run.kill("SIGTERM");
  expect((await run).exitCode).toBe(128 + 15);
  expect(await readdir(temp)).toEqual([]);
  expect((await readdir(cwd)).sort()).toEqual(["a.yaml", "clang", "pid"]);
  const stat = `/proc/${(await readFile(pid, "utf8")).trim()}`;
  await vi.waitUntil(() => !existsSync(stat), { timeout: 30_000 });
});

test("--backend is heeded", async () => {
  const words = ["--mode", "kmalloc", "--spec", "(true) => d_alloc_parallel()", "--backend", "override"];
  const cwd = await folder();
  const run = await injectc(["build", ...words, ...kernel, ...signing, "--json"], { cwd });
  expect(JSON.parse(run.stdout).bundles).toMatchObject([{ objects: [{ backend: "override" }] }]);
  expect([...(await contents(join(cwd, "inject.bundle"))).keys()].sort()).toEqual([
    "bom.cdx.json",
    "btf/override-x86_64-1.btf",
    `loader/inject-load-${process.arch === "x64" ? "x86_64" : "arm64"}`,
    "manifest.json",
    "manifest.json.p7s",
    "objects/override-x86_64.bpf.c",
    "objects/override-x86_64.bpf.o",
    "spec/spec",
  ]);
});

test("--no-loader leaves it out", async () => {
  const cwd = await folderWith({ "a.yaml": spec() });
  const run = await injectc(["build", "a.yaml", ...kernel, ...signing, "--no-loader"], { cwd });
  expect([run.exit, run.stderr]).toEqual([0, ""]);
  const names = [...(await contents(join(cwd, "bananas.bundle"))).keys()];
  expect(names.filter((name) => name.startsWith("loader"))).toEqual([]);
  expect((await injectc(["verify", "bananas.bundle", ...trust()], { cwd })).exit).toBe(0);
});

test("render prints what build compiles", async () => {
  const cwd = await folderWith({ "a.yaml": spec() });
  await injectc(["build", "a.yaml", ...kernel], { cwd });
  const bundle = await contents(join(cwd, "bananas.bundle"));
  const { exit, stdout, stderr } = await injectc(["render", "a.yaml", ...kernel], { cwd });
  expect([exit, stderr]).toEqual([0, ""]);
  expect(stdout.trimEnd()).toBe(
    Buffer.from(bundle.get("objects/fmod_ret-x86_64.bpf.c")!).toString().trimEnd(),
  );
  const json = await injectc(["render", "a.yaml", ...kernel, "--json"], { cwd });
  expect(JSON.parse(json.stdout).objects).toMatchObject([
    { backend: "fmod_ret", arch: "x86_64", name: "bananas" },
  ]);
});
