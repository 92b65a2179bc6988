import { execFileSync } from "node:child_process";
import { mkdir, readdir, readFile, rename, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readBundle, writeBundle } from "../../src/build/bundle.js";
import { manifestFile } from "../../src/build/manifest.js";
import { folder } from "./fixture.js";

const manifest = JSON.stringify({ schema: "injectc.dev/bundle/v1", files: [{ path: "objects/a.bpf.o" }] });

function files(object = "object"): Map<string, Uint8Array> {
  return new Map([
    [manifestFile, Buffer.from(manifest)],
    ["objects/a.bpf.o", Buffer.from(object)],
  ]);
}

async function problem(made: Promise<{ diagnostics: readonly { code: string; message: string }[] }>) {
  const { diagnostics } = await made;
  return diagnostics.map(({ code, message }) => `${code}: ${message}`).join();
}

test("what is written is read", async () => {
  const path = join(await folder(), "deep", "er", "x.bundle");
  expect(await problem(writeBundle(path, files()))).toBe("");
  const read = await readBundle(path);
  expect(read.ok && read.value).toEqual(files());
});

test("a bundle is replaced whole, and nothing stays beside it", async () => {
  const parent = await folder();
  const path = join(parent, "x.bundle");
  await writeBundle(path, new Map([...files("old"), ["manifest.json.p7s", Buffer.from("signature")]]));
  expect(await problem(writeBundle(path, files("new")))).toBe("");
  const read = await readBundle(path);
  expect(read.ok && read.value).toEqual(files("new"));
  expect(await readdir(parent)).toEqual(["x.bundle"]);
});

test("an empty folder is replaced", async () => {
  expect(await problem(writeBundle(await folder(), files()))).toBe("");
});

test.each<[string, (path: string) => Promise<unknown>, RegExp]>([
  ["a file", (path) => writeFile(path, ""), /^occupied: .* no folder/],
  ["a link", (path) => symlink("/tmp", path), /^occupied: .* no folder/],
  [
    "another folder",
    async (path) => {
      await mkdir(path);
      await writeFile(join(path, "thesis.txt"), "");
    },
    /^occupied: .* no bundle/,
  ],
  [
    "a folder with somebody else's manifest.json",
    async (path) => {
      await mkdir(path);
      await writeFile(join(path, manifestFile), '{"schema":"example.com/v1","files":[]}');
    },
    /^occupied: .* no bundle/,
  ],
  [
    "a bundle with a file of the user's",
    async (path) => {
      await writeBundle(path, files());
      await writeFile(join(path, "objects", "notes.txt"), "");
    },
    /^occupied: .* objects\/notes.txt/,
  ],
])("%s is not replaced", async (_, make, expected) => {
  const path = join(await folder(), "x.bundle");
  await make(path);
  const before = await readdir(join(path, "..")).then((names) => names.sort());
  expect(await problem(writeBundle(path, files()))).toMatch(expected);
  expect(await readdir(join(path, ".."))).toEqual(before);
});

test("a place that cannot be written to is told", async () => {
  const parent = await folder();
  await writeFile(join(parent, "file"), "");
  expect(await problem(writeBundle(join(parent, "file", "x.bundle"), files()))).toMatch(/^unwritable: /);
});

test.each<[string, (path: string) => unknown, RegExp]>([
  ["a link to a file", (path) => symlink("/etc/hostname", join(path, "objects", "b")), /symbolic link/],
  ["a link to a folder", (path) => symlink("/etc", join(path, "spec")), /symbolic link/],
  [
    "a link in the place of a listed file",
    async (path) => {
      await rename(join(path, "objects", "a.bpf.o"), join(path, "..", "a.bpf.o"));
      await symlink("../../a.bpf.o", join(path, "objects", "a.bpf.o"));
    },
    /symbolic link/,
  ],
  ["a pipe", (path) => execFileSync("mkfifo", [join(path, "pipe")]), /special file/],
  ["a manifest of more than 1 MiB", (path) => truncate(join(path, manifestFile), (1 << 20) + 1), /too large/],
  [
    "a file of more than 16 MiB",
    (path) => truncate(join(path, "objects", "a.bpf.o"), (16 << 20) + 1),
    /too large/,
  ],
  [
    "more than 64 MiB in all",
    async (path) => {
      for (const name of ["b", "c", "d", "e"]) {
        await writeFile(join(path, name), "");
        await truncate(join(path, name), 16 << 20);
      }
    },
    /too large/,
  ],
  [
    "folders within folders",
    (path) => mkdir(join(path, ..."123456789"), { recursive: true }),
    /more than 8 deep/,
  ],
  [
    "too many files",
    (path) => Promise.all(Array.from({ length: 1023 }, (_, i) => writeFile(join(path, `${i}`), ""))),
    /more than 1024/,
  ],
])("a bundle with %s is not read", async (_, make, expected) => {
  const path = join(await folder(), "x.bundle");
  await writeBundle(path, files());
  await make(path);
  expect(await problem(readBundle(path))).toMatch(/^not-a-bundle: /);
  expect(await problem(readBundle(path))).toMatch(expected);
});

test("what is at the limits is read", async () => {
  const path = join(await folder(), "x.bundle");
  await writeBundle(path, files());
  await truncate(join(path, "objects", "a.bpf.o"), 16 << 20);
  await truncate(join(path, manifestFile), 1 << 20);
  expect(await problem(readBundle(path))).toBe("");
});

test.each([
  ["nothing", "none", /no such file/],
  ["a file", manifestFile, /no folder/],
])("%s is no bundle", async (_, name, expected) => {
  const path = await folder();
  await writeFile(join(path, manifestFile), "");
  expect(await problem(readBundle(join(path, name)))).toMatch(expected);
});

test("the written files are readable by all who may enter", async () => {
  const path = join(await folder(), "x.bundle");
  await writeBundle(path, files());
  expect(await readFile(join(path, "objects", "a.bpf.o"), "utf8")).toBe("object");
  const mode = execFileSync("stat", ["-c", "%a", path, join(path, manifestFile)], { encoding: "utf8" });
  const mask = process.umask();
  expect(mode).toBe(`${(0o777 & ~mask).toString(8)}\n${(0o666 & ~mask).toString(8)}\n`);
});
