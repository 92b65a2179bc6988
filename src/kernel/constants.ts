/**
 * Numbers that predicates use and that may be in no BTF, since the kernel's sources have them as macros: allocation
 * flags (include/linux/gfp.h, since 6.0 include/linux/gfp_types.h) and the size of a page.
 */

import type { Btf } from "../btf/btf.js";
import { errnoNames, errnoNumber } from "./errno.js";
import type { Kernel } from "./kernel.js";

/**
 * The values of `__GFP_*` and `GFP_*` by name: from the enum of bit numbers that kernels have since 6.10, or by release
 * from 5.10 to 6.9. A flag that the kernel's configuration turns off is 0, as in its sources; where the configuration
 * is not known, those for debugging count as off. `undefined`: neither release nor BTF says what they are.
 */
export function gfpFlags(kernel: Kernel): ReadonlyMap<string, bigint> | undefined {
  const flags = fromEnum(kernel.btf) ?? fromRelease(kernel);
  if (!flags) return undefined;
  const named = new Map([...flags].map(([name, value]) => [`__GFP_${name}`, value]));
  return new Map([...named, ...combinations(flags, kernel)]);
}

/** Bytes of a page; `undefined` for an arm64 kernel whose configuration is not known. */
export function pageSize(kernel: Kernel): bigint | undefined {
  switch (kernel.arch) {
    case "x86_64":
      return 4096n;
    case "arm64": {
      // arch/arm64/Kconfig: exactly one of them is set.
      const kib = ([4, 16, 64] as const).find((size) => kernel.config?.get(`ARM64_${size}K_PAGES`) === "y");
      return kib && BigInt(kib) * 1024n;
    }
    default:
      return kernel.arch satisfies never;
  }
}

/** A release as one number, for comparisons. */
function version(major: number, minor: number): number {
  return major * 1000 + minor;
}

interface Flag {
  /** Without `__GFP_`. */
  readonly name: string;
  readonly value: number;
  /** The first release that has it so, and the first that does not any more. */
  readonly from?: number;
  readonly until?: number;
  /** The option without which it is 0. */
  readonly needs?: "KASAN_HW_TAGS" | "LOCKDEP";
}

const oldest = version(5, 10);
const enumerated = version(6, 10);

/** What stands in the enum under another name than a flag's. */
const noFlags = new Set(["UNUSED", "LAST"]);

/** Flags that are 0 where the enum does not have their bit. */
const optional = ["SKIP_ZERO", "SKIP_KASAN", "NOLOCKDEP"];

const table: readonly Flag[] = [
  { name: "DMA", value: 0x1 },
  { name: "HIGHMEM", value: 0x2 },
  { name: "DMA32", value: 0x4 },
  { name: "MOVABLE", value: 0x8 },
  { name: "RECLAIMABLE", value: 0x10 },
  { name: "HIGH", value: 0x20 },
  { name: "IO", value: 0x40 },
  { name: "FS", value: 0x80 },
  { name: "ZERO", value: 0x100 },
  { name: "ATOMIC", value: 0x200, until: version(6, 3) },
  { name: "DIRECT_RECLAIM", value: 0x400 },
  { name: "KSWAPD_RECLAIM", value: 0x800 },
  { name: "WRITE", value: 0x1000 },
  { name: "NOWARN", value: 0x2000 },
  { name: "RETRY_MAYFAIL", value: 0x4000 },
  { name: "NOFAIL", value: 0x8000 },
  { name: "NORETRY", value: 0x10000 },
  { name: "MEMALLOC", value: 0x20000 },
  { name: "COMP", value: 0x40000 },
  { name: "NOMEMALLOC", value: 0x80000 },
  { name: "HARDWALL", value: 0x100000 },
  { name: "THISNODE", value: 0x200000 },
  { name: "ACCOUNT", value: 0x400000 },
  { name: "NOLOCKDEP", value: 0x800000, until: version(5, 14), needs: "LOCKDEP" },
  { name: "ZEROTAGS", value: 0x800000, from: version(5, 14) },
  { name: "SKIP_KASAN_POISON", value: 0x1000000, from: version(5, 14), until: version(5, 18) },
  { name: "NOLOCKDEP", value: 0x2000000, from: version(5, 14), until: version(5, 18), needs: "LOCKDEP" },
  { name: "SKIP_ZERO", value: 0x1000000, from: version(5, 18), needs: "KASAN_HW_TAGS" },
  {
    name: "SKIP_KASAN_UNPOISON",
    value: 0x2000000,
    from: version(5, 18),
    until: version(6, 4),
    needs: "KASAN_HW_TAGS",
  },
  {
    name: "SKIP_KASAN_POISON",
    value: 0x4000000,
    from: version(5, 18),
    until: version(6, 4),
    needs: "KASAN_HW_TAGS",
  },
  { name: "NOLOCKDEP", value: 0x8000000, from: version(5, 18), until: version(6, 4), needs: "LOCKDEP" },
  { name: "SKIP_KASAN", value: 0x2000000, from: version(6, 4), needs: "KASAN_HW_TAGS" },
  { name: "NOLOCKDEP", value: 0x4000000, from: version(6, 4), needs: "LOCKDEP" },
];

function fromEnum(btf: Btf): ReadonlyMap<string, bigint> | undefined {
  const found = btf.enumerator("___GFP_DMA_BIT");
  const bits = found && btf.type(found.type);
  if (bits?.kind !== "enum") return undefined;
  const flags = new Map(optional.map((name) => [name, 0n]));
  for (const { name, value } of bits.values) {
    const flag = /^___GFP_(\w+)_BIT$/.exec(name)?.[1];
    if (flag && !noFlags.has(flag)) flags.set(flag, 1n << value);
  }
  return flags;
}

function fromRelease({ release, config }: Kernel): ReadonlyMap<string, bigint> | undefined {
  const at = release && version(release.major, release.minor);
  if (at === undefined || at < oldest || at >= enumerated) return undefined;
  const there = table.filter(({ from = oldest, until = enumerated }) => from <= at && at < until);
  const value = (flag: Flag) => (flag.needs && config?.get(flag.needs) !== "y" ? 0n : BigInt(flag.value));
  return new Map(there.map((flag) => [flag.name, value(flag)]));
}

/** The sources' "useful GFP flag combinations", and `__GFP_RECLAIM`. */
function combinations(flags: ReadonlyMap<string, bigint>, { release }: Kernel): [string, bigint][] {
  const at = release ? version(release.major, release.minor) : enumerated;
  const all = (...names: readonly string[]) => names.reduce((sum, name) => sum | (flags.get(name) ?? 0n), 0n);
  const reclaim = all("DIRECT_RECLAIM", "KSWAPD_RECLAIM");
  const kernel = reclaim | all("IO", "FS");
  const user = kernel | all("HARDWALL");
  const highuser = user | all("HIGHMEM");
  // Unpoisoning is skipped as well since 6.0; from 6.4 on, one flag says both.
  const movable =
    highuser |
    all(
      "MOVABLE",
      "SKIP_KASAN",
      "SKIP_KASAN_POISON",
      ...(at >= version(6, 0) ? ["SKIP_KASAN_UNPOISON"] : []),
    );
  const transhugeLight = (movable | all("COMP", "NOMEMALLOC", "NOWARN")) & ~reclaim;
  return [
    ["__GFP_RECLAIM", reclaim],
    // ATOMIC is a flag of its own until 6.2.
    ["GFP_ATOMIC", all("HIGH", "ATOMIC", "KSWAPD_RECLAIM")],
    ["GFP_KERNEL", kernel],
    ["GFP_KERNEL_ACCOUNT", kernel | all("ACCOUNT")],
    ["GFP_NOWAIT", all("KSWAPD_RECLAIM", ...(at >= version(6, 8) ? ["NOWARN"] : []))],
    ["GFP_NOIO", reclaim],
    ["GFP_NOFS", reclaim | all("IO")],
    ["GFP_USER", user],
    ["GFP_DMA", all("DMA")],
    ["GFP_DMA32", all("DMA32")],
    ["GFP_HIGHUSER", highuser],
    ["GFP_HIGHUSER_MOVABLE", movable],
    ["GFP_TRANSHUGE_LIGHT", transhugeLight],
    ["GFP_TRANSHUGE", transhugeLight | all("DIRECT_RECLAIM")],
  ];
}

/** `NAME = value` in the kernel, with the enum that an enum constant is of; `undefined` where the name means none. */
export function constantText(name: string, kernel: Kernel): string | undefined {
  const flag = gfpFlags(kernel)?.get(name);
  if (flag !== undefined) return `${name} = 0x${flag.toString(16)} /* gfp_t */`;
  const errno = errnoNumber(name);
  if (errno !== undefined) return `${name} = ${errno} /* an errno */`;
  const page = name === "PAGE_SIZE" ? pageSize(kernel) : undefined;
  if (page !== undefined) return `${name} = ${page}`;
  const found = kernel.btf.enumerator(name);
  if (!found) return undefined;
  const type = kernel.btf.type(found.type);
  const tag = type.kind === "enum" && type.name ? ` /* enum ${type.name} */` : "";
  return `${name} = ${found.value}${tag}`;
}

/** Those that are no enum constants, which are in BTF. */
export function constantNames(kernel: Kernel): string[] {
  return [...(gfpFlags(kernel)?.keys() ?? []), ...errnoNames(), "PAGE_SIZE"];
}
