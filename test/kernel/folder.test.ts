import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { readFolder } from "../../src/kernel/folder.js";
import { fact, inFolder, must, told } from "./lab.js";

const btf = fact("lab-6.12", "vmlinux.btf");
const config = "# Linux/x86 6.12.7 Kernel Configuration\nCONFIG_X86_64=y\n";

/** Facts from folders that hold these files. */
function facts(...folders: readonly Readonly<Record<string, string | Buffer>>[]) {
  return inFolder(async (work) => {
    const paths = folders.map((files, i) => {
      const folder = join(work, String(i));
      mkdirSync(folder);
      for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
      return folder;
    });
    const read = await readFolder(paths);
    const image = read.ok ? read.value.image : undefined;
    return { read, image: image?.slice(work.length + 1) };
  });
}

describe("a kernel's folder", () => {
  test.each([
    ["plain", (content: string | Buffer): [string, string | Buffer] => ["", content]],
    ["gzipped", (content: string | Buffer): [string, string | Buffer] => [".gz", gzipSync(content)]],
  ])("all files, %s", async (_, stored) => {
    const files = {
      "vmlinux.btf": btf,
      config,
      "injectable.txt": "should_failslab\tERRNO\n",
      "traceable.txt": "vfs_read\n",
      "syscalls.txt": "dup(unsigned int fildes)\n",
    };
    const named = Object.entries(files).map(([name, content]) => {
      const [ending, bytes] = stored(content);
      return [name + ending, bytes];
    });
    const { read } = await facts(Object.fromEntries(named));
    const value = must(read);
    expect(value).toMatchObject({ release: "6.12.7", arch: "x86_64", image: undefined });
    expect(value.btf.find("struct", "dentry")).toHaveLength(1);
    expect(value.config!()!.get("X86_64")).toBe("y");
    expect([...value.injectable!()!]).toEqual([["should_failslab", "ERRNO"]]);
    expect([...value.traceable!()!]).toEqual(["vfs_read"]);
    expect([...value.syscalls!()!]).toEqual([["dup", ["unsigned int fildes"]]]);
  });

  test("what is not there is not known; an empty list is known to be empty", async () => {
    const value = must((await facts({ "vmlinux.btf": btf, "injectable.txt": "" })).read);
    expect(value.injectable!()).toEqual(new Map());
    expect([value.traceable, value.syscalls, value.config, value.release, value.arch, value.image]).toEqual(
      Array(6).fill(undefined),
    );
  });

  test("each file comes from the first folder that has it", async () => {
    const own = { vmlinuz: "image", config: config.replace("6.12.7", "6.12.9") };
    const { read, image } = await facts(own, {
      "vmlinux.btf": btf,
      config,
      "traceable.txt.gz": gzipSync("vfs_read\n"),
    });
    expect(must(read)).toMatchObject({ release: "6.12.9" });
    expect([...must(read).traceable!()!]).toEqual(["vfs_read"]);
    expect(image).toBe("0/vmlinuz");
  });

  test("the image is not looked into where BTF and configuration tell all", async () => {
    expect((await facts({ vmlinuz: "no image", "vmlinux.btf": btf, config })).image).toBe("0/vmlinuz");
    expect(
      (await facts({ "vmlinuz.gz": gzipSync("no image"), "vmlinux.btf": btf, config })).image,
    ).toBeUndefined();
  });

  test.each([
    ["nothing", {}, ["empty-kernel-folder"]],
    ["files of other names", { "vmlinux.btf.xz": "x", README: "x" }, ["empty-kernel-folder"]],
    ["lists without types", { config, "injectable.txt": "a\tNULL\n" }, ["kernel-without-btf"]],
    ["damaged BTF", { "vmlinux.btf": btf.subarray(0, 1000) }, ["bad-btf"]],
    ["text in the place of BTF", { "vmlinux.btf": "text" }, ["not-btf"]],
    ["what is no image", { vmlinuz: "text", config }, ["not-a-kernel"]],
    [
      "what is no image, beside BTF that tells no release",
      { vmlinuz: "text", "vmlinux.btf": btf },
      ["not-a-kernel"],
    ],
    ["damaged gzip", { "vmlinux.btf": btf, "config.gz": "text" }, ["damaged-image"]],
    [
      "every damaged list at once",
      {
        "vmlinux.btf": btf,
        config: "CONFIG_A=y\nCONFIG",
        "injectable.txt": "a\tNULL\n\nb\n",
        "traceable.txt": "a b\n",
        "syscalls.txt": "a(\n",
      },
      ["damaged-list 2:1-2:7", "damaged-list 3:1-3:2", "damaged-list 1:1-1:4", "damaged-list 1:1-1:3"],
    ],
  ])("rejects %s", async (_, files, expected) => {
    const { read } = await facts(files as Record<string, string | Buffer>);
    expect(read.ok).toBe(false);
    expect(told(read.diagnostics)).toEqual(expected);
  });
});
