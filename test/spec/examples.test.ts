import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { decodeText, readSpecs } from "../../src/spec/read.js";

const folder = new URL("../../examples/", import.meta.url);
/** Nothing but specs is there: `examples/*` names them all. */
const files = readdirSync(folder);

function read(name: string) {
  const text = decodeText(readFileSync(new URL(name, folder)), name);
  if (!text.ok) throw new Error(name);
  return readSpecs(text.value);
}

/** What each example is about: fault, frames outermost first, chance and limit. */
const expected: Readonly<
  Record<string, readonly [fault: string, frames: string, probability?: number, times?: number]>
> = {
  "slab.yaml": ["slab", "", 0.1, 100],
  "page.yaml": ["page", "", 0.05, 50],
  "bio.yaml": ["bio", "", 0.15],
  "mount.yaml": ["slab", "__x64_sys_mount"],
  "targeted-failure.yaml": ["slab", "d_alloc_parallel", 1],
  "mount-chain.yaml": ["slab", "ext4_mount mount_subtree d_alloc_parallel"],
  "mount-chain-modern.yaml": ["slab", "path_mount mount_subtree d_alloc_parallel"],
  "open-denied.yaml": ["security_file_open", ""],
  "ext4-mount.json": ["slab", "ext4_mount mount_subtree"],
  "ext4-mount.yaml": ["slab", "ext4_mount mount_subtree"],
  "fail-mount.json": ["slab", "__x64_sys_mount", 0.1],
  "fail-page.json": ["page", "", 0.1],
  "superblock-write.json": ["bio", ""],
  "inject-mount.inject": ["slab", "SyS_mount"],
  "inject-mount-explicit.inject": ["slab", "SyS_mount"],
  "inject-mount-sometimes.inject": ["slab", "SyS_mount", 0.01],
  "inject-btrfs-mount.inject": ["slab", "btrfs_mount mount_subtree"],
  "inject-btrfs-close.inject": ["slab", "btrfs_close_devices btrfs_alloc_device"],
  "inject-bananas.inject": ["slab", "d_alloc_parallel"],
  "inject-superblock.inject": ["bio", ""],
  "inject-superblock-modern.inject": ["bio", ""],
  "inject-page.inject": ["page", "qlge_refill_bq", 0.5, 100],
};

describe("examples", () => {
  it("are all looked at", () => {
    expect(files.sort()).toEqual(Object.keys(expected).sort());
  });

  it.each(Object.entries(expected))("%s says what it should", (name, [fault, frames, probability, times]) => {
    const result = read(name);
    expect(result.diagnostics.filter((d) => d.severity === "error")).toEqual([]);
    const [spec] = result.ok ? result.value : [];
    const known =
      spec?.fault.kind === "function" || spec?.fault.kind === "syscall"
        ? spec.fault.name.value
        : spec?.fault.kind;
    expect(known).toBe(fault);
    expect(spec?.callchain.map((f) => f.function.value).join(" ")).toBe(frames);
    expect(spec?.trigger.probability?.value).toBe(probability);
    expect(spec?.trigger.times?.value).toBe(times);
  });

  it.each(files.filter((name) => !name.endsWith(".json")))("%s begins with what it does", (name) => {
    expect(readFileSync(new URL(name, folder), "utf8")).toMatch(/^(?:# .*\n){2,4}[^#]/);
  });
});
