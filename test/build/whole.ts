/** A bundle with all that one can hold, as a user builds it. */

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { injectc } from "../cli/run.js";
import { spec } from "../cli/specs.js";

/** Builds it in a folder, which is made: of an object for kprobes, with a loader, types and skeletons. */
export async function wholeBundle(folder: string, ...more: string[]) {
  await mkdir(folder);
  await writeFile(join(folder, "bananas.yaml"), spec());
  const signing = ["--sign-key", "inject.key", "--sign-cert", "inject.crt"];
  const build = [
    "build",
    "bananas.yaml",
    "-k",
    "lab-6.12",
    "--backend",
    "override",
    "--skeletons",
    ...signing,
    ...more,
  ];
  for (const words of [["keygen"], build]) {
    const run = await injectc(words, { cwd: folder });
    if (run.exit !== 0) throw new Error(run.stderr);
  }
  return { bundle: join(folder, "bananas.bundle"), certificate: join(folder, "inject.crt") };
}
