/** What was learned of a kernel, and the `Kernel` that it makes. */

import { arch as hostArch } from "node:os";
import type { Btf } from "../btf/btf.js";
import type { Arch, Kernel } from "./kernel.js";
import { parseRelease } from "./release.js";
import { commonSyscalls } from "./syscalls.js";

/** A list that is read when it is asked for; `undefined` where that shows that it is not there. */
type Later<T> = () => T | undefined;

/** Members as of `Kernel`; what is absent is not known. */
export interface Facts {
  readonly btf: Btf;
  readonly modules?: ReadonlyMap<string, Btf>;
  readonly modulesWith?: ((name: string) => Iterable<string>) | undefined;
  readonly loadable?: readonly string[];
  readonly release?: string | undefined;
  readonly arch?: Arch | undefined;
  readonly image?: string | undefined;
  readonly config?: Later<NonNullable<Kernel["config"]>> | undefined;
  readonly injectable?: Later<NonNullable<Kernel["injectable"]>> | undefined;
  readonly traceable?: Later<NonNullable<Kernel["traceable"]>> | undefined;
  readonly syscalls?: Later<NonNullable<Kernel["syscalls"]>> | undefined;
}

/** The kernel; its lists are read when they are looked at. `argument` is its name where no release is known. */
export function makeKernel(argument: string, facts: Facts): Kernel {
  const release = facts.release === undefined ? undefined : parseRelease(facts.release);
  const arch = facts.arch ?? archOfTypes(facts.btf) ?? archOfHost();
  return {
    name: release?.text ?? argument,
    arch,
    ...(release ? { release } : {}),
    btf: facts.btf,
    modules: facts.modules ?? new Map(),
    modulesWith: facts.modulesWith ?? (() => facts.modules?.keys() ?? []),
    loadable: facts.loadable ?? [],
    get config() {
      return facts.config?.();
    },
    get injectable() {
      return facts.injectable?.();
    },
    get traceable() {
      return facts.traceable?.();
    },
    get syscalls() {
      return facts.syscalls?.() ?? commonSyscalls(arch);
    },
    ...(facts.image === undefined ? {} : { image: facts.image }),
  };
}

/** Structs that only one architecture has: arch/x86/include/asm/processor.h, arch/arm64/include/uapi/asm/ptrace.h. */
function archOfTypes(btf: Btf): Arch | undefined {
  if (btf.find("struct", "x86_hw_tss").length > 0) return "x86_64";
  return btf.find("struct", "user_pt_regs").length > 0 ? "arm64" : undefined;
}

/** The architecture of the machine that injectc runs on, x86-64 if it is none that injectc knows. */
export function archOfHost(): Arch {
  return hostArch() === "arm64" ? "arm64" : "x86_64";
}
