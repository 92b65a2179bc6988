/** Opens a shell in the guest in which `boot` would run a case. */

import { accelerator } from "./accel.js";
import type { BootOptions } from "./boot.js";
import { type BootKernel, type BootRun, busyboxPath, pack } from "./pack.js";
import { openMachine, platforms, type Terminal } from "./qemu.js";

/**
 * Boots the kernel with the same initramfs as `boot`, and a busybox shell on our terminal, until the user leaves.
 * Gives one sentence on what went wrong, or null.
 */
export async function bootShell(
  kernel: BootKernel,
  run: BootRun,
  options: Pick<BootOptions, "memoryMiB" | "append" | "busybox" | "accelerator"> = {},
  terminal?: Terminal,
): Promise<string | null> {
  const packed = await pack(kernel, [run], options.busybox ?? busyboxPath(kernel.arch), {
    mode: "shell",
    report: platforms[kernel.arch].report,
    ...{ attachSeconds: 0, detachSeconds: 0, phaseSeconds: 0 },
    terminal: {
      columns: process.stdout.columns || 80,
      rows: process.stdout.rows || 24,
      type: process.env.TERM ?? "linux",
    },
  });
  if (!packed.ok) return packed.reason;
  const ending = await openMachine(
    {
      arch: kernel.arch,
      image: kernel.image,
      initramfs: packed.initramfs,
      accelerator: options.accelerator ?? (await accelerator(kernel.arch)),
      memoryMiB: options.memoryMiB ?? 512,
      append: options.append ?? [],
    },
    terminal,
  );
  return ending.kind === "failed" ? ending.message : null;
}
