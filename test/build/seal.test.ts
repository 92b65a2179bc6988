import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readBtf } from "../../src/btf/read.js";
import { writeBundle } from "../../src/build/bundle.js";
import { keygen } from "../../src/build/keygen.js";
import {
  type Blueprint,
  type Manifest,
  manifestFile,
  manifestSchema,
  signatureFile,
} from "../../src/build/manifest.js";
import { pathName, type SealOptions, seal } from "../../src/build/seal.js";
import { type Signer, signManifest } from "../../src/build/sign.js";
import { readTrust } from "../../src/build/signature.js";
import { writeTar } from "../../src/build/tar.js";
import { digest, verifyBundle } from "../../src/build/verify.js";
import { openKernel } from "../../src/kernel/open.js";
import { entriesOf, packed } from "./attack.js";
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
  const trust = await readTrust([signer.certificate]);
  const { diagnostics } = await verifyBundle(path, trust.ok ? trust.value : []);
  return diagnostics.map(({ code }) => code);
}

test("a bundle holds each object with its C, the spec, and a manifest of all", async () => {
  const objects = [object(), object({ backend: "override" }), object({ c: c("d->count == 5") })];
  const files = await sealed(blueprint({ objects }), { signer });
  expect([...files.keys()].sort()).toEqual([
    "bom.cdx.json",
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
  const listed = manifest.files.map(({ path, size, sha256 }) => ({ path, size, sha256 }));
  expect(listed).toEqual(listing.sort((a, b) => (a.path < b.path ? -1 : 1)));
  expect(manifest.files.map(({ kind }) => kind)).toEqual([
    "bill",
    ...Array(3).fill(["source", "object"]).flat(),
    "spec",
  ]);
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

test("types come with an object for kprobes, as few as it needs, for each kernel whose release says which it is", async () => {
  const kernel = await openKernel("lab-6.12");
  if (!kernel.ok) throw new Error("no lab-6.12");
  const { bytes } = kernel.value.btf;
  const types = new Map(["known", "nameless", "twin", "other twin"].map((name) => [name, bytes]));
  const kernels = [
    { name: "known", release: "6.12.95" },
    { name: "nameless", release: null },
    { name: "twin", release: "6.1.1" },
    { name: "other twin", release: "6.1.1" },
    { name: "unheard of", release: "5.4.0" },
  ];
  const relocates = c("d->d_flags == 5").replace("int count", "unsigned int d_flags");
  const objects = [object({ kernels, c: relocates }), object({ backend: "override", kernels, c: relocates })];
  const files = await sealed(blueprint({ objects }), { types });
  const manifest: Manifest = JSON.parse(Buffer.from(files.get(manifestFile)!).toString());
  const btf = "btf/override-x86_64-1.btf";
  expect(manifest.objects.map((made) => made.kernels.map((one) => one.btf))).toEqual([
    Array(5).fill(undefined),
    [btf, ...Array(4).fill(undefined)],
  ]);
  const minimal = files.get(btf)!;
  expect(minimal.length).toBeLessThan(500);
  const read = readBtf(minimal, btf);
  if (!read.ok) throw new Error(JSON.stringify(read.diagnostics));
  const [id] = read.value.find("struct", "dentry");
  expect(read.value.type(id!)).toMatchObject({ members: [{ name: "d_flags" }] });
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
  let bundle: Buffer;
  let other: Buffer;

  beforeAll(async () => {
    const objects = [object(), object({ backend: "override", c: c("d->count == 5") })];
    bundle = Buffer.from(writeTar(await sealed(blueprint({ objects }), { signer })));
    other = Buffer.from(writeTar(await sealed(blueprint({ objects, name: "apples" }), { signer })));
  });

  /** The codes for a bundle of these bytes. */
  async function found(bytes: Buffer): Promise<string[]> {
    const path = join(await folder(), "x.bundle");
    await writeFile(path, bytes);
    return codes(path);
  }

  /** The same with entries changed, all repacked soundly. */
  async function foundAmong(change: (files: Map<string, Buffer>) => unknown): Promise<string[]> {
    const files = new Map(entriesOf(bundle).map(({ path, data }) => [path, data]));
    change(files);
    return found(packed([...files].map(([path, data]) => ({ path, data }))));
  }

  test("an untouched bundle passes", async () => {
    expect(await found(bundle)).toEqual([]);
    expect(await foundAmong(() => {})).toEqual([]);
  });

  const file = "objects/fmod_ret-x86_64.bpf.o";
  const theirs = (name: string) => entriesOf(other).find(({ path }) => path === name)!.data;

  test.each<[string, (files: Map<string, Buffer>) => unknown, string[]]>([
    ["a file cut short", (all) => all.set(file, all.get(file)!.subarray(0, 99)), ["changed-file"]],
    [
      "a file made longer",
      (all) => all.set(file, Buffer.concat([all.get(file)!, Buffer.alloc(1)])),
      ["changed-file"],
    ],
    ["a file emptied", (all) => all.set(file, Buffer.alloc(0)), ["changed-file"]],
    ["a file missing", (all) => all.delete(file), ["missing-file"]],
    ["a file more", (all) => all.set("spec/more", Buffer.alloc(0)), ["unlisted-file"]],
    [
      "a file renamed",
      (all) => {
        all.set("spec/moved.o", all.get(file)!);
        all.delete(file);
      },
      ["missing-file", "unlisted-file"],
    ],
    [
      "two files exchanged",
      (all) => {
        const moved = all.get(file)!;
        all.set(file, all.get("objects/override-x86_64.bpf.o")!);
        all.set("objects/override-x86_64.bpf.o", moved);
      },
      ["changed-file", "changed-file"],
    ],
    ["the signature missing", (all) => all.delete(signatureFile), ["unsigned"]],
    ["the signature emptied", (all) => all.set(signatureFile, Buffer.alloc(0)), ["bad-signature"]],
    ["another bundle's signature", (all) => all.set(signatureFile, theirs(signatureFile)), ["bad-signature"]],
    ["another bundle's manifest", (all) => all.set(manifestFile, theirs(manifestFile)), ["bad-signature"]],
    [
      "the manifest made longer",
      (all) => all.set(manifestFile, Buffer.concat([all.get(manifestFile)!, Buffer.from(" ")])),
      ["bad-signature"],
    ],
  ])("%s is found", async (_, tamper, expected) => {
    expect((await foundAmong(tamper)).sort()).toEqual(expected);
  });

  test("a manifest of an older schema is not taken, though it is signed", async () => {
    const text = entriesOf(bundle)[0]!.data.toString().replace(manifestSchema, "injectc.dev/bundle/v1");
    const signature = await signManifest(Buffer.from(text), signer);
    if (!signature.ok) throw new Error("not signed");
    const old = await foundAmong((all) => {
      all.set(manifestFile, Buffer.from(text));
      all.set(signatureFile, Buffer.from(signature.value));
    });
    expect(old).toEqual(["bad-manifest"]);
  });
});
