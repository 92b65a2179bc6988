/** A guest that runs objects over values, and tells where an outcome is not the native program's. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { archive, type Entry } from "../../../src/vm/cpio.js";
import { busyboxPath } from "../../../src/vm/pack.js";
import { runMachine } from "../../../src/vm/qemu.js";
import type { Group } from "./group.js";

const here = new URL(".", import.meta.url).pathname;

/** What a group has in the guest; its values and outcomes are in the folder under its name. */
export interface Job {
  readonly group: Group;
  /** Paths of objects, each with the number of its expressions; outcomes are in the same order. */
  readonly objects: readonly { readonly path: string; readonly count: number }[];
}

const init = `#!/bin/sh
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
stty -F /dev/ttyS1 raw
exec >/dev/ttyS1 2>&1
echo ready
/equal/guest </equal/jobs
echo "done $?"
reboot -f
`;

/** The guest program's lines. */
export async function runGuest(image: string, jobs: readonly Job[], folder: string): Promise<string[]> {
  const initramfs = archive([
    ...["proc", "sys", "dev"].map((path): Entry => ({ kind: "folder", path })),
    { kind: "device", path: "dev/console", major: 5, minor: 1 },
    { kind: "link", path: "bin/sh", target: "busybox" },
    file("bin/busybox", busyboxPath("x86_64")),
    { kind: "file", path: "init", mode: 0o755, data: Buffer.from(init) },
    ...(await programs(folder)),
    { kind: "file", path: "equal/jobs", mode: 0o644, data: Buffer.from(jobs.flatMap(jobLines).join("")) },
    ...jobs.flatMap((job) => entriesOf(job, folder)),
  ]);
  const lines: string[] = [];
  let log = "";
  const machine = {
    arch: "x86_64",
    image,
    initramfs,
    accelerator: "tcg",
    memoryMiB: 1024,
    append: [],
  } as const;
  const ending = await runMachine(machine, {
    onConsole: (text) => {
      log = (log + text).slice(-4000);
      return false;
    },
    onReport: (line) => lines.push(line),
    bootSeconds: 180,
    deadlineSeconds: 7200,
  });
  if (lines[0] === "ready" && lines.at(-1) === "done 0") return lines.slice(1, -1);
  throw new Error(`the guest ${ending.kind}\n${lines.slice(-20).join("\n")}\n${log}`);
}

function file(path: string, from: string): Entry {
  return { kind: "file", path, mode: 0o755, data: readFileSync(from) };
}

async function programs(folder: string): Promise<Entry[]> {
  const guest = join(folder, "guest");
  const flags = ["-O2", "-Wall", "-Wextra", "-Werror", "-static"];
  await execa("gcc", [...flags, "-o", guest, join(here, "guest.c"), "-lbpf", "-lelf", "-lz"]);
  const memory = join(folder, "memory.o");
  const bpf = ["-target", "bpf", "-mcpu=v3", "-O2", "-g"];
  await execa("clang-19", [...bpf, "-c", join(here, "memory.bpf.c"), "-o", memory]);
  return [file("equal/guest", guest), file("equal/memory.o", memory)];
}

/** As guest.c reads them. */
function jobLines({ group, objects }: Job): string[] {
  const of = (ending: string) => `/equal/${group.name}${ending}`;
  let first = 0;
  return objects.map(({ count }, i) => {
    const words = [of(`-${i}.o`), count, of(".values"), of(".outcomes"), first, group.syscall ? 1 : 0];
    first += count;
    return `${words.join(" ")} ${group.btf ? of(".btf") : "-"}\n`;
  });
}

function entriesOf({ group, objects }: Job, folder: string): Entry[] {
  const { name, btf } = group;
  return [
    ...objects.map(({ path }, i) => file(`equal/${name}-${i}.o`, path)),
    ...["values", "outcomes"].map((kind) => file(`equal/${name}.${kind}`, join(folder, `${name}.${kind}`))),
    ...(btf ? [file(`equal/${name}.btf`, btf)] : []),
  ];
}
