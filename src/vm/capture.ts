/** Boots a kernel once, to ask it for what only a running kernel can tell. */

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Checked, checked, failed } from "../diagnostic.js";
import { packageRoot } from "../root.js";
import { accelerator } from "./accel.js";
import { bootFailed } from "./codes.js";
import { archive, type Entry } from "./cpio.js";
import { type BootKernel, busyboxPath } from "./pack.js";
import { type Ending, platforms, runMachine } from "./qemu.js";

/** Init: the capture script that nodes run, too, with its archive on the report's port. */
const init = (report: string) => `#!/bin/sh
/bin/busybox mkdir -p /proc /sys /tmp
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mount -t debugfs debugfs /sys/kernel/debug
mount -t tracefs tracefs /sys/kernel/tracing
stty -F ${report} raw
exec 5>${report}
echo injectc up >&5
sh /capture.sh booted | gzip -1 | base64 >&5
echo injectc done >&5
# Waits until the port has taken all; what it has not when the guest ends is lost.
stty -F ${report} raw
reboot -f
`;

/** In seconds; a guest without KVM on a busy machine is slow. */
const limits = { bootSeconds: 120, deadlineSeconds: 400 };

/** A capture of the kernel, as an archive packed by gzip. */
export async function captureBooted(kernel: BootKernel): Promise<Checked<Buffer>> {
  const { report } = platforms[kernel.arch];
  const busybox = busyboxPath(kernel.arch);
  const entries: Entry[] = [
    { kind: "folder", path: "dev" },
    { kind: "device", path: "dev/console", major: 5, minor: 1 },
    { kind: "link", path: "bin/sh", target: "busybox" },
    { kind: "file", path: "bin/busybox", mode: 0o755, data: await readFile(busybox) },
    { kind: "file", path: "init", mode: 0o755, data: Buffer.from(init(report)) },
    {
      kind: "file",
      path: "capture.sh",
      mode: 0o644,
      data: await readFile(join(packageRoot, "src/kernel/capture.sh")),
    },
  ];
  const lines: string[] = [];
  let log = "";
  const ending = await runMachine(
    {
      arch: kernel.arch,
      image: kernel.image,
      initramfs: archive(entries),
      accelerator: await accelerator(kernel.arch),
      memoryMiB: 512,
      append: [],
    },
    {
      ...limits,
      onConsole: (text) => {
        log = (log + text).slice(-4096);
        return false;
      },
      onReport: (line) => lines.push(line.trim()),
    },
  );
  const [up, done] = [lines.indexOf("injectc up"), lines.indexOf("injectc done")];
  if (up >= 0 && done > up) return checked(Buffer.from(lines.slice(up + 1, done).join(""), "base64"));
  return failed(
    bootFailed(undefined, { kernel: kernel.name, phase: "boot", reason: why(ending, up >= 0, log) }),
  );
}

function why(ending: Ending, up: boolean, log: string): string {
  if (ending.kind === "failed") return ending.message;
  const last = log.split(/\r?\n/).findLast((line) => line.trim() !== "");
  const end = up ? "it came up, but did not tell what it knows" : "it did not come up";
  return last === undefined ? end : `${end}; its last words: ${last.trim()}`;
}
