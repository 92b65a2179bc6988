import { readFile } from "node:fs/promises";
import { execa } from "execa";
import { expect, test } from "vitest";
import { catalogue } from "../../src/catalogue.js";
import { folder } from "../build/fixture.js";
import { cli, codes, injectc, start } from "./run.js";
import { folderWith, spec } from "./specs.js";

test.each<[string[], RegExp]>([
  [["buidl"], /no verb `buidl`[\s\S]*did you mean `build`\?/],
  [["check"], /there is no SPEC/],
  [
    ["check", "a.yaml", "--mod", "bio"],
    /unknown option `--mod`[\s\S]*did you mean `--mode`\?[\s\S]*help check/,
  ],
  [["check", "a.yaml", "--kernel"], /argument missing/],
  [["check", "a.yaml", "--mode", "bio", "--spec", "f()"], /exclude each other/],
  [["check", "--mode", "bio"], /both `--mode` and `--spec`/],
  [["check", "-P", "0.5"], /both `--mode` and `--spec`/],
  [["check", "a.yaml", "--backend", "kprobe"], /fmod_ret, override/],
  [["build", "a.yaml", "--sign-key", "k"], /goes together with either/],
  [["build", "a.yaml", "--sign-cert", "c"], /goes together with either/],
  [["build", "a.yaml", "--sign-command", "true"], /goes together with either/],
  [
    ["build", "a.yaml", "--sign-cert", "c", "--sign-key", "k", "--sign-command", "true"],
    /goes together with either/,
  ],
  [["build", "a.yaml", "--sign-cert", "c", "--sign-command", " "], /`--sign-command` names no program/],
  [
    ["build", "a.yaml", "--sign-cert", "c", "--sign-key", "env:INJECTC_NONE"],
    /variable `INJECTC_NONE` is not set/,
  ],
  [["keygen", "--type", "dsa"], /rsa, ecdsa, ed25519/],
  [["build", "a.yaml", "-k", "lab-6.12", "--arch", "mips"], /not `mips`/],
  [["build", "a.yaml", "-k", "lab-6.12", "--arch", "arm64"], /asks for arm64/],
  [["verify", "x.bundle"], /`--trust CERT` is missing/],
  [["verify"], /missing required argument/],
  [["explain", "-P", "1"], /needs both `--mode` and `--spec`/],
  [["help", "buidl"], /no verb `buidl`[\s\S]*did you mean `build`\?/],
  [["-k", "lab-6.12", "check", "a.yaml"], /unknown option `-k`[\s\S]*stand behind it/],
  [["check", "a.yaml", "--color=green"], /always, never, auto/],
  [["keygen", "x"], /too many arguments/],
  [["boot", "a.yaml", "--trust", "c"], /goes with a bundle/],
  [["boot"], /there is no SPEC/],
])("%j is a usage error", async (words, problem) => {
  const cwd = await folderWith({ "a.yaml": spec() });
  const { exit, stdout, stderr } = await injectc(words, { cwd });
  expect([exit, stdout]).toEqual([2, ""]);
  expect(stderr).toMatch(/^error\[usage\]: /);
  expect(stderr).toMatch(problem);
  const json = await injectc([...words, "--json"], { cwd });
  // `--kernel` took the option for its value.
  if (words.at(-1) !== "--kernel") expect([json.exit, codes(json)]).toEqual([2, ["usage"]]);
});

test("without a verb, help is shown, and the exit status is that of a mistake", async () => {
  const { exit, stdout, stderr } = await injectc([]);
  expect([exit, stdout, stderr]).toEqual([2, "", expect.stringContaining("Usage: injectc")]);
  const json = await injectc(["--json"]);
  expect([json.exit, codes(json)]).toEqual([2, ["usage"]]);
});

test.each([
  [["--help"]],
  [["help"]],
  [["help", "build"]],
  [["build", "--help"]],
])("%j is a question that is answered", async (words) => {
  const { exit, stdout, stderr } = await injectc(words);
  expect([exit, stdout, stderr]).toEqual([0, expect.stringContaining("Usage: injectc"), ""]);
  const json = await injectc([...words, "--json"]);
  expect(JSON.parse(json.stdout)).toEqual({ text: stdout, diagnostics: [] });
});

test("-V is the version of the package", async () => {
  const { version } = JSON.parse(await readFile(new URL("../../package.json", import.meta.url), "utf8"));
  expect(await injectc(["-V"])).toEqual({ exit: 0, stdout: `${version}\n`, stderr: "" });
});

/** Makes something break, once, that must not. */
const breaking = `const { toSorted } = Array.prototype;
Array.prototype.toSorted = () => {
  Array.prototype.toSorted = toSorted;
  throw new Error("broken on purpose");
}`;
const env = { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(breaking)}` };

test("a bug of ours is told as that", async () => {
  const words = ["check", "-", "-k", "lab-6.12"];
  const run = await injectc(words, { input: spec(), env });
  expect([run.exit, run.stdout]).toEqual([70, ""]);
  expect(run.stderr).toMatch(
    /^error\[internal-error\]: this is a bug in injectc: broken on purpose\n.*report/,
  );
  const json = await injectc([...words, "--json"], { input: spec(), env });
  expect([json.exit, codes(json)]).toEqual([70, ["internal-error"]]);
});

test("what the system refuses is no bug of ours", async () => {
  const cwd = await folderWith({ "a.yaml": spec() });
  const run = await injectc(["build", "a.yaml", "-k", "lab-6.12", "--json"], {
    cwd,
    env: { TMPDIR: "/nowhere" },
  });
  expect([run.exit, codes(run)]).toEqual([1, ["system-error"]]);
});

test("who stops to read gets the exit status still", async () => {
  const run = start(["check", "none.yaml", "-k", "lab-6.12", "--json"]);
  run.stdout.destroy();
  expect((await run).exitCode).toBe(1);
});

test("what is printed and finds no room is told", async () => {
  const words = ["-c", 'exec "$0" "$@" >/dev/full', process.execPath, cli, "explain", "usage"];
  const { exitCode, stderr } = await execa("bash", words, { reject: false });
  expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/^error\[system-error\].*no space is left/)]);
});

test("explain prints a page, and knows what was meant", async () => {
  const page = await injectc(["explain", "no-such-field"]);
  expect([page.exit, page.stderr]).toEqual([0, ""]);
  expect(page.stdout).toMatch(/^error\[no-such-field\]\n\n\w/);
  const none = await injectc(["explain", "no-such-feild"]);
  expect([none.exit, none.stdout]).toEqual([1, ""]);
  expect(none.stderr).toContain("error[no-such-code]: there is no diagnostic `no-such-feild`");
  expect(none.stderr).toContain("did you mean `no-such-field`?");
  expect((await injectc(["explain", "nothing-like-it"])).stderr).toContain(
    "`injectc explain` lists them all",
  );
  expect(JSON.parse((await injectc(["explain", "usage", "--json"])).stdout)).toMatchObject({
    code: "usage",
    severity: "error",
    diagnostics: [],
  });
});

test("explain alone lists the pages that there are", async () => {
  const { exit, stdout, stderr } = await injectc(["explain"]);
  expect([exit, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(/^no-such-field +The struct or union exists in the kernel .* not in its$/m);
  const { codes } = JSON.parse((await injectc(["explain", "--json"])).stdout);
  expect(codes.map(({ code }: { code: string }) => code)).toEqual(
    catalogue.map(({ code }) => code).toSorted(),
  );
  expect(stdout.match(/^\S+/gm)).toHaveLength(catalogue.length);
});

test("explain says what a spec does, wherever it comes from", async () => {
  const cwd = await folderWith({ "fault-frames": spec("named-like-a-code"), "a.yaml": spec("a") });
  const file = await injectc(["explain", "fault-frames"], { cwd });
  expect(file).toEqual({
    exit: 0,
    stdout: expect.stringMatching(
      /^Spec +named-like-a-code: a native Injection \(fault-frames:1\)\nWhat fails +Slab/,
    ),
    stderr: "",
  });
  const liner = ["--mode", "bio", "--spec", "(true)", "-P", "0.1"];
  const { stdout, stderr } = await injectc(["explain", ...liner]);
  expect(stderr).toBe("");
  expect(stdout).toMatch(/\(--spec\)[\s\S]*10 %[\s\S]*bcc would always fire: .* \(-P\)/);
  const json = await injectc(["explain", "a.yaml", "--json"], { cwd });
  expect(JSON.parse(json.stdout)).toMatchObject({
    specs: [{ name: "a", sections: expect.arrayContaining([expect.objectContaining({ title: "Spec" })]) }],
    diagnostics: [],
  });
});

test("explain tells what a kernel makes of a spec, and what is wrong with it there", async () => {
  const kernel = ["-k", new URL("../../src/kernel/profiles/lab-6.12", import.meta.url).pathname];
  const good = await injectc(["explain", "-", ...kernel], { input: spec() });
  expect([good.exit, good.stderr]).toEqual([0, ""]);
  expect(good.stdout).toMatch(/In 6\.12\.95 +By fmod_ret[\s\S]*struct dentry \*d_alloc_parallel\(/);
  const bad = await injectc(["explain", "-", ...kernel], { input: spec("x", "nam") });
  expect([bad.exit, bad.stderr]).toEqual([1, expect.stringContaining("no-such-field")]);
  expect(bad.stdout).toMatch(/^Spec +x/);
});

test("keygen does not overwrite", async () => {
  const cwd = await folder();
  expect(await injectc(["keygen"], { cwd })).toMatchObject({ exit: 0, stderr: "" });
  const again = await injectc(["keygen", "--json"], { cwd });
  expect([again.exit, codes(again)]).toEqual([1, ["file-exists"]]);
});

test("boot wants a kernel that can be booted", async () => {
  const btf = new URL("../../src/kernel/profiles/lab-6.12/vmlinux.btf.gz", import.meta.url).pathname;
  const run = await injectc(["boot", "-", "-k", btf, "--json"], { input: spec() });
  expect(run.exit).toBe(1);
  expect(codes(run)).toContain("no-image");
});
