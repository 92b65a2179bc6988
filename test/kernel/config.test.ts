import { describe, expect, test } from "vitest";
import { configArch, configList, configRelease } from "../../src/kernel/config.js";
import { readList } from "../../src/kernel/lists.js";
import { fact, labNames, must, told } from "./lab.js";

const read = (text: string) => readList(configList, { name: "config", text });

describe("config", () => {
  test("values by name, strings without quotes, nothing for what is not set", () => {
    const text = [
      "#",
      "# Automatically generated file; DO NOT EDIT.",
      "",
      "CONFIG_BPF=y",
      "CONFIG_LOOP=m",
      "CONFIG_OLD=n",
      "# CONFIG_SLOB is not set",
      "CONFIG_NR_CPUS=8",
      "CONFIG_LOW=-1",
      "CONFIG_START=0xffFF80",
      'CONFIG_EMPTY=""',
      'CONFIG_LSM="bpf,\\"x\\\\y\\""\r',
    ].join("\n");
    expect([...must(read(text))()]).toEqual([
      ["BPF", "y"],
      ["LOOP", "m"],
      ["NR_CPUS", "8"],
      ["LOW", "-1"],
      ["START", "0xffFF80"],
      ["EMPTY", ""],
      ["LSM", 'bpf,"x\\y"'],
    ]);
  });

  test.each([
    ["a cut line", "CONFIG_BPF=y\nCONFIG_BP", ["damaged-list 2:1-2:10"]],
    ["a cut string", 'CONFIG_LSM="bp', ["damaged-list 1:1-1:15"]],
    [
      "another list",
      "should_failslab\tERRNO\nCONFIG_A=y\nvfs_read\n",
      ["damaged-list 1:1-1:22", "damaged-list 3:1-3:9"],
    ],
    ["no number", "CONFIG_HZ=2x", ["damaged-list 1:1-1:13"]],
  ])("rejects %s", (_, text, expected) => expect(told(read(text).diagnostics)).toEqual(expected));

  test.each(labNames)("reads that of %s whole", (name) => {
    const text = fact(name, "config").toString();
    const options = must(read(text))();
    expect(options.size).toBe(text.match(/^CONFIG_/gm)!.length);
    expect(options.get("FUNCTION_ERROR_INJECTION")).toBe("y");
    expect(options.get("LSM")).toBe("bpf");
    expect(configRelease(text)).toMatch(new RegExp(`^${/\d+\.\d+/.exec(name)}\\.\\d+$`));
    expect(configArch(text)).toBe(name.endsWith("arm64") ? "arm64" : "x86_64");
  });

  test("tells nothing where its comments do not", () => {
    expect(configRelease("CONFIG_X86_64=y\n")).toBeUndefined();
    expect(configArch("# Linux/riscv 6.12.1 Kernel Configuration\nCONFIG_RISCV=y\n")).toBeUndefined();
  });
});
