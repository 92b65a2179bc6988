/** From specs to signed objects, against clang alone on the C that we generate, and against bcc's inject. */

import { existsSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { clangWords } from "../../src/build/compile.js";
import { locate } from "../../src/build/tools.js";
import { folder, injectc, output, profile, root, spec, tries, wall, wallOfAll } from "./lab.js";
import { type Bench, inTurn } from "./row.js";

const names = Array.from({ length: 100 }, (_, i) => `s${i}`);
const files = names.map((name) => `${name}.yaml`);
const signing = ["--sign-key", "inject.key", "--sign-cert", "inject.crt"];

export const build: Bench = async () => {
  for (const name of names) writeFileSync(join(folder, `${name}.yaml`), spec(name, name));
  output(injectc("keygen"));
  const rendered = JSON.parse(output(injectc("render", ...files, "-k", profile, "--json")));
  for (const { name, c } of rendered.objects) writeFileSync(join(folder, `${name}.bpf.c`), c);

  const one = wall(make(files[0]!));
  const [ours, theirs] = await inTurn([one, wall(clang("s0"))]);
  const eachAlone = wallOfAll(names.map(clang), availableParallelism());
  const [all, each] = await inTurn([wall(make(...files)), eachAlone], 3);
  return [
    { what: "one spec to a signed object", ours, against: "clang alone", theirs, goal: 3 },
    { what: "100 specs in one call", ours: all, against: "100 times clang", theirs: each, goal: 1.2 },
    ...(await againstInject(one)),
  ];
};

function make(...specs: readonly string[]): [string, ...string[]] {
  return injectc("build", ...specs, "-k", profile, "-o", "bundles", ...signing);
}

function clang(name: string): [string, ...string[]] {
  const program = locate("clang");
  if (program === undefined) throw new Error("there is no clang");
  return [program, ...clangWords("x86_64"), "-c", `${name}.bpf.c`, "-o", `${name}.o`];
}

/** Debian's bpfcc-tools, and the interpreter that it is installed for. */
const inject = "/usr/sbin/inject-bpfcc";
const python = "/usr/bin/python3";

/** bcc finds headers of the running kernel only, and ends before anything is attached. */
const againstInject = async (one: () => number): ReturnType<Bench> => {
  const what = "one spec to a signed object";
  if (!existsSync(inject)) return [{ what, missing: "bcc's inject is not installed (bpfcc-tools)" }];
  const predicate =
    "d_alloc_parallel(struct dentry *parent, const struct qstr *name)(STRCMP(name->name, s0))";
  const words = ["-I", "linux/dcache.h", "-P", "1", "kmalloc", predicate];
  const compile: [string, ...string[]] = [python, join(root, "test/bench/inject.py"), inject, ...words];
  if (!tries(compile)) return [{ what, missing: "bcc's inject finds no headers of this kernel" }];
  const [ours, theirs] = await inTurn([one, wall(compile)], 3);
  return [{ what, ours, against: "bcc's inject, compiling", theirs, goal: 0.1 }];
};
