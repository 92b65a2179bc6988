/** The kernels that the tests read: `make kernels` put them there. */

import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { Checked, Diagnostic } from "../../src/diagnostic.js";
import { packageRoot } from "../../src/root.js";
import { positionOf } from "../../src/source.js";

const mirror = process.env.KERNEL_MIRROR || join(packageRoot, "../shared/kernels");

/** The built-in profiles by name. */
export const labNames = ["lab-5.10", "lab-6.1", "lab-6.12", "lab-6.12-arm64", "lab-7.2", "lab-7.3"] as const;

export const builtIn = join(packageRoot, "src/kernel/profiles");

/** A folder that `make kernels` made: `lab-6.12`, `debian`. */
export function made(name: string): string {
  const folder = join(packageRoot, "out/kernels", name);
  if (!existsSync(folder)) throw new Error(`${folder} is missing: run \`make kernels\``);
  return folder;
}

/** The folder of a lab kernel with its image where the mirror has it. */
export function mirrored(name: string): string | undefined {
  const folder = join(mirror, name);
  return existsSync(folder) ? folder : undefined;
}

/** A fact of a built-in profile, unpacked. */
export function fact(name: string, file: string): Buffer {
  return gunzipSync(readFileSync(join(builtIn, name, `${file}.gz`)));
}

/** Runs with a new folder that is gone afterwards. */
export async function inFolder<T>(run: (folder: string) => T | Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "injectc-kernel-"));
  try {
    return await run(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The value; a failure shows the diagnostics. */
export function must<T>(result: Checked<T>): T {
  if (result.ok) return result.value;
  throw new Error(result.diagnostics.map((d) => `${d.code}: ${d.message}`).join("\n"));
}

/** Codes with the places that they point to, for tables: `damaged-list 3:1-3:8`. */
export function told(diagnostics: readonly Diagnostic[]): string[] {
  return diagnostics.map(({ code, span }) => {
    if (!span) return code;
    const [start, end] = [span.start, span.end].map((offset) => positionOf(span.source, offset));
    return `${code} ${start!.line}:${start!.column}-${end!.line}:${end!.column}`;
  });
}
