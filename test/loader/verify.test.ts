import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { manifestFile, signatureFile } from "../../src/build/manifest.js";
import { attacks, type Entry, entriesOf, packed } from "../build/attack.js";
import { listing, openLab, refused } from "./lab.js";

const lab = await openLab();
const bundle = await lab.bundle();
const refusedUnread = refused("open", "verify");

test("an untouched bundle is taken, up to the choice of an object", async () => {
  expect(await lab.load(bundle, "--all")).toSatisfy(refused("select"));
  const repacked = lab.changed(bundle, (bytes) => packed(entriesOf(bytes)));
  expect(readFileSync(repacked)).toEqual(readFileSync(bundle));
  symlinkSync(bundle, lab.path("link"));
  expect(await lab.load(lab.path("link"), "--all")).toSatisfy(refused("select"));
});

test.each(attacks)("a bundle with %s is refused", async (_, change, says) => {
  const outcome = await lab.load(lab.changed(bundle, change), "--all");
  expect(outcome).toSatisfy(refused("open"));
  expect(outcome.lines[0].message).toMatch(/^this is no bundle: /);
  expect(outcome.lines[0].message).toMatch(says);
});

const files = [
  manifestFile,
  signatureFile,
  "objects/bananas.bpf.o",
  "objects/bananas.bpf.c",
  "spec/bananas.yaml",
];

test.each(files)("a flipped byte anywhere in %s is refused", async (name) => {
  // damage.test.ts tries every place; these go the whole way.
  for (const part of [0, 0.37, 0.97]) {
    const changed = lab.changed(bundle, (bytes) => {
      const { data } = entriesOf(bytes).find(({ path }) => path === name)!;
      data[Math.floor(part * data.length)]! ^= 0x20;
      return bytes;
    });
    expect(await lab.load(changed, "--all")).toSatisfy(refusedUnread);
  }
});

/** The bundle with entries changed, and soundly repacked; undefined takes one away. */
function amended(changes: Readonly<Record<string, Buffer | string | undefined>>): string {
  return lab.changed(bundle, (bytes) => {
    const all = new Map(entriesOf(bytes).map(({ path, data }) => [path, data]));
    for (const [path, data] of Object.entries(changes)) {
      if (data === undefined) all.delete(path);
      else all.set(path, Buffer.from(data));
    }
    return packed([...all].map(([path, data]): Entry => ({ path, data })));
  });
}

const own = (name: string) => entriesOf(readFileSync(bundle)).find(({ path }) => path === name)!.data;

const tamperings: readonly [string, Readonly<Record<string, Buffer | string | undefined>>, RegExp][] = [
  ["a missing file", { "spec/bananas.yaml": undefined }, /`spec\/bananas.yaml` is missing/],
  ["a missing signature", { [signatureFile]: undefined }, /is not signed/],
  ["an extra file", { "spec/extra": "" }, /`spec\/extra` is in the bundle, but not/],
  ["a renamed file", { "spec/bananas.yaml": undefined, "spec/c.yaml": "kind: Injection\n" }, /is missing/],
  ["a byte appended", { "spec/bananas.yaml": "kind: Injection\n\n" }, /has 17 bytes, not the 16/],
  ["a byte cut off", { "spec/bananas.yaml": "kind: Injection" }, /has 15 bytes, not the 16/],
  [
    "a byte behind the signature",
    { [signatureFile]: Buffer.concat([own(signatureFile), Buffer.alloc(1)]) },
    /is not one detached CMS/,
  ],
  ["an empty signature", { [signatureFile]: "" }, /is not one detached CMS/],
  ["an empty manifest", { [manifestFile]: "" }, /does not hold/],
];

test.each(tamperings)("%s is refused", async (_, changes, message) => {
  const outcome = await lab.load(amended(changes), "--all");
  expect(outcome).toSatisfy(refusedUnread);
  expect(outcome.lines[0].message).toMatch(message);
});

test("what is no file, or too large a one, is no bundle", async () => {
  mkdirSync(lab.path("folder"));
  execFileSync("mkfifo", [lab.path("fifo")]);
  writeFileSync(lab.path("huge"), "");
  truncateSync(lab.path("huge"), 10 * 2 ** 30);
  const rows: [string, RegExp][] = [
    ["none", /No such file/],
    ["folder", /is a folder/],
    ["fifo", /no regular file/],
    ["huge", /larger than 64 MiB/],
  ];
  for (const [name, message] of rows) {
    const outcome = await lab.load(lab.path(name), "--all");
    expect(outcome).toSatisfy(refused("open"));
    expect(outcome.lines[0].message).toMatch(message);
  }
});

test("another bundle's signature does not do, nor its manifest", async () => {
  const other = entriesOf(
    readFileSync(
      await lab.bundle(({ manifest }) => {
        manifest.name = "apples";
      }),
    ),
  );
  for (const { path, data } of other.slice(0, 2)) {
    expect(await lab.load(amended({ [path]: data }), "--all")).toSatisfy(refused("verify"));
  }
});

test("a bundle of an older schema is not taken, though it is signed", async () => {
  const old = await lab.bundle(({ manifest }) => {
    manifest.schema = "injectc.dev/bundle/v1";
  });
  const outcome = await lab.load(old, "--all");
  expect(outcome).toSatisfy(refused("verify"));
  expect(outcome.lines[0].message).toContain("has the schema `injectc.dev/bundle/v1`; this loader knows");
});

test.each([
  "../outside",
  "/etc/passwd",
  "spec/../spec/x",
  "./x",
  "spec//x",
  "",
  "spec/",
  manifestFile,
])("the path %j is refused in a manifest", async (path) => {
  const bundle = await lab.bundle(({ manifest }) => {
    manifest.files = [...listing(new Map([[path, Buffer.from("x")]])), ...manifest.files];
  });
  const outcome = await lab.load(bundle, "--all");
  expect(outcome).toSatisfy(refused("verify"));
  expect(outcome.lines[0].message).toContain("is not a path inside a bundle");
});
