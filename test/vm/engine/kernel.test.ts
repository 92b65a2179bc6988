/** Kernels that do not come to their init, and guests that cannot be made. */

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Arch } from "../../../src/kernel/kernel.js";
import { firmwareRuns } from "../../../src/vm/accel.js";
import { type BootOptions, boot } from "../../../src/vm/boot.js";
import type { BootRun } from "../../../src/vm/pack.js";
import { folder, kernelImage, run } from "./lab.js";

interface Case {
  readonly name: string;
  /** Makes an image out of a good one; absent: as it is. */
  readonly spoil?: (image: Buffer) => Buffer;
  readonly kernel?: string;
  readonly arch?: Arch;
  readonly options?: BootOptions;
  readonly change?: (run: BootRun) => BootRun;
  readonly reason: RegExp;
}

function scrambled(image: Buffer): Buffer {
  const copy = Buffer.from(image);
  for (let i = 3_000_000; i < 3_000_400; i++) copy[i]! ^= 0x5a;
  return copy;
}

const cases: readonly Case[] = [
  {
    name: "an image cut short",
    spoil: (image) => image.subarray(0, 3_000_000),
    reason: /^the kernel gave up before its init ran; it printed nothing; is its image whole\?$/,
  },
  {
    name: "an image whose decompressor gives up, and says so",
    kernel: "debian",
    spoil: scrambled,
    reason: /^the kernel gave up before its init ran; its last words: (?!.*System halted)\S/,
  },
  {
    name: "no kernel at all",
    spoil: () => Buffer.from("not a kernel"),
    reason: /^QEMU did not run the kernel: qemu/,
  },
  {
    name: "a panic",
    options: { append: ["rdinit=/nope"] },
    reason: /^the kernel panicked before its init ran: VFS: Unable to mount root fs/,
  },
  {
    name: "silence",
    options: { bootSeconds: 0.5 },
    reason: /^the kernel did not reach its init within 0.5 s; it printed nothing$/,
  },
  {
    name: "the deadline",
    options: { deadlineSeconds: 0.5 },
    reason: /^the kernel did not reach its init within 0.5 s; it printed nothing$/,
  },
  {
    name: "a busybox for another arch",
    arch: "arm64",
    options: { busybox: "/bin/busybox" },
    reason: /busybox is not for arm64, as it is, but for x86_64; set BUSYBOX_ARM64 to the path/,
  },
  {
    name: "a loader for another arch",
    change: (run) => ({ ...run, loader: `${run.loader}.arm64` }),
    reason: /loader.arm64 is not for x86_64, as it is, but for arm64$/,
  },
  {
    name: "a bundle that is not there",
    change: (run) => ({ ...run, bundle: "/no/such/bundle" }),
    reason: /^cannot read \/no\/such\/bundle: there is no such file$/,
  },
];

for (const { name, spoil, kernel = "lab-6.12", arch = "x86_64", options, change, reason } of cases) {
  test(name, async () => {
    const good = kernelImage(kernel);
    const image = spoil ? join(await folder(), "vmlinuz") : good;
    if (spoil) await writeFile(image, spoil(await readFile(good)));
    const scripts = await run();
    // An ELF header's worth: class, data, e_type and e_machine 183.
    const header = [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 183, 0];
    await writeFile(`${scripts.loader}.arm64`, Buffer.from(header));
    const report = await boot({ name: "it", arch, image }, change?.(scripts) ?? scripts, options);
    expect(report).toMatchObject({ phase: "boot", ok: false, release: null, phases: {} });
    expect(report.reason).toMatch(reason);
  });
}

test("the probe for KVM is one that a working accelerator passes", async () => {
  expect(await firmwareRuns("tcg")).toBe(true);
});
