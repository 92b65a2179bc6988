/** Temporary folders that do not outlive their use. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const live = new Set<string>();

// What `finally` cannot catch: process.exit(), which is also how the program ends on a signal.
process.on("exit", () => {
  for (const folder of live) rmSync(folder, { recursive: true, force: true });
});

/**
 * Runs `use` at once with a fresh folder that only this user can enter, and removes it whatever happens; `parent` must be
 * there.
 */
export async function withTempFolder<T>(use: (folder: string) => Promise<T>, parent = tmpdir()): Promise<T> {
  const folder = mkdtempSync(join(parent, ".injectc-"));
  live.add(folder);
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
    live.delete(folder);
  }
}
