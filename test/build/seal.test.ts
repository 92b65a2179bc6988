import { copyFile, cp, mkdir, readFile, rename, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { writeBundle } from "../../src/build/bundle.js";
import { keygen } from "../../src/build/keygen.js";
import { type Blueprint, type Manifest, manifestFile, signatureFile } from "../../src/build/manifest.js";
import { pathName, type SealOptions, seal } from "../../src/build/seal.js";
import type { Signer } from "../../src/build/sign.js";
import { digest, verifyBundle } from "../../src/build/verify.js";
import { blueprint, c, folder, lastingFolder, object, removeFolder, specText } from "./fixture.js";

let lasting: string;
let signer: Signer;

beforeAll(async () => {
  lasting = await lastingFolder();
  const made = await keygen(lasting);
  if (!made.ok) throw new Error(JSON.stringify(made.diagnostics));
  signer = made.value;
});

afterAll(() => removeFolder(lasting));

async function sealed(print: Blueprint, options: SealOptions = {}): Promise<Map<string, Uint8Array>> {
  const made = await seal(print, options);
  if (!made.ok) throw new Error(JSON.stringify(made.diagnostics));
  return made.value;
}

async function codes(path: string): Promise<string[]> {
  const trust = { pem: await readFile(signer.certificate), name: "inject.crt" };
  const { diagnostics } = await verifyBundle(path, trust);
  return diagnostics.map(({ code }) => code);
}

test("a bundle holds each object with its C, the spec, and a manifest of all", async () => {
  const objects = [object(), object({ backend: "override" }), object({ c: c("d->count == 5") })];
  const files = await sealed(blueprint({ objects }), { signer });
  expect([...files.keys()].sort()).toEqual([
    "manifest.json",
    "manifest.json.p7s",
    "objects/fmod_ret-2-x86_64.bpf.c",
    "objects/fmod_ret-2-x86_64.bpf.o",
    "objects/fmod_ret-x86_64.bpf.c",
    "objects/fmod_ret-x86_64.bpf.o",
    "objects/override-x86_64.bpf.c",
    "objects/override-x86_64.bpf.o",
    "spec/bananas.yaml",
  ]);
  expect(Buffer.from(files.get("spec/bananas.yaml")!).toString()).toBe(specText);
  const text = Buffer.from(files.get(manifestFile)!).toString();
  const manifest: Manifest = JSON.parse(text);
  expect(text).toBe(`${JSON.stringify(manifest, null, 2)}\n`);
  expect(manifest.objects.map(({ file }) => file)).toEqual([
    "objects/fmod_ret-x86_64.bpf.o",
    "objects/override-x86_64.bpf.o",
    "objects/fmod_ret-2-x86_64.bpf.o",
  ]);
  const others = [...files].filter(([path]) => path !== manifestFile && path !== signatureFile);
  const listing = others.map(([path, data]) => ({ path, size: data.length, sha256: digest(data) }));
  expect(manifest.files).toEqual(listing.sort((a, b) => (a.path < b.path ? -1 : 1)));
  expect(manifest.tools.clang).toMatch(/^\d+\.\d+/);
  expect(text).not.toContain('"c":');
});

test("the same blueprint gives the same bytes, in whatever order it was written down", async () => {
  const { name, ...rest } = blueprint();
  const first = await sealed(blueprint(), { signer });
  expect(await sealed({ ...rest, name }, { signer })).toEqual(first);
});

test("a bundle without a key has no signature, and is refused for that", async () => {
  const path = join(await folder(), "x.bundle");
  await writeBundle(path, await sealed(blueprint()));
  expect(await codes(path)).toEqual(["unsigned"]);
});

test("clang's complaints about the spec come with its place", async () => {
  const source = { name: "specs/bananas.yaml", text: specText };
  const wrong = blueprint({ objects: [object(), object({ c: c("d->cuont") })] });
  const { ok, diagnostics } = await seal(wrong, { source });
  expect(ok).toBe(false);
  expect(diagnostics).toMatchObject([{ code: "compiler-refused", span: { source, start: 16, end: 35 } }]);
});

test("what no manifest can hold is told before anything is written", async () => {
  const { diagnostics } = await seal(blueprint({ placement: { note: "a\0b" } }));
  expect(diagnostics).toMatchObject([
    { code: "unsealable", message: expect.stringContaining("placement.note") },
  ]);
});

test.each([
  ["bananas.yaml", "bananas.yaml"],
  ["<stdin>", "stdin"],
  ["--spec", "spec"],
  ["..", "x"],
  [".hidden", "hidden"],
  ["a b/ü\n.yaml", "a-b-.yaml"],
  ["", "x"],
])("%j is %s in a path", (name, path) => {
  expect(pathName(name, "x")).toBe(path);
});

describe("tampering", () => {
  let bundle: string;

  beforeAll(async () => {
    bundle = join(lasting, "x.bundle");
    const objects = [object(), object({ backend: "override", c: c("d->count == 5") })];
    const written = await writeBundle(bundle, await sealed(blueprint({ objects }), { signer }));
    expect(written.ok).toBe(true);
  });

  async function copy(): Promise<string> {
    const path = join(await folder(), "copy.bundle");
    await cp(bundle, path, { recursive: true });
    return path;
  }

  test("an untouched copy passes", async () => {
    expect(await codes(await copy())).toEqual([]);
  });

  test.each([
    ["manifest.json", "bad-signature"],
    ["manifest.json.p7s", /^(bad-signature|untrusted-signer)$/],
    ["objects/fmod_ret-x86_64.bpf.o", "changed-file"],
    ["objects/override-x86_64.bpf.c", "changed-file"],
    ["spec/bananas.yaml", "changed-file"],
  ])("a changed byte of %s is found wherever it is", async (name, code) => {
    const path = await copy();
    const original = await readFile(join(path, name));
    const step = Math.ceil(original.length / 9);
    for (let place = 0; place < original.length; place += step) {
      const changed = Uint8Array.from(original);
      changed[place]! ^= 1 << (place % 8);
      await writeFile(join(path, name), changed);
      expect([place, ...(await codes(path))]).toEqual([place, expect.stringMatching(code)]);
    }
  });

  const file = "objects/fmod_ret-x86_64.bpf.o";

  test.each<[string, (path: string) => Promise<unknown>, string[]]>([
    ["a file cut short", (path) => truncate(join(path, file), 99), ["changed-file"]],
    ["a file made longer", (path) => writeFile(join(path, file), "\0", { flag: "a" }), ["changed-file"]],
    ["a file emptied", (path) => truncate(join(path, file)), ["changed-file"]],
    ["a file missing", (path) => rm(join(path, file)), ["missing-file"]],
    ["a file more", (path) => writeFile(join(path, "objects", "more.o"), ""), ["unlisted-file"]],
    ["a hidden file more", (path) => writeFile(join(path, ".x"), ""), ["unlisted-file"]],
    [
      "a file moved",
      (path) => rename(join(path, file), join(path, "spec", "moved.o")),
      ["missing-file", "unlisted-file"],
    ],
    [
      "two files exchanged",
      async (path) => {
        const other = "objects/override-x86_64.bpf.o";
        await copyFile(join(path, other), join(path, "..", "kept"));
        await copyFile(join(path, file), join(path, other));
        await copyFile(join(path, "..", "kept"), join(path, file));
      },
      ["changed-file", "changed-file"],
    ],
    [
      "a folder in the place of a file",
      async (path) => {
        await rm(join(path, file));
        await mkdir(join(path, file));
      },
      ["missing-file"],
    ],
    ["the manifest missing", (path) => rm(join(path, manifestFile)), ["not-a-bundle"]],
    ["the signature missing", (path) => rm(join(path, signatureFile)), ["unsigned"]],
    ["the signature emptied", (path) => truncate(join(path, signatureFile)), ["bad-signature"]],
    [
      "the manifest made longer",
      (path) => writeFile(join(path, manifestFile), " ", { flag: "a" }),
      ["bad-signature"],
    ],
  ])("%s is found", async (_, tamper, expected) => {
    const path = await copy();
    await tamper(path);
    expect((await codes(path)).sort()).toEqual(expected);
  });
});
