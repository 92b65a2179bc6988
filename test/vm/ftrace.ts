/** What a lab kernel's ftrace stands. */

import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Whether the kernel in a folder, by its `config`, takes ftrace's handlers at odd addresses for jumps (ftrace_is_jmp() of
 * include/linux/ftrace.h): only at -Os do functions lie there. It oopses as soon as a function has several probes.
 */
export function missesHandlers(folder: string): boolean {
  const config = readFileSync(join(folder, "config"), "utf8");
  return ["CC_OPTIMIZE_FOR_SIZE", "DYNAMIC_FTRACE_WITH_JMP"].every((option) =>
    config.includes(`\nCONFIG_${option}=y\n`),
  );
}
