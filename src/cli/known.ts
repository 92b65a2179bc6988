/** What a profile's facts amount to, for `injectc kernel show`. */

import { hasErrorInjection } from "../bind/fault.js";
import type { FileName } from "../kernel/folder.js";
import type { Kernel } from "../kernel/kernel.js";
import type { How } from "../kernel/record.js";

/** A fact in a few words; null where nothing is known of it. */
export function knownOf(file: FileName, how: How | "unknown", kernel: Kernel): string | null {
  return how === "unknown" ? absence(file, kernel) : content(file, kernel);
}

/** What is known all the same where the fact itself is not. */
function absence(file: FileName, kernel: Kernel): string | null {
  const none = file === "injectable.txt" && hasErrorInjection(kernel) === false;
  return none ? "none: it is built without CONFIG_FUNCTION_ERROR_INJECTION" : null;
}

function content(file: FileName, kernel: Kernel): string {
  const several = (count: number | undefined, what: string) => `${(count ?? 0).toLocaleString("en")} ${what}`;
  switch (file) {
    case "vmlinuz":
      return "an image to boot";
    case "vmlinux.btf":
      return several(kernel.btf.count, "types");
    case "config":
      return several(kernel.config?.size, "options");
    case "injectable.txt":
      return several(kernel.injectable?.size, "functions that can be failed");
    case "traceable.txt":
      return several(kernel.traceable?.size, "functions that can be traced");
    case "syscalls.txt":
      return several(kernel.syscalls.size, "system calls with their arguments");
    default:
      return file satisfies never;
  }
}
