/** Archives, as busybox's cpio reads them. */

import { execa } from "execa";
import { expect, test } from "vitest";
import { archive, type Entry } from "../../../src/vm/cpio.js";
import { folder } from "./lab.js";

const entries: readonly Entry[] = [
  { kind: "file", path: "deep/er/script", mode: 0o755, data: Buffer.from("echo hello\n") },
  { kind: "file", path: "a", mode: 0o644, data: Buffer.from("replaced") },
  { kind: "file", path: "a", mode: 0o600, data: new Uint8Array() },
  { kind: "link", path: "deep/link", target: "er/script" },
  { kind: "device", path: "dev/ttyS1", major: 4, minor: 65 },
];

test("holds each entry as it was given, and the folders above it", async () => {
  const { stdout } = await execa("busybox", ["cpio", "-t", "-v"], { input: archive(entries) });
  const rights = stdout.split("\n").map((line) => `${line.slice(0, 10)} ${line.split(" ").at(-1)}`);
  expect(rights).toEqual([
    "-rw------- a",
    "drwxr-xr-x deep",
    "drwxr-xr-x deep/er",
    "-rwxr-xr-x deep/er/script",
    "lrwxrwxrwx er/script",
    "drwxr-xr-x dev",
    "crw------- dev/ttyS1",
  ]);
});

test("a device has its numbers in the header's tenth and eleventh field", () => {
  const text = archive(entries).toString("latin1");
  const fields = text.slice(text.indexOf("dev/ttyS1") - 110).slice(6 + 9 * 8, 6 + 11 * 8);
  expect(fields).toBe("0000000400000041");
});

test("files come out as they went in", async () => {
  const cwd = await folder();
  const bytes = Buffer.from(Array.from({ length: 1027 }, (_, i) => i & 255));
  const input = archive([...entries.slice(0, 4), { kind: "file", path: "bytes", mode: 0o644, data: bytes }]);
  await execa("busybox", ["cpio", "-i", "-d"], { cwd, input });
  const { stdout } = await execa("cat", ["bytes"], { cwd, encoding: "buffer", stripFinalNewline: false });
  expect(Buffer.from(stdout)).toEqual(bytes);
  expect((await execa("sh", ["deep/link"], { cwd })).stdout).toBe("hello");
});

test("the same entries in another order are the same bytes", () => {
  const [script, , a, link, device] = entries;
  expect(archive([device!, a!, link!, script!])).toEqual(archive([script!, a!, link!, device!]));
});
