import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import { sectionOf } from "../../src/btf/elf.js";
import { readBtf } from "../../src/btf/read.js";
import { readImage } from "../../src/kernel/image.js";
import { inFolder, must, told } from "./lab.js";

const btf = smallBtf();
const banner = "Linux version %s\0Linux version 6.12.7-test (root@vm)\0";

/** BTF that has what the tests look for. */
function smallBtf(): Buffer {
  const c = "struct dentry { int d; } d; int should_failslab(struct dentry *d) { return d->d; }";
  const options = ["-target", "bpf", "-g", "-O2", "-xc", "-c", "-", "-o", "-"];
  const object = execFileSync("clang-19", options, { input: c });
  return Buffer.from(must(sectionOf(object, ".BTF", "small"))!);
}

/** An ELF object of the architecture with the banner, and with the BTF unless told otherwise. */
async function elf(target: string, types: Buffer | null = btf): Promise<Buffer> {
  return inFolder((folder) => {
    const at = (name: string) => join(folder, name);
    const c = `const char banner[] = ${JSON.stringify(banner).replaceAll("\\u0000", "\\0")};`;
    execFileSync("clang-19", ["-target", target, "-xc", "-c", "-", "-o", at("plain.o")], { input: c });
    if (!types) return readFileSync(at("plain.o"));
    writeFileSync(at("btf"), types);
    execFileSync("llvm-objcopy-19", ["--add-section", `.BTF=${at("btf")}`, at("plain.o"), at("btf.o")]);
    return readFileSync(at("btf.o"));
  });
}

/** A bzImage around a payload: the fields of the setup header that say where it is, in a file of zeros. */
function bzImage(payload: Buffer, { length = payload.length, protocol = 0x20f } = {}): Buffer {
  const head = Buffer.alloc(3 * 512);
  head[0x1f1] = 1;
  head.writeUInt16LE(0xaa55, 0x1fe);
  head.write("HdrS", 0x202);
  head.writeUInt16LE(protocol, 0x206);
  head.writeUInt16LE(0x280, 0x20e);
  head.write("6.12.7-boot (root@vm) #1 SMP", 0x480);
  head.writeUInt32LE(512, 0x248);
  head.writeUInt32LE(length, 0x24c);
  return Buffer.concat([head, payload, Buffer.alloc(64)]);
}

/** What scripts/Makefile.lib makes of the kernel for its formats. */
function packed(command: readonly [string, ...string[]], content: Buffer): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32LE(content.length);
  const [tool, ...options] = command;
  return Buffer.concat([execFileSync(tool, options, { input: content, maxBuffer: 2 ** 30 }), size]);
}

const formats: readonly [string, string, ...string[]][] = [
  ["bzip2", "bzip2", "-9"],
  ["lzma", "xz", "--format=lzma"],
  ["xz", "xz", "--check=crc32", "--x86", "--lzma2"],
  ["lz4", "lz4", "-l", "-9", "-", "-"],
  ["lzo", "lzop", "-9"],
  ["zstd", "zstd", "-9"],
];

async function typesOf(bytes: Uint8Array) {
  const image = must(await readImage(bytes, "test"));
  return must(readBtf(must(await image.types()), "test"));
}

async function codesOf(bytes: Uint8Array): Promise<string[]> {
  const image = await readImage(bytes, "test");
  return told(image.ok ? (await image.value.types()).diagnostics : image.diagnostics);
}

describe("bzImage", async () => {
  const vmlinux = await elf("x86_64-linux-gnu");

  test("tells its release and architecture without being unpacked", async () => {
    const image = must(await readImage(bzImage(Buffer.from("never looked at")), "test"));
    expect(image).toMatchObject({ arch: "x86_64", release: "6.12.7-boot", bootable: true });
  });

  test("gzipped as a whole it cannot be booted", async () => {
    const image = must(await readImage(gzipSync(bzImage(gzipSync(vmlinux))), "test"));
    expect(image).toMatchObject({ arch: "x86_64", release: "6.12.7-boot", bootable: false });
  });

  test.each(formats)("unpacks %s", async (_, tool, ...options) => {
    const types = await typesOf(bzImage(packed([tool, ...options], vmlinux)));
    expect(types.find("function", "should_failslab")).toHaveLength(1);
  });

  test("unpacks gzip, which has no size behind it", async () => {
    expect((await typesOf(bzImage(gzipSync(vmlinux)))).find("struct", "dentry")).toHaveLength(1);
  });

  test.each([
    ["no known format", bzImage(Buffer.from("0123456789")), ["damaged-image"]],
    ["a cut payload", bzImage(gzipSync(vmlinux).subarray(0, 300)), ["damaged-image"]],
    ["a damaged payload", bzImage(packed(["xz"], vmlinux).fill(1, 100, 200)), ["damaged-image"]],
    ["a payload past the end", bzImage(gzipSync(vmlinux), { length: 2 ** 31 }), ["damaged-image"]],
    ["no payload", bzImage(gzipSync(vmlinux), { length: 0 }), ["damaged-image"]],
    ["an old boot protocol", bzImage(gzipSync(vmlinux), { protocol: 0x207 }), ["damaged-image"]],
    ["content that is no ELF file", bzImage(gzipSync(Buffer.from("text"))), ["bad-elf"]],
  ])("rejects %s", async (_, bytes, codes) => expect(await codesOf(bytes)).toEqual(codes));

  test("rejects a kernel without BTF", async () => {
    const plain = await elf("x86_64-linux-gnu", null);
    expect(await codesOf(bzImage(gzipSync(plain)))).toEqual(["kernel-without-btf"]);
  });

  describe("without tools", () => {
    const { PATH } = process.env;
    afterEach(() => {
      process.env.PATH = PATH;
    });

    test.each([
      ["xz", "xz-utils"],
      ["zstd", "zstd"],
    ] as const)("%s: names the Debian package", async (tool, name) => {
      const bytes = bzImage(packed([tool], vmlinux));
      process.env.PATH = "/nowhere";
      const image = must(await readImage(bytes, "test"));
      const { diagnostics } = await image.types();
      expect(diagnostics).toMatchObject([
        { code: "no-unpacker", help: [`install Debian's package \`${name}\``] },
      ]);
    });
  });
});

describe("ELF", () => {
  test.each([
    ["x86_64-linux-gnu", "x86_64"],
    ["aarch64-linux-gnu", "arm64"],
  ])("%s: release from the banner", async (target, arch) => {
    const bytes = await elf(target);
    const image = must(await readImage(bytes, "test"));
    expect(image).toMatchObject({ arch, release: "6.12.7-test", bootable: false });
    expect((await typesOf(bytes)).count).toBe(must(readBtf(btf, "raw")).count);
  });

  test("for BPF it is type information alone", async () => {
    const image = must(await readImage(await elf("bpf"), "test"));
    expect(image.arch).toBeUndefined();
  });

  test("rejects another architecture", async () => {
    expect(await codesOf(await elf("riscv64-linux-gnu"))).toEqual(["other-architecture"]);
  });
});

/** An arm64 Image with the BTF somewhere inside, and what looks like the start of one before it. */
function arm64(): Buffer {
  const head = Buffer.alloc(64);
  head.write("ARM\x64", 56);
  const decoy = Buffer.concat([btf.subarray(0, 8), Buffer.alloc(24, 0xff)]);
  return Buffer.concat([head, decoy, Buffer.from(banner), Buffer.alloc(3), btf, Buffer.alloc(100)]);
}

/** An EFI image that unpacks itself. */
function selfUnpacking(content: Buffer, length = content.length): Buffer {
  const head = Buffer.alloc(64);
  head.write("MZ\0\0zimg");
  head.writeUInt32LE(64, 8);
  head.writeUInt32LE(length, 12);
  return Buffer.concat([head, content, Buffer.alloc(16)]);
}

describe("arm64 Image", () => {
  test.each([
    ["plain", arm64()],
    ["gzipped", gzipSync(arm64())],
    ["in an EFI image", selfUnpacking(gzipSync(arm64()))],
    [
      "in an EFI image, zstd",
      selfUnpacking(execFileSync("zstd", ["-c"], { input: arm64(), maxBuffer: 2 ** 30 })),
    ],
  ])("%s", async (_, bytes) => {
    const image = must(await readImage(bytes, "test"));
    expect(image).toMatchObject({ arch: "arm64", release: "6.12.7-test", bootable: true });
    expect(Buffer.compare(must(await image.types()), btf)).toBe(0);
  });

  test.each([
    ["one without BTF", arm64().subarray(0, 150), ["kernel-without-btf"]],
    ["one that ends in its BTF", arm64().subarray(0, -200), ["kernel-without-btf"]],
    ["an EFI image of something else", selfUnpacking(gzipSync(Buffer.from("text"))), ["not-a-kernel"]],
    ["an EFI image that is cut", selfUnpacking(gzipSync(arm64()), 2 ** 30), ["damaged-image"]],
  ])("rejects %s", async (_, bytes, codes) => expect(await codesOf(bytes)).toEqual(codes));
});

describe("anything else", () => {
  test.each([
    ["nothing", Buffer.alloc(0), ["not-a-kernel"]],
    ["text", Buffer.from("CONFIG_BPF=y\n"), ["not-a-kernel"]],
    ["gzip in gzip", gzipSync(gzipSync(btf)), ["not-a-kernel"]],
    ["damaged gzip", gzipSync(btf).fill(0, 50, 100), ["damaged-image"]],
    ["the start of an ELF file", Buffer.from("\x7fELF"), ["bad-elf"]],
  ])("rejects %s", async (_, bytes, codes) => {
    const image = await readImage(bytes, "test");
    const types = image.ok ? await image.value.types() : image;
    expect(told(types.ok ? readBtf(types.value, "test").diagnostics : types.diagnostics)).toEqual(codes);
  });

  test("gzipped BTF is BTF", async () => {
    expect((await typesOf(gzipSync(btf))).find("struct", "dentry")).toHaveLength(1);
  });
});
