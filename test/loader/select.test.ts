import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { features } from "../../src/build/manifest.js";
import { packageRoot } from "../../src/root.js";
import { type Bendable, openLab, otherArch, refused } from "./lab.js";

const lab = await openLab();

/** The message for a bundle whose objects are these, each bent from the same. */
async function choose(objects: readonly object[], ...options: string[]): Promise<string> {
  const bundle = await lab.bundle(({ manifest }) => {
    const [first] = manifest.objects;
    manifest.objects = objects.map((part) => ({ ...structuredClone(first), ...part }));
  });
  const outcome = await lab.load(bundle, "--all", ...options);
  expect(outcome).toSatisfy(refused("select"));
  return outcome.lines[0].message;
}

const needs = (functions: Bendable[], config: string[] = []) => ({
  needs: { features: [], functions, config },
});

test("each candidate has its reason, in the manifest's order", async () => {
  const message = await choose(
    [{ arch: otherArch }, { backend: "fmod_ret" }, needs([{ name: "nonesuch" }], ["FAILSLAB", "SLUB"])],
    "--backend",
    "override",
  );
  expect(message).toMatch(
    new RegExp(
      `: objects/bananas.bpf.o \\(override, ${otherArch}\\): it is for ${otherArch}; ` +
        "objects/bananas.bpf.o \\(fmod_ret, .*\\): it is not for the backend override; " +
        "objects/bananas.bpf.o \\(override, .*\\): the kernel has no function `nonesuch`; " +
        "the object needs CONFIG_FAILSLAB, CONFIG_SLUB$",
    ),
  );
});

test("a function counts with its number of parameters", async () => {
  const message = await choose([needs([{ name: "vfs_read", arities: [9, 8] }])]);
  expect(message).toMatch(/`vfs_read` has another number of parameters|no BTF of its prototype/);
});

test("the loader calls features as `inspect` does", () => {
  const source = readFileSync(join(packageRoot, "src/loader/kernel.c"), "utf8");
  const rows = [...source.matchAll(/^\t\{ "(\w+)", probe__\w+, "(.*)" \},$/gm)];
  expect(Object.fromEntries(rows.map(([, name, words]) => [name, words]))).toEqual(features);
});

test("what can't be read is found by asking the kernel, after all the rest", async () => {
  const bundle = await lab.bundle(({ manifest }) => {
    manifest.objects[0].backend = "fmod_ret";
    manifest.objects[0].needs = { features: ["levitation"], functions: [], config: [] };
  });
  const outcome = await lab.load(bundle, "--all");
  expect(outcome.exit).toBe(1);
  // Where BPF may be used at all, the feature is not had; else that is the reason. This also shows that strace sees bpf(2).
  expect(outcome.calls.join("\n")).toMatch(/bpf\(BPF_PROG_LOAD/);
  expect(outcome.lines[0].message).toMatch(
    /it needs `levitation` of the kernel, which this loader knows nothing of|refuses to load BPF programs/,
  );
});
