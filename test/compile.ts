/** Compiles generated C with every warning an error. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";

export async function compileStrictly(c: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "injectc-test-"));
  try {
    writeFileSync(join(folder, "injectc.bpf.c"), c);
    const flags = [
      "-target",
      "bpf",
      "-mcpu=v3",
      "-O2",
      "-g",
      "-Wall",
      "-Wextra",
      "-Wno-unused-parameter",
      "-Werror",
    ];
    await execa("clang-19", [...flags, "-c", "injectc.bpf.c", "-o", "injectc.bpf.o"], { cwd: folder });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
