import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { isElf, sectionOf } from "../../src/btf/elf.js";
import { readBtf } from "../../src/btf/read.js";
import { assemble } from "./assemble.js";
import { compile, fixture, inFolder, unwrap } from "./fixture.js";

const object = compile(fixture("types.c"));

/** The file after `llvm-objcopy` with the options. */
function objcopy(bytes: Uint8Array, ...options: readonly string[]): Uint8Array {
  return inFolder((folder) => {
    const [from, to] = [join(folder, "from.o"), join(folder, "to.o")];
    writeFileSync(from, bytes);
    execFileSync("llvm-objcopy-19", [...options, from, to]);
    return readFileSync(to);
  });
}

function assembleElf(target: string, source: string): Uint8Array {
  return inFolder((folder) => {
    const file = join(folder, "made.o");
    execFileSync("clang-19", ["-target", target, "-c", "-xassembler", "-", "-o", file], { input: source });
    return readFileSync(file);
  });
}

/** The file with some of its bytes replaced. */
function patched(
  bytes: Uint8Array,
  ...patches: readonly (readonly [at: number, bytes: readonly number[]])[]
) {
  const copy = Uint8Array.from(bytes);
  for (const [at, values] of patches) copy.set(values, at);
  return copy;
}

const view = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
const tableAt = Number(view(object).getBigUint64(0x28, true));
const count = view(object).getUint16(0x3c, true);
const namesIndex = view(object).getUint16(0x3e, true);
const indexOf = (section: string) => {
  const found = unwrap(sectionOf(object, section, "types.o"))!;
  const at = found.byteOffset - object.byteOffset;
  for (let i = 0; i < count; i++) {
    if (Number(view(object).getBigUint64(tableAt + 64 * i + 0x18, true)) === at) return i;
  }
  throw new Error(`no ${section}`);
};
const headerOf = (section: string) => tableAt + 64 * indexOf(section);

describe("sections", () => {
  test.each([".BTF", ".strtab"])("%s is what objcopy takes out", (section) => {
    const taken = inFolder((folder) => {
      const [from, to] = [join(folder, "from.o"), join(folder, "section")];
      writeFileSync(from, object);
      execFileSync("llvm-objcopy-19", [`--dump-section=${section}=${to}`, from]);
      return readFileSync(to);
    });
    expect(taken.equals(unwrap(sectionOf(object, section, "types.o"))!)).toBe(true);
  });

  test.each([".BT", ".BTF.", "license"])("there is no %s", (section) => {
    expect(unwrap(sectionOf(object, section, "types.o"))).toBeUndefined();
  });

  test("more than the file's header can number", () => {
    const lines = Array.from({ length: 66_000 }, (_, i) => `.section s${i}\n.byte ${i % 256}`);
    const many = assembleElf("x86_64-linux-gnu", lines.join("\n"));
    expect(view(many).getUint16(0x3c, true)).toBe(0);
    expect([...unwrap(sectionOf(many, "s65999", "many.o"))!]).toEqual([65999 % 256]);
    expect(unwrap(sectionOf(many, "s66000", "many.o"))).toBeUndefined();
  });

  test("a file without a table has none", () => {
    expect(unwrap(sectionOf(patched(object, [0x28, Array(8).fill(0)]), ".BTF", "types.o"))).toBeUndefined();
  });

  test("only ELF starts like ELF", () => {
    expect(isElf(object)).toBe(true);
    expect(isElf(object.subarray(0, 3))).toBe(false);
    expect(isElf(assemble({}))).toBe(false);
  });
});

describe("what cannot be read", () => {
  const other = '\n.section .BTF,"",@progbits\n.byte 1\n';
  test.each<readonly [string, () => Uint8Array, string, string]>([
    ["text", () => Buffer.from("struct qstr;"), ".BTF", "bad-elf at byte 0"],
    ["a file that ends in its header", () => object.subarray(0, 63), ".BTF", "bad-elf at byte 63"],
    ["a file without its table", () => object.subarray(0, tableAt + 63), ".BTF", "bad-elf at byte 40"],
    ["a file that ends in its table", () => object.subarray(0, tableAt + 64), ".BTF", "bad-elf at byte 60"],
    ["section headers of no size", () => patched(object, [0x3a, [8, 0]]), ".BTF", "bad-elf at byte 58"],
    ["no such section of names", () => patched(object, [0x3e, [count, 0]]), ".BTF", "bad-elf at byte 62"],
    [
      "a section of names outside",
      () => patched(object, [tableAt + 64 * namesIndex + 0x18, [0, 0, 0, 0, 0, 0, 0, 255]]),
      ".BTF",
      `bad-elf at byte ${tableAt + 64 * namesIndex}`,
    ],
    [
      "a section that ends outside",
      () => patched(object, [headerOf(".BTF") + 0x23, [255]]),
      ".BTF",
      `bad-elf at byte ${headerOf(".BTF")}`,
    ],
    ["a 32-bit file", () => assembleElf("i386-linux-gnu", other), ".BTF", "unsupported-elf"],
    [
      "a compressed section",
      () => objcopy(compile(`int a[] = {${"1,".repeat(500)}};`), "--compress-debug-sections=zlib"),
      ".debug_info",
      "unsupported-elf",
    ],
    ["a section of zeroes to be", () => object, ".bss", "empty-section"],
    [
      "a file of debug information only",
      () => objcopy(objcopy(object, "--set-section-flags=.BTF=alloc"), "--only-keep-debug"),
      ".BTF",
      "empty-section",
    ],
  ])("%s", (_, make, section, expected) => {
    const result = sectionOf(make(), section, "made.o");
    expect(result.ok).toBe(false);
    const [diagnostic] = result.diagnostics;
    const at = /at byte \d+/.exec(diagnostic!.message)?.[0];
    expect([diagnostic!.code, at].filter(Boolean).join(" ")).toBe(expected);
  });

  test("any part of a file gives a section or a diagnostic", () => {
    for (let length = 0; length <= object.length; length++) {
      const result = sectionOf(object.subarray(0, length), ".BTF", "part.o");
      if (result.ok) expect(length).toBe(object.length);
      else expect(result.diagnostics[0]!.code).toBe("bad-elf");
    }
  });
});

describe("files", () => {
  const codesOf = (bytes: Uint8Array) => readBtf(bytes, "file").diagnostics.map(({ code }) => code);

  test("raw BTF and the ELF file that holds it are the same", () => {
    const section = unwrap(sectionOf(object, ".BTF", "types.o"))!;
    const [raw, elf] = [unwrap(readBtf(section, "raw")), unwrap(readBtf(object, "elf"))];
    expect(raw.count).toBe(elf.count);
    expect(raw.type(elf.count - 1)).toEqual(elf.type(elf.count - 1));
  });

  test.each<readonly [string, () => Uint8Array, string]>([
    ["nothing", () => new Uint8Array(), "not-btf"],
    ["text", () => Buffer.from("[1] INT 'int' size=4\n"), "not-btf"],
    ["an ELF file without BTF", () => objcopy(object, "--remove-section=.BTF"), "no-btf-section"],
    ["a damaged ELF file", () => object.subarray(0, 100), "bad-elf"],
    ["an ELF file with damaged BTF", () => objcopy(object, "--update-section=.BTF=/dev/null"), "bad-btf"],
    [
      "a module over a base of its own",
      () => objcopy(object, "--add-section=.BTF.base=/dev/null"),
      "unsupported-btf",
    ],
  ])("%s", (_, make, code) => expect(codesOf(make())).toEqual([code]));

  test("says what to do", () => {
    const [diagnostic] = readBtf(objcopy(object, "--remove-section=.BTF"), "vmlinux").diagnostics;
    expect(diagnostic!.message).toContain("`vmlinux`");
    expect(diagnostic!.help.join()).toContain("CONFIG_DEBUG_INFO_BTF");
  });
});
