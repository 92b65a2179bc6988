/** `inject-load` as it lies beside injectc, for each arch that it was made for. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { sectionOf } from "../btf/elf.js";
import { archOfHost } from "../kernel/facts.js";
import type { Arch } from "../kernel/kernel.js";
import { packageRoot } from "../root.js";
import { digest } from "./verify.js";

/** A program or a library, by the name that people know it by. */
export interface Part {
  readonly name: string;
  readonly version: string;
}

export interface Loader {
  readonly arch: Arch;
  readonly program: Uint8Array;
  /** Of the program, in hexadecimal digits. */
  readonly sha256: string;
  /** What it is made of, itself first. */
  readonly parts: readonly Part[];
}

/** Where the loader for an arch is looked for: `make build` makes the one for the machine that it runs on. */
export function loaderPath(arch: Arch): string {
  return join(packageRoot, "out", arch === archOfHost() ? "inject-load" : `inject-load-${arch}`);
}

const read = new Map<Arch, Loader>();

/** The loader for an arch, read once; undefined where there is none. */
export function loaderFor(arch: Arch): Loader | undefined {
  const known = read.get(arch);
  if (known) return known;
  try {
    const program = readFileSync(loaderPath(arch));
    const loader = { arch, program, sha256: digest(program), parts: partsOf(program) };
    read.set(arch, loader);
    return loader;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** The lines of its section `.parts`: src/loader/parts.c. */
function partsOf(program: Uint8Array): Part[] {
  const section = sectionOf(program, ".parts", "inject-load");
  const text = section.ok && section.value ? Buffer.from(section.value).toString("latin1") : "";
  return [...text.matchAll(/^(\S+) (.+)$/gm)].map(([, name, version]) => ({
    name: name!,
    version: version!,
  }));
}
