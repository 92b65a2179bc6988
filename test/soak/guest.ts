/** Loads objects in a lab kernel: one boot, whose init does nothing else. */

import { mkdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import type { Kernel } from "../../src/kernel/kernel.js";
import { packageRoot } from "../../src/root.js";
import { accelerator } from "../../src/vm/accel.js";
import { archive, type Entry } from "../../src/vm/cpio.js";
import { platforms, runMachine } from "../../src/vm/qemu.js";

export interface Outcome {
  /** 0: the kernel took every program of the object. */
  readonly errno: number;
  /** libbpf's words and the end of the verifier's log. */
  readonly log: string;
}

const made = join(packageRoot, "out/test/soak");

/** The guest's init, built once a run. */
export async function buildInit(): Promise<Uint8Array> {
  mkdirSync(made, { recursive: true });
  const out = join(made, "load");
  const flags = ["-O2", "-static", "-Wall", "-Wextra", "-Werror", `-DREPORT="${platforms.x86_64.report}"`];
  const source = join(import.meta.dirname, "load.c");
  await execa("gcc", [...flags, source, "-o", out, "-lbpf", "-lelf", "-lz"]);
  return readFile(out);
}

/** So long a whole boot may take, in seconds: a busy machine is slow. */
const patience = { bootSeconds: 300, perObject: 20 };

/** What became of each object, in their order; one that the guest did not come to has no outcome. */
export async function loadAll(
  kernel: Kernel,
  init: Uint8Array,
  objects: readonly Uint8Array[],
): Promise<(Outcome | undefined)[]> {
  if (!kernel.image) throw new Error(`${kernel.name} has no image to boot`);
  const outcomes: (Outcome | undefined)[] = objects.map(() => undefined);
  let console = "";
  let done = false;
  const ending = await runMachine(
    {
      ...{ arch: kernel.arch, image: kernel.image, memoryMiB: 1024, append: [] },
      initramfs: archive(entries(init, objects)),
      accelerator: await accelerator(kernel.arch),
    },
    {
      bootSeconds: patience.bootSeconds,
      deadlineSeconds: patience.bootSeconds + patience.perObject * objects.length,
      onConsole: (text) => {
        console += text;
        return false;
      },
      onReport: (line) => {
        const told = JSON.parse(line);
        done ||= told.done === true;
        const { object, errno, log } = told;
        if (object) outcomes[Number(object)] = { errno, log };
      },
    },
  );
  if (ending.kind !== "exited" || !done) {
    throw new Error(`${kernel.name}: ${JSON.stringify(ending)}\n${console.slice(-4000)}`);
  }
  return outcomes;
}

function entries(init: Uint8Array, objects: readonly Uint8Array[]): Entry[] {
  const folders = ["proc", "sys", "dev", "objects"];
  return [
    ...folders.map((path): Entry => ({ kind: "folder", path })),
    { kind: "device", path: "dev/console", major: 5, minor: 1 },
    { kind: "file", path: "init", mode: 0o755, data: init },
    ...objects.map(
      (data, i): Entry => ({
        kind: "file",
        path: `objects/${String(i).padStart(6, "0")}`,
        mode: 0o644,
        data,
      }),
    ),
  ];
}
