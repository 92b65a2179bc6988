/** A system call's declared arguments, which its wrapper gets in saved registers and BTF does not know. */

import type { Btf } from "../btf/btf.js";
import type { Kernel } from "../kernel/kernel.js";
import { wholeFragment } from "../source.js";
import { parseParameters } from "../spec/c/parse.js";
import { nearest } from "../spelling.js";
import { type CType, decay, invalidType } from "./ctype.js";
import type { KernelFunction, KernelParameter } from "./function.js";
import { functionNames } from "./like.js";
import { resolveType } from "./typename.js";

/**
 * How each architecture calls its wrappers. On x86-64 a call without arguments has an alias there, and in BTF as in the
 * kernel's lists it goes by its body's name (arch/x86/include/asm/syscall_wrapper.h, SYSCALL_DEFINE0).
 */
const prefixes = { x86_64: ["__x64_sys_", "__do_sys_"], arm64: ["__arm64_sys_"] } as const;

/** The system call that a name means (`SyS_x`, `sys_x`, `__x64_sys_x`, `__arm64_sys_x`), and its wrapper in this kernel. */
export function wrapperOf(
  name: string,
  { btf, arch }: Pick<Kernel, "btf" | "arch">,
): { readonly syscall: string; readonly wrapper: string } | undefined {
  const [, prefix, syscall] = /^(SyS_|sys_|__x64_sys_|__arm64_sys_|__do_sys_)(\w+)$/.exec(name) ?? [];
  if (!syscall) return undefined;
  const wrapper = prefixes[arch].map((p) => p + syscall).find((w) => btf.find("function", w).length > 0);
  const usual = `${prefixes[arch][0]}${syscall}`;
  // A body is the wrapper only where it stands in BTF for it.
  return prefix === "__do_sys_" && name !== wrapper ? undefined : { syscall, wrapper: wrapper ?? usual };
}

/** The names of all system calls that the kernel has a wrapper of. */
export function syscallNames({ btf, arch }: Kernel): string[] {
  return functionNames(btf).flatMap((name) => {
    const prefix = prefixes[arch].find((p) => name.startsWith(p));
    return prefix ? [name.slice(prefix.length)] : [];
  });
}

/** The name nearest to a system call's that the kernel does not have, as `spell` writes it. */
export function nearestSyscall(
  syscall: string,
  kernel: Kernel,
  spell = (name: string) => name,
): string | undefined {
  const near = nearest(syscall, syscallNames(kernel));
  return near === undefined ? undefined : spell(near);
}

/** The wrapper as the system call itself: its declared arguments, all in user memory. */
export function asSyscall(target: KernelFunction, syscall: string, kernel: Kernel): KernelFunction {
  const declared = kernel.syscalls.get(syscall);
  const parameters = declared ? declaredParameters(declared, kernel, target.btf) : unknownParameters();
  const prototype = declared ? `${syscall}(${declared.join(", ") || "void"})` : `${syscall}(…)`;
  return { ...target, syscall, parameters, prototype };
}

function declaredParameters(declared: readonly string[], kernel: Kernel, btf: Btf): KernelParameter[] {
  const parsed = parseParameters(wholeFragment({ name: "<syscalls>", text: declared.join(", ") }));
  if (!parsed.ok) return unknownParameters();
  return parsed.value.parameters.map((p, slot) => {
    const type = inUserMemory(decay(resolveType(p.type, kernel, btf, () => {})));
    return { name: p.name?.value ?? "", type, slot };
  });
}

// Six registers carry arguments; a type that is not known agrees with whatever the user writes.
function unknownParameters(): KernelParameter[] {
  return Array.from({ length: 6 }, (_, slot) => ({ name: "", type: invalidType, slot }));
}

/**
 * Whether the function gets a system call's arguments as they are: its body, or what the kernel calls in its stead
 * (include/linux/syscalls.h). gcc leaves out of BTF that their pointers are `__user`.
 */
export function isSyscallBody(symbol: string): boolean {
  return /^(?:__do_sys|ksys)_/.test(symbol);
}

/** A pointer that a process handed in. */
export function inUserMemory(type: CType): CType {
  return type.kind === "pointer" ? { ...type, user: true } : type;
}
