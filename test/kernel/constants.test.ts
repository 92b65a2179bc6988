import { describe, expect, test } from "vitest";
import type { Btf } from "../../src/btf/btf.js";
import { readBtf } from "../../src/btf/read.js";
import { gfpFlags, pageSize } from "../../src/kernel/constants.js";
import type { Arch, Kernel } from "../../src/kernel/kernel.js";
import { parseRelease } from "../../src/kernel/release.js";
import { fact, must } from "./lab.js";

const older = must(readBtf(fact("lab-6.1", "vmlinux.btf"), "6.1"));

interface About {
  readonly release?: string;
  readonly config?: Readonly<Record<string, string>>;
  readonly arch?: Arch;
  readonly btf?: Btf;
}

function kernel({ release, config, arch = "x86_64", btf = older }: About): Kernel {
  const parsed = release === undefined ? undefined : parseRelease(release);
  return {
    name: "test",
    arch,
    btf,
    modules: new Map(),
    syscalls: new Map(),
    modulesWith: () => [],
    loadable: [],
    ...(parsed ? { release: parsed } : {}),
    ...(config ? { config: new Map(Object.entries(config)) } : {}),
  };
}

/**
 * What the kernels themselves print: booted, the flags of events/kmem/mm_page_alloc/format in tracefs
 * (include/trace/events/mmflags.h), their expressions computed.
 */
const printed = {
  "5.10": {
    GFP_TRANSHUGE: 0x1c24ca,
    GFP_TRANSHUGE_LIGHT: 0x1c20ca,
    GFP_HIGHUSER_MOVABLE: 0x100cca,
    GFP_HIGHUSER: 0x100cc2,
    GFP_USER: 0x100cc0,
    GFP_KERNEL_ACCOUNT: 0x400cc0,
    GFP_KERNEL: 0xcc0,
    GFP_NOFS: 0xc40,
    GFP_ATOMIC: 0xa20,
    GFP_NOIO: 0xc00,
    GFP_NOWAIT: 0x800,
    GFP_DMA: 0x1,
    __GFP_HIGHMEM: 0x2,
    GFP_DMA32: 0x4,
    __GFP_HIGH: 0x20,
    __GFP_ATOMIC: 0x200,
    __GFP_IO: 0x40,
    __GFP_FS: 0x80,
    __GFP_NOWARN: 0x2000,
    __GFP_RETRY_MAYFAIL: 0x4000,
    __GFP_NOFAIL: 0x8000,
    __GFP_NORETRY: 0x10000,
    __GFP_COMP: 0x40000,
    __GFP_ZERO: 0x100,
    __GFP_NOMEMALLOC: 0x80000,
    __GFP_MEMALLOC: 0x20000,
    __GFP_HARDWALL: 0x100000,
    __GFP_THISNODE: 0x200000,
    __GFP_RECLAIMABLE: 0x10,
    __GFP_MOVABLE: 0x8,
    __GFP_ACCOUNT: 0x400000,
    __GFP_WRITE: 0x1000,
    __GFP_RECLAIM: 0xc00,
    __GFP_DIRECT_RECLAIM: 0x400,
    __GFP_KSWAPD_RECLAIM: 0x800,
  },
  "6.1": { GFP_ATOMIC: 0xa20, GFP_NOWAIT: 0x800, GFP_HIGHUSER_MOVABLE: 0x100cca, __GFP_ZEROTAGS: 0x800000 },
  "6.12": { GFP_ATOMIC: 0x820, GFP_NOWAIT: 0x2800, GFP_TRANSHUGE: 0x1c24ca, __GFP_ZEROTAGS: 0x800000 },
  "7.3": { GFP_ATOMIC: 0x820, GFP_NOWAIT: 0x2800, GFP_KERNEL_ACCOUNT: 0x400cc0, __GFP_DMA32: 0x4 },
} as const;

describe("gfpFlags", () => {
  test.each(["5.10", "6.1"] as const)("%s by its release, as the booted kernel prints them", (release) => {
    const flags = Object.fromEntries(gfpFlags(kernel({ release }))!);
    expect(flags).toMatchObject(big(printed["5.10"]));
    expect(flags).toMatchObject(big(printed[release]));
  });

  test.each(["6.12", "7.3"] as const)("%s by its BTF, as the booted kernel prints them", (release) => {
    const btf = must(readBtf(fact(`lab-${release}`, "vmlinux.btf"), release));
    const { __GFP_ATOMIC, GFP_ATOMIC, GFP_NOWAIT, ...same } = printed["5.10"];
    const flags = gfpFlags(kernel({ btf }))!;
    expect(Object.fromEntries(flags)).toMatchObject(big({ ...same, ...printed[release] }));
    expect(flags.has("__GFP_ATOMIC")).toBe(false);
    expect(flags.has("__GFP_LAST")).toBe(false);
    expect(flags.has("__GFP_UNUSED")).toBe(false);
    expect(flags.get("__GFP_NOLOCKDEP")).toBe(0n);
    expect(flags.get("__GFP_NO_OBJ_EXT")).toBe(release === "6.12" ? 0x1000000n : undefined);
  });

  // Sources: include/linux/gfp.h and gfp_types.h of each release.
  test.each([
    ["5.13", "__GFP_ZEROTAGS", undefined],
    ["5.14", "__GFP_ZEROTAGS", 0x800000n],
    ["5.13", "GFP_HIGHUSER_MOVABLE", 0x100ccan],
    ["5.15", "GFP_HIGHUSER_MOVABLE", 0x1100ccan],
    ["5.18", "GFP_HIGHUSER_MOVABLE", 0x100ccan],
    ["6.2", "__GFP_ATOMIC", 0x200n],
    ["6.3", "__GFP_ATOMIC", undefined],
    ["6.3", "GFP_ATOMIC", 0x820n],
    ["6.3", "__GFP_SKIP_KASAN", undefined],
    ["6.4", "__GFP_SKIP_KASAN", 0n],
    ["6.7", "GFP_NOWAIT", 0x800n],
    ["6.8", "GFP_NOWAIT", 0x2800n],
    ["6.9", "__GFP_NOLOCKDEP", 0n],
  ])("%s: %s", (release, name, value) => expect(gfpFlags(kernel({ release }))!.get(name)).toBe(value));

  test.each([
    ["5.10", { LOCKDEP: "y" }, "__GFP_NOLOCKDEP", 0x800000n],
    ["5.15", { LOCKDEP: "y" }, "__GFP_NOLOCKDEP", 0x2000000n],
    ["6.1", { LOCKDEP: "y" }, "__GFP_NOLOCKDEP", 0x8000000n],
    ["6.6", { LOCKDEP: "y" }, "__GFP_NOLOCKDEP", 0x4000000n],
    ["5.18", { KASAN_HW_TAGS: "y" }, "GFP_HIGHUSER_MOVABLE", 0x4100ccan],
    ["6.1", { KASAN_HW_TAGS: "y" }, "GFP_HIGHUSER_MOVABLE", 0x6100ccan],
    ["6.6", { KASAN_HW_TAGS: "y" }, "GFP_HIGHUSER_MOVABLE", 0x2100ccan],
  ])("%s with %j: %s", (release, config, name, value) => {
    expect(gfpFlags(kernel({ release, config }))!.get(name)).toBe(value);
  });

  test.each([undefined, "5.9", "6.10", "7.0"])("nothing for release %s without the enum", (release) => {
    expect(gfpFlags(kernel(release === undefined ? {} : { release }))).toBeUndefined();
  });
});

describe("pageSize", () => {
  test.each<[About, bigint | undefined]>([
    [{}, 4096n],
    [{ arch: "arm64" }, undefined],
    [{ arch: "arm64", config: { ARM64_4K_PAGES: "y" } }, 4096n],
    [{ arch: "arm64", config: { ARM64_16K_PAGES: "y" } }, 16384n],
    [{ arch: "arm64", config: { ARM64_64K_PAGES: "y" } }, 65536n],
    [{ arch: "arm64", config: {} }, undefined],
  ])("%j", (about, size) => expect(pageSize(kernel(about))).toBe(size));
});

function big(numbers: Readonly<Record<string, number>>): Record<string, bigint> {
  return Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, BigInt(value)]));
}
