/** Boots for the tests of the engine: no bundle and no inject-load, but shell scripts that act as a loader might. */

import { existsSync, readdirSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { type BootOptions, type BootReport, boot } from "../../../src/vm/boot.js";
import type { BootKernel, BootRun } from "../../../src/vm/pack.js";

const root = new URL("../../..", import.meta.url).pathname;

/** A kernel's image by its folder's name, from `make kernels` or the folder that these are copied from. */
export function kernelImage(name: string): string {
  const folders = [join(root, "out/kernels"), process.env.KERNEL_MIRROR ?? join(root, "../shared/kernels")];
  const image = folders.map((folder) => join(folder, name, "vmlinuz")).find(existsSync);
  if (image === undefined) throw new Error(`no kernel ${name}: make kernels KERNELS=${name}`);
  return image;
}

/** With the modules that stand beside its image. */
export function lab(name = "lab-6.12"): BootKernel {
  const image = kernelImage(name);
  const folder = join(dirname(image), "modules");
  const modules = existsSync(folder) ? readdirSync(folder).map((file) => join(folder, file)) : [];
  return { name, arch: "x86_64", image, modules };
}

/** A folder that goes when the test is over. */
export async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "engine-"));
  onTestFinished(() => rm(path, { recursive: true }));
  return path;
}

/** Shell for what a loader prints. */
export function say(line: Record<string, unknown>): string {
  return `echo '${JSON.stringify(line)}'`;
}

const counters = { frames: [], seen: 3, eligible: 2, rolledOut: 0, injected: 2, observed: 0, missed: 0 };

/** A loader that attaches nothing and behaves; `attach` and `detach` are shell that it runs besides. */
export function loader({ attach = ":", detach = ":" } = {}): string {
  return `#!/bin/sh
trap '
  ${detach}
  echo "${JSON.stringify({ event: "detached", reason: "signal", counters }).replaceAll('"', '\\"')}"
  exit 0' TERM
${attach}
${say({ event: "attached", release: "made up" })}
while :; do sleep 0.1; done
`;
}

export interface Script {
  readonly loader?: string;
  readonly workload?: string;
  readonly loaderArguments?: readonly string[];
}

/** What `boot` takes, made of scripts. */
export async function run(script: Script = {}): Promise<BootRun> {
  const path = await folder();
  await writeFile(join(path, "bundle"), Buffer.from([0, 1, 2, 255]));
  await writeFile(join(path, "trust.pem"), "a certificate");
  await writeFile(join(path, "loader"), script.loader ?? loader());
  return {
    bundle: join(path, "bundle"),
    certificate: join(path, "trust.pem"),
    loader: join(path, "loader"),
    workload: script.workload ?? "echo $1\n",
    loaderArguments: script.loaderArguments ?? [],
  };
}

/** Boots lab-6.12 with the scripts. */
export async function bootScripts(script: Script, options: BootOptions = {}): Promise<BootReport> {
  return boot(lab(), await run(script), options);
}
