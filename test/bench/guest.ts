/** A guest whose clock counts instructions. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { archive, type Entry } from "../../src/vm/cpio.js";
import { platforms, runMachine } from "../../src/vm/qemu.js";
import { folder, output, root } from "./lab.js";

function init(): Buffer {
  const sources = ["test/bench/count.c", "test/bench/aimed.c", "src/loader/variable.c"].map((path) =>
    join(root, path),
  );
  const words = ["-O2", "-static", `-DREPORT="${platforms.x86_64.report}"`];
  output(["gcc", ...words, ...sources, "-o", "count", "-lbpf", "-lelf", "-lz"]);
  return readFileSync(join(folder, "count"));
}

/** What the loader is started with, and the object in it. */
export interface Start {
  readonly bundle: Buffer;
  readonly certificate: Buffer;
  readonly object: Buffer;
}

/** Instructions of one operation, by the names of what was attached (count.c). */
export async function counted(
  image: string,
  objects: ReadonlyMap<string, Buffer>,
  start: Start,
): Promise<ReadonlyMap<string, number>> {
  const file = (path: string, data: Buffer): Entry => ({ kind: "file", path, mode: 0o755, data });
  const entries: Entry[] = [
    ...["proc", "sys", "dev", "objects"].map((path): Entry => ({ kind: "folder", path })),
    { kind: "device", path: "dev/console", major: 5, minor: 1 },
    file("init", init()),
    file("inject-load", readFileSync(join(root, "out/inject-load"))),
    file("bundle", start.bundle),
    file("trust.pem", start.certificate),
    file("start", start.object),
    ...[...objects].map(([name, data]) => file(`objects/${name}`, data)),
  ];
  const counts = new Map<string, number>();
  let console = "";
  let done = false;
  const ending = await runMachine(
    {
      ...{ arch: "x86_64", image, memoryMiB: 512, append: [], counted: true, accelerator: "tcg" },
      initramfs: archive(entries),
    },
    {
      ...{ bootSeconds: 200, deadlineSeconds: 500 },
      onConsole: (text) => {
        console += text;
        return false;
      },
      onReport: (line) => {
        const { name, instructions } = JSON.parse(line);
        if (name) counts.set(name, instructions);
        else done = true;
      },
    },
  );
  if (ending.kind !== "exited" || !done)
    throw new Error(`${JSON.stringify(ending)}\n${console.slice(-2000)}`);
  return counts;
}
