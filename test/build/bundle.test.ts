import { execFileSync } from "node:child_process";
import { mkdir, readdir, readFile, stat, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { place, readBundle, stage, withStage, writeBundle } from "../../src/build/bundle.js";
import { manifestFile } from "../../src/build/manifest.js";
import { isPath, readTar, writeTar } from "../../src/build/tar.js";
import { digest } from "../../src/build/verify.js";
import { attacks, entriesOf, packed } from "./attack.js";
import { folder } from "./fixture.js";

function files(part: Readonly<Record<string, string>> = {}, spec = "spec/a.yaml"): Map<string, Uint8Array> {
  const text = part[spec] ?? "a spec";
  const listing = [{ path: spec, sha256: digest(Buffer.from(text)) }];
  const manifest = JSON.stringify({
    schema: "injectc.dev/bundle/v1",
    spec: { file: spec },
    files: listing,
  });
  const all = {
    [spec]: text,
    "objects/a.bpf.o": "object",
    "objects/b.bpf.o": "x".repeat(512),
    [manifestFile]: manifest,
    "manifest.json.p7s": "signature",
    ...part,
  };
  return new Map(Object.entries(all).map(([path, text]) => [path, Buffer.from(text)]));
}

async function problem(made: Promise<{ diagnostics: readonly { code: string; message: string }[] }>) {
  const { diagnostics } = await made;
  return diagnostics.map(({ code, message }) => `${code}: ${message}`).join();
}

test("what is written is read, the manifest first", async () => {
  const path = join(await folder(), "deep", "er", "x.bundle");
  expect(await problem(writeBundle(path, files()))).toBe("");
  const read = await readBundle(path);
  expect(read.ok && read.value).toEqual(files());
  expect(read.ok && [...read.value.keys()]).toEqual([
    "manifest.json",
    "manifest.json.p7s",
    "objects/a.bpf.o",
    "objects/b.bpf.o",
    "spec/a.yaml",
  ]);
});

test("tar unpacks a bundle, and packs the same bytes where it is told to add nothing of its own", async () => {
  const cwd = await folder();
  const made = files({ "loader/inject-load-x86_64": "\x7fELF" });
  await writeBundle(join(cwd, "x.bundle"), made);
  execFileSync("tar", ["xpf", "x.bundle"], { cwd });
  expect((await stat(join(cwd, "loader/inject-load-x86_64"))).mode & 0o777).toBe(0o755);
  const names = execFileSync("tar", ["tf", "x.bundle"], { cwd, encoding: "utf8" }).trim().split("\n");
  expect(names.toSorted()).toEqual([...made.keys()].sort());
  const bare = ["--format=ustar", "--owner=:0", "--group=:0", "--numeric-owner", "--mtime=@0", "-b1"];
  execFileSync("tar", ["cf", "y.bundle", ...bare, ...names], { cwd });
  expect(await readFile(join(cwd, "y.bundle"))).toEqual(await readFile(join(cwd, "x.bundle")));
});

test("a bundle is replaced whole, and nothing stays beside it", async () => {
  const parent = await folder();
  const path = join(parent, "x.bundle");
  await writeBundle(path, files({ "objects/a.bpf.o": "old", "objects/c.bpf.o": "gone" }));
  expect(await problem(writeBundle(path, files()))).toBe("");
  const read = await readBundle(path);
  expect(read.ok && read.value).toEqual(files());
  expect(await readdir(parent)).toEqual(["x.bundle"]);
});

test("a bundle of another text of the spec is replaced, and that is told", async () => {
  const path = join(await folder(), "x.bundle");
  await writeBundle(path, files({ "spec/a.yaml": "another" }));
  expect(await problem(writeBundle(path, files()))).toMatch(/^replaced: .*another text of the spec/);
  const read = await readBundle(path);
  expect(read.ok && read.value).toEqual(files());
});

test.each<[string, (path: string) => Promise<unknown>, RegExp]>([
  ["a file", (path) => writeFile(path, "mine"), /^occupied: .* a file, and no bundle/],
  ["a link", (path) => symlink("/etc/hostname", path), /^occupied: .* no regular file/],
  ["a folder", (path) => mkdir(path), /^occupied: .* a folder/],
  [
    "somebody else's tar with a manifest.json",
    (path) =>
      writeFile(path, packed([{ path: manifestFile, data: Buffer.from('{"schema":"example.com/v1"}') }])),
    /^occupied: .* no bundle/,
  ],
  [
    "a bundle of another spec file",
    (path) => writeBundle(path, files({}, "spec/b.yaml")),
    /^occupied: .* made from another file, `spec\/b.yaml`/,
  ],
])("%s is not replaced", async (_, make, expected) => {
  const path = join(await folder(), "x.bundle");
  await make(path);
  expect(await problem(writeBundle(path, files()))).toMatch(expected);
  expect(await readdir(join(path, ".."))).toEqual(["x.bundle"]);
});

test("of several bundles none is placed if one is in another's way", async () => {
  const parent = await folder();
  await writeFile(join(parent, "b.bundle"), "mine");
  const placed = await withStage(parent, async (aside) => {
    const staged = ["a", "b"].map((name) => stage(join(parent, `${name}.bundle`), files(), aside));
    const all = await Promise.all(staged);
    return place(all.flatMap((one) => (one.ok ? [one.value] : [])));
  });
  expect(await problem(Promise.resolve(placed))).toMatch(/^occupied: [^,]* a file, and no bundle$/);
  expect(await readdir(parent)).toEqual(["b.bundle"]);
});

test("a place that cannot be written to is told", async () => {
  const parent = await folder();
  await writeFile(join(parent, "file"), "");
  const file = join(parent, "file");
  const refused = async (...path: string[]) => problem(writeBundle(join(file, ...path, "x.bundle"), files()));
  expect(await refused()).toBe(`unwritable: cannot write ${file}: a step of the path is no folder`);
  // By the path that was given, and what of it is there.
  const nested = `unwritable: cannot write ${file}/a/b: a step of the path is no folder, in ${file}`;
  expect(await refused("a", "b")).toBe(nested);
});

test("the attacks begin with what is sound", async () => {
  const bytes = Buffer.from(writeTar(files()));
  expect(packed(entriesOf(bytes))).toEqual(bytes);
});

test.each(attacks)("a bundle with %s is not read", async (_, change, says) => {
  const path = join(await folder(), "x.bundle");
  await writeFile(path, change(Buffer.from(writeTar(files()))));
  expect(await problem(readBundle(path))).toMatch(/^not-a-bundle: /);
  expect(await problem(readBundle(path))).toMatch(says);
});

test("no byte outside of the files' own can be another", () => {
  const bytes = Buffer.from(writeTar(files()));
  const own = entriesOf(bytes).map(({ data }) => data.byteOffset - bytes.byteOffset);
  const sizes = entriesOf(bytes).map(({ data }) => data.length);
  let tried = 0;
  for (let at = 0; at < bytes.length; at++) {
    if (own.some((start, i) => at >= start && at < start + sizes[i]!)) continue;
    for (const flip of [1, 0x80, 0x20]) {
      bytes[at]! ^= flip;
      expect([at, flip, typeof readTar(bytes)]).toEqual([at, flip, "string"]);
      bytes[at]! ^= flip;
      tried++;
    }
  }
  expect(tried).toBeGreaterThan(3 * 5 * 512);
});

test("what is at the limits is read", async () => {
  const path = join(await folder(), "x.bundle");
  const huge = new Map<string, Uint8Array>([
    ...files(),
    [manifestFile, Buffer.alloc(1 << 20)],
    ["manifest.json.p7s", Buffer.alloc(1 << 16)],
    ["objects/a.bpf.o", Buffer.alloc(16 << 20)],
    ["z".repeat(99), Buffer.alloc(0)],
  ]);
  await writeFile(path, writeTar(huge));
  expect(await problem(readBundle(path))).toBe("");
  await truncate(path, (64 << 20) + 1);
  expect(await problem(readBundle(path))).toMatch(/larger than 64 MiB/);
});

test.each<[string, (path: string) => unknown, RegExp]>([
  ["nothing", () => {}, /no such file/],
  ["a folder", (path) => mkdir(path), /is a folder/],
  ["a pipe", (path) => execFileSync("mkfifo", [path]), /no regular file/],
])("%s is no bundle", async (_, make, expected) => {
  const path = join(await folder(), "x.bundle");
  await make(path);
  expect(await problem(readBundle(path))).toMatch(expected);
});

test("a bundle may be read through a link", async () => {
  const place = await folder();
  await writeBundle(join(place, "x.bundle"), files());
  await symlink("x.bundle", join(place, "y.bundle"));
  expect(await problem(readBundle(join(place, "y.bundle")))).toBe("");
});

test("the written file is readable by all who may enter", async () => {
  const path = join(await folder(), "x.bundle");
  await writeBundle(path, files());
  expect((await stat(path)).mode & 0o777).toBe(0o666 & ~process.umask());
});

test.each<[string, boolean]>([
  ["objects/fmod_ret-2-x86_64.bpf.o", true],
  ["z".repeat(99), true],
  ["z".repeat(100), false],
  ...[
    "",
    "/",
    "a/",
    "/a",
    "a//b",
    ".",
    "..",
    "a/..",
    "../a",
    ".a",
    "a/.b",
    "-a",
    "a b",
    "ä",
    "a\n",
    "a\0",
  ].map((path): [string, boolean] => [path, false]),
])("%j is a path in a bundle: %s", (path, good) => {
  expect(isPath(path)).toBe(good);
});
