import { chmod, mkdir, readdir, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import { type Compiled, type CompileJob, compile, compileAll } from "../../src/build/compile.js";
import { locate, runTool } from "../../src/build/tools.js";
import type { Checked } from "../../src/diagnostic.js";
import { spanText } from "../../src/source.js";
import { c, environment, ownTemp, specText } from "./fixture.js";

const source = { name: "dir/bananas.yaml", text: specText };

function job(text: string, part: Partial<CompileJob> = {}): CompileJob {
  return { arch: "x86_64", c: text, spec: { fileName: "bananas.yaml", source }, ...part };
}

async function object(made: Promise<Checked<Compiled>>): Promise<Buffer> {
  const result = await made;
  if (!result.ok) throw new Error(JSON.stringify(result.diagnostics));
  return Buffer.from(result.value.object);
}

async function complaints(made: Promise<Checked<unknown>>) {
  const { diagnostics } = await made;
  return diagnostics.map(({ code, span }) => [code, span && spanText(span)]);
}

test("the same text gives the same bytes in another folder and at another time", async () => {
  await ownTemp();
  const first = await object(compile(job(c())));
  await setTimeout(1100);
  await ownTemp();
  expect(await object(compile(job(c())))).toEqual(first);
  expect(await object(compile(job(c("d->count == 5"))))).not.toEqual(first);
});

test("an object has BTF whose line information quotes the spec, and no DWARF", async () => {
  const bytes = (await object(compile(job(c())))).toString("latin1");
  expect(bytes).toContain("when: d->count == 4");
  expect(bytes).toContain("./bananas.yaml");
  expect(bytes).toContain(".BTF.ext");
  expect(bytes).not.toContain(".debug_");
  expect(bytes).not.toContain("clang version");
});

test("each arch is compiled as itself", async () => {
  const picky = `${c()}\n#ifndef __TARGET_ARCH_arm64\n#error not for arm64\n#endif\n`;
  await expect(object(compile(job(picky, { arch: "arm64" })))).resolves.toBeInstanceOf(Buffer);
  await expect(compile(job(picky))).rejects.toThrow("not for arm64");
});

test("what clang says of the spec's lines points there", async () => {
  const wrong = c("d->cuont == 4");
  expect(await complaints(compile(job(wrong)))).toEqual([["compiler-refused", "when: d->count == 4"]]);
  const windows = { name: "bananas.yaml", text: specText.replaceAll("\n", "\r\n") };
  const spec = { fileName: "bananas.yaml", source: windows };
  expect(await complaints(compile(job(wrong, { spec })))).toEqual([
    ["compiler-refused", "when: d->count == 4"],
  ]);
});

test("what clang would only warn of is compiled", async () => {
  await expect(object(compile(job(c("d->count = 4"))))).resolves.toBeInstanceOf(Buffer);
});

test("what clang says of our own lines is our bug, shown with the line", async () => {
  const wrong = c().replace("return -12;", "return twelve;");
  await expect(compile(job(wrong))).rejects.toThrow(/injectc\.bpf\.c:24: .*twelve.*\n {4}return twelve;/);
});

test.each([
  "injectc.bpf.c",
  "clang.o",
  "-o",
  "out",
  'a "b"\\c.yaml',
])("a spec may be called %s", async (fileName) => {
  await expect(object(compile(job(c(), { spec: { fileName, source } })))).resolves.toBeInstanceOf(Buffer);
});

test.each([
  ["a header that is not there", c().replace("bpf_helpers.h", "no_helpers.h"), "missing-header"],
])("%s is told as what it is", async (_, text, code) => {
  expect(await complaints(compile(job(text)))).toEqual([[code, undefined]]);
});

test("a missing tool is named with its package", async () => {
  environment({ BPFTOOL: "/nowhere/bpftool" });
  const { diagnostics } = await compile(job(c()));
  expect(diagnostics).toMatchObject([{ code: "missing-tool", help: [/apt install bpftool/, /BPFTOOL/] }]);
  expect(diagnostics[0]!.message).toContain("/nowhere/bpftool");
});

test("a program of the right name that is something else counts as missing", async () => {
  environment({ BPFTOOL: "/usr/bin/openssl" });
  expect(await complaints(compile(job(c())))).toEqual([["missing-tool", undefined]]);
});

test("a tool that fails is quoted", async () => {
  const { diagnostics } = await runTool("openssl", ["cms", "-verify", "-in", "/nowhere"]);
  expect(diagnostics).toMatchObject([
    { code: "tool-failed", message: "openssl failed: cms ended with status 2" },
  ]);
  expect(diagnostics[0]!.notes[0]!.text).toContain("No such file");
});

test("many are compiled in order, and all their faults told", async () => {
  const tests = [1, 2, 3, 4, 5].map((n) => c(`d->count == ${n}`));
  const all = await compileAll(
    tests.map((text) => job(text)),
    2,
  );
  const single = await Promise.all(tests.map((text) => object(compile(job(text)))));
  expect(all.ok && all.value.map((made) => made.object)).toEqual(single);
  const wrong = [c("d->a"), c(), c("d->b")];
  expect(
    await complaints(
      compileAll(
        wrong.map((text) => job(text)),
        2,
      ),
    ),
  ).toHaveLength(2);
});

test("nothing stays behind, however it ends", async () => {
  const temp = await ownTemp();
  await compile(job(c()));
  await compile(job(c("wrong")));
  await compile(job("wrong")).catch(() => undefined);
  expect(await readdir(temp)).toEqual([]);
});

test("the folder for temporary files may be named from here, and may have blanks", async () => {
  const temp = join(await ownTemp(), " a b");
  await mkdir(temp);
  environment({ TMPDIR: relative(process.cwd(), temp) });
  for (const n of [1, 2])
    await expect(object(compile(job(c(`d->count == ${n}`))))).resolves.toBeInstanceOf(Buffer);
});

test("where too much stack is wanted, the predicate is told, and once", async () => {
  const numbers = Array.from({ length: 80 }, (_, i) => i);
  const locals = numbers.map((i) => `volatile long a${i} = d->count + ${i};`).join(" ");
  const big = c(`({ ${locals} ${numbers.map((i) => `a${i}`).join(" ^ ")}; })`);
  expect(await complaints(compile(job(big)))).toEqual([["stack-limit", "when: d->count == 4"]]);
});

test.each([
  ["clang", "$$"],
  ["the shell that starts it", "$PPID"],
])("where %s is killed, it is said, and what comes next is compiled", async (_, victim) => {
  const clang = join(await ownTemp(), "clang");
  await writeFile(
    clang,
    `#!/bin/sh\ngrep -q victim injectc.bpf.c && kill -KILL ${victim}\nexec ${locate("clang")} "$@"\n`,
  );
  await chmod(clang, 0o755);
  environment({ CLANG: clang });
  const { diagnostics } = await compile(job(`${c()}/* victim */\n`));
  const told = diagnostics.map(({ code, message }) => [code, message]);
  expect(told).toEqual([["tool-failed", "clang failed: was ended by the signal SIGKILL"]]);
  await expect(object(compile(job(c())))).resolves.toBeInstanceOf(Buffer);
});
