/** A kernel's configuration: the `.config` that Kconfig writes (scripts/kconfig/confdata.c). */

import type { Arch } from "./kernel.js";
import { entries, type ListFormat } from "./lists.js";

/**
 * Options without `CONFIG_`: `y`, `m`, a number as written, a string without its quotes. One that is not set, or is
 * `n`, is absent.
 */
export const configList: ListFormat<ReadonlyMap<string, string>> = {
  form: "CONFIG_NAME=VALUE",
  line: /CONFIG_(\w+)=([ymn]|-?\d+|0x[\da-fA-F]+|"(?:[^"\\\n]|\\.)*")/,
  collect(text) {
    const found = new Map<string, string>();
    for (const [, name, value] of entries(this.line, text))
      if (value !== "n") found.set(name!, unquoted(value!));
    return found;
  },
};

function unquoted(value: string): string {
  return value.startsWith('"') ? value.slice(1, -1).replace(/\\(.)/g, "$1") : value;
}

/** The release in the comment at its top, `# Linux/x86 6.12.95 Kernel Configuration`; `undefined` without one. */
export function configRelease(text: string): string | undefined {
  return /^# Linux\/\S+ (\S+) Kernel Configuration\r?$/m.exec(text)?.[1];
}

/** The architecture that it is for; `undefined` where it is none that injectc knows, or nothing says. */
export function configArch(text: string): Arch | undefined {
  if (/^CONFIG_X86_64=y\r?$/m.test(text)) return "x86_64";
  return /^CONFIG_ARM64=y\r?$/m.test(text) ? "arm64" : undefined;
}
