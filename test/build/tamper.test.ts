/** No byte of a bundle can be another without `verify` noticing; damage.test.ts shows the same of the loader. */

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { manifestFile, signatureFile } from "../../src/build/manifest.js";
import { readTrust } from "../../src/build/signature.js";
import { type BundleFiles, readTar } from "../../src/build/tar.js";
import { checkContents, verifyFiles } from "../../src/build/verify.js";
import { entriesOf } from "./attack.js";
import { lastingFolder, removeFolder } from "./fixture.js";
import { wholeBundle } from "./whole.js";

type Check = (files: BundleFiles) => ReturnType<typeof verifyFiles>;

let place: string;

beforeAll(async () => {
  place = await lastingFolder();
});

afterAll(() => removeFolder(place));

/** A whole bundle's bytes, `verify` for it, and which file's content lies where; of headers and what fills blocks up, none. */
async function opened(name: string, ...words: string[]) {
  const { bundle, certificate } = await wholeBundle(join(place, name), ...words);
  const bytes = await readFile(bundle);
  const trust = await readTrust([certificate]);
  const verify: Check = (files) => verifyFiles(bundle, files, trust.ok ? trust.value : []);
  expect(await verify(readTar(bytes) as BundleFiles)).toMatchObject({ ok: true, diagnostics: [] });
  const parts = entriesOf(bytes).map(({ path, data }) => {
    const start = data.byteOffset - bytes.byteOffset;
    return { path, start, end: start + data.length };
  });
  return {
    bytes,
    verify,
    parts,
    partOf: (at: number) => parts.find(({ start, end }) => at >= start && at < end),
  };
}

/** Changes a byte, sees that this is refused, and gives the code that it is refused with. */
async function tamper(
  bytes: Buffer,
  at: number,
  check: () => ReturnType<Check> | undefined,
): Promise<string> {
  bytes[at]! ^= 1 << (at % 8);
  const result = await check();
  bytes[at]! ^= 1 << (at % 8);
  expect([at, result?.ok ?? false]).toEqual([at, false]);
  return result?.diagnostics[0]?.code ?? "not-a-bundle";
}

/** Whether the tar can be read, and then whether it is what was signed. */
const whole = (bytes: Buffer, verify: Check) => () => {
  const files = readTar(bytes);
  return typeof files === "string" ? undefined : verify(files);
};

const signed = new Set([manifestFile, signatureFile]);

test("no byte of a bundle can be another", { timeout: 600_000 }, async () => {
  const { bytes, verify, partOf } = await opened("small", "--no-loader");
  // Parts of the bytes: a change shows in them. While no byte of those that `signed` names is another, neither is what the
  // signature is asked for, so it is not asked.
  const files = readTar(bytes) as BundleFiles;
  const seen = new Set<string>();
  for (let at = 0; at < bytes.length; at++) {
    const part = partOf(at);
    const hashed = part && !signed.has(part.path);
    seen.add(await tamper(bytes, at, hashed ? async () => checkContents(files) : whole(bytes, verify)));
  }
  console.info(`verify refused a change to each of ${bytes.length} bytes`);
  expect([...seen].sort()).toEqual(["bad-signature", "changed-file", "not-a-bundle", "untrusted-signer"]);
});

test("nor of one with a loader in it: each of its headers, and some of each file", {
  timeout: 600_000,
}, async () => {
  const { bytes, verify, parts, partOf } = await opened("large");
  const headers = Array.from(bytes.keys()).filter((at) => partOf(at) === undefined);
  // Spread by the golden ratio, with the first and the last.
  const inside = parts.flatMap(({ start, end }) =>
    Array.from({ length: 24 }, (_, i) => start + Math.floor(((i * 0.6180339887) % 1) * (end - start))).concat(
      end - 1,
    ),
  );
  const seen = new Set<string>();
  for (const at of [...headers, ...inside]) seen.add(await tamper(bytes, at, whole(bytes, verify)));
  console.info(
    `verify refused ${headers.length + inside.length} changes to a bundle of ${bytes.length} bytes`,
  );
  expect(headers.length).toBeGreaterThan(512 * (parts.length + 2));
  expect(bytes.length).toBeGreaterThan(1 << 20);
  expect(seen).toContain("changed-file");
});
