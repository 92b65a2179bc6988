/** Real BTF: made at test time from C, and that of the lab kernels. */

import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Checked } from "../../src/diagnostic.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const fixtures = join(root, "test/fixtures/btf");

/** The value; a failure shows the diagnostics. */
export function unwrap<T>(result: Checked<T>): T {
  if (result.ok) return result.value;
  throw new Error(result.diagnostics.map((d) => d.message).join("\n"));
}

/** Runs with a new folder that is gone afterwards. */
export function inFolder<T>(run: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "injectc-btf-"));
  try {
    return run(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The ELF object with BTF that clang makes of C text. */
export function compile(c: string, target: "bpf" | "bpfeb" = "bpf"): Uint8Array {
  return inFolder((folder) => {
    const object = join(folder, "fixture.o");
    const options = ["-target", target, "-g", "-O2", "-Wall", "-Werror", "-xc", "-c", "-", "-o", object];
    execFileSync("clang-19", options, { input: c, stdio: ["pipe", "ignore", "pipe"] });
    return readFileSync(object);
  });
}

/** The text of a file among the fixtures. */
export function fixture(name: string): string {
  return readFileSync(join(fixtures, name), "utf8");
}

export interface LabKernel {
  readonly name: string;
  readonly file: string;
}

/** The raw BTF of every lab kernel that was built or is mirrored; there must be one. */
export function labKernels(): readonly LabKernel[] {
  const mirror = process.env.KERNEL_MIRROR ?? "../shared/kernels";
  const found = new Map<string, string>();
  const seen = new Set<string>();
  for (const folder of [join(root, "out/kernels"), resolve(root, mirror)]) {
    if (!existsSync(folder)) continue;
    for (const name of readdirSync(folder)) {
      const file = join(folder, name, "vmlinux.btf");
      if (found.has(name) || !existsSync(file)) continue;
      // One kernel may have two names.
      const real = realpathSync(file);
      if (!seen.has(real)) found.set(name, file);
      seen.add(real);
    }
  }
  if (found.size === 0) throw new Error("no lab kernel: run make kernels, or set KERNEL_MIRROR");
  return [...found].map(([name, file]) => ({ name, file }));
}
