import { execFileSync, spawn } from "node:child_process";
import { truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { readBytes, readSource, readUnpacked } from "../../src/kernel/file.js";
import { unpack } from "../../src/kernel/unpack.js";
import { inFolder, must } from "./lab.js";

const messages = (read: { diagnostics: readonly { message: string }[] }) =>
  read.diagnostics.map((d) => d.message);

describe("what is larger than anything of a kernel's is refused", () => {
  test("a text", () =>
    inFolder((folder) => {
      const path = join(folder, "traceable.txt");
      writeFileSync(path, "vfs_read\n");
      expect(must(readSource(path)).text).toBe("vfs_read\n");
      truncateSync(path, 2 ** 25 + 1);
      expect(messages(readSource(path))).toEqual([expect.stringMatching(/more than 32 MiB/)]);
    }));

  test("a text that is large once it is unpacked", () =>
    inFolder((folder) => {
      const path = join(folder, "config.gz");
      writeFileSync(path, gzipSync(Buffer.alloc(2 ** 25 + 1, "a")));
      expect(messages(readSource(path))).toEqual([expect.stringMatching(/unpacks to more than 32 MiB/)]);
    }));

  test("a file of holes", () =>
    inFolder((folder) => {
      const path = join(folder, "vmlinux.btf");
      writeFileSync(path, "");
      truncateSync(path, 2 ** 40);
      expect(messages(readBytes(path, 1000))).toEqual([expect.stringMatching(/more than/)]);
    }));

  test("a pipe whose writer never stops", () =>
    inFolder((folder) => {
      const path = join(folder, "pipe");
      execFileSync("mkfifo", [path]);
      const writer = spawn("sh", ["-c", 'yes >"$0"', path], { stdio: "ignore" });
      try {
        expect(messages(readBytes(path, 2 ** 21))).toEqual([expect.stringMatching(/more than 2 MiB/)]);
      } finally {
        writer.kill();
      }
    }));

  test.each(["gzip", "zstd", "xz"])("an image that %s unpacks", async (tool) => {
    const packed = execFileSync(tool, ["-c"], { input: Buffer.alloc(2 ** 22 + 1) });
    expect(must(await unpack(packed, "vmlinuz", 2 ** 22 + 1)).length).toBe(2 ** 22 + 1);
    expect(messages(await unpack(packed, "vmlinuz", 2 ** 22))).toEqual([
      expect.stringMatching(/unpacks to more than 4 MiB/),
    ]);
  });
});

test("a short pipe is read to its end", () =>
  inFolder((folder) => {
    const path = join(folder, "pipe");
    execFileSync("mkfifo", [path]);
    const writer = spawn("sh", ["-c", 'echo text >"$0"', path], { stdio: "ignore" });
    expect(must(readUnpacked(path)).toString()).toBe("text\n");
    writer.kill();
  }));
