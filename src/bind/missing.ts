/** Why a kernel has no function of a name, as far as what is known of the kernel shows, and what it has instead. */

import { prototype } from "../btf/print.js";
import type { Remarks } from "../diagnostic.js";
import type { Kernel } from "../kernel/kernel.js";
import { otherNames } from "../kernel/renames.js";
import { hasFunction } from "./function.js";
import { likeNames, misspelt } from "./like.js";
import { nearestSyscall, wrapperOf } from "./syscall.js";

/** Help and notes for a name that the kernel's BTF does not have; `others` are all the kernels that the spec is for. */
export function whyMissing(name: string, kernel: Kernel, others: readonly Kernel[]): Remarks {
  const known = explainMissing(name, kernel);
  const help = known.length ? known : suggestion(name, kernel);
  const having = others.filter((other) => hasFunction(name, other)).map((other) => other.name);
  const notes = having.length ? [{ text: `there is one in kernel ${having.join(", ")}` }] : [];
  return { help, notes };
}

type Explanation = (name: string, kernel: Kernel) => readonly string[];

/** The first that has something to say is believed. */
const explanations: readonly Explanation[] = [ofClone, clones, untyped, narrow, inside, renamed, bare];

/** What is known of the name, beside what it may be misspelt for. */
export function explainMissing(name: string, kernel: Kernel): readonly string[] {
  for (const explanation of explanations) {
    const help = explanation(name, kernel);
    if (help.length) return help;
  }
  return [];
}

/** What compilers append to a clone's name: gcc's passes, and clang's where it promotes or merges functions. */
const cloneName = /^(\w+)\.(?:isra|constprop|part|cold|lto_priv|llvm|\d)/;

function ofClone(name: string, kernel: Kernel): readonly string[] {
  const base = cloneName.exec(name)?.[1];
  if (!base) return [];
  const clone = "this is the name of a clone that the compiler made, and BTF knows none of its parameters";
  return [hasFunction(base, kernel) ? `${clone}: \`${base}\` is the function itself` : clone];
}

function clones(name: string, kernel: Kernel): readonly string[] {
  const found = clonesOf(name, kernel);
  return found.length
    ? [
        `the compiler has split or cloned it here: ${found.join(", ")}; a probe on its callers will work instead`,
      ]
    : [];
}

function untyped(name: string, { traceable }: Kernel): readonly string[] {
  return traceable?.has(name)
    ? [
        "ftrace knows it, but the types at hand have no prototype of it: it is in a module, or the compiler changed its " +
          "parameters; use a function that calls it, or one that it calls",
      ]
    : [];
}

/** The option that a kernel has 32-bit system calls by, and how their wrappers are called. */
const compat = {
  x86_64: { option: "IA32_EMULATION", prefixes: ["__ia32_compat_sys_", "__ia32_sys_"] },
  arm64: { option: "COMPAT", prefixes: ["__arm64_compat_sys_"] },
} as const;

/** A system call's entry for 32-bit processes. */
function narrow(name: string, kernel: Kernel): readonly string[] {
  const syscall = /^(?:__(?:ia32|x32|arm64|do|se)_)?(?:compat_)?sys_(\w+)$/.exec(name)?.[1];
  if (!syscall || !/ia32|x32|compat/.test(name)) return [];
  const { option, prefixes } = compat[kernel.arch];
  const there = prefixes.map((prefix) => prefix + syscall).find((wrapper) => hasFunction(wrapper, kernel));
  const wide = hasFunction(`sys_${syscall}`, kernel)
    ? [`\`sys_${syscall}\` is the one of 64-bit processes`]
    : [];
  if (there) return [`\`${there}\` is the system call's entry for 32-bit processes here`, ...wide];
  const without = kernel.config && !kernel.config.has(option);
  return [
    ...(without ? [`the kernel has no system calls for 32-bit processes: CONFIG_${option} is not set`] : []),
    ...wide,
  ];
}

/** What SYSCALL_DEFINE makes of a system call beside its wrapper (arch/x86/include/asm/syscall_wrapper.h). */
export function inside(name: string, kernel: Kernel): readonly string[] {
  const syscall = /^__(?:do|se)_sys_(\w+)$/.exec(name)?.[1];
  return syscall && hasFunction(`sys_${syscall}`, kernel)
    ? [`the compiler has put it into the system call's wrapper: write \`sys_${syscall}\``]
    : [];
}

function renamed(name: string, kernel: Kernel): readonly string[] {
  const usable = (other: string) => hasFunction(other, kernel) && (kernel.traceable?.has(other) ?? true);
  const other = otherNames(name).find(usable);
  if (!other) return [];
  const [id] = kernel.btf.find("function", other);
  return [`here \`${other}\` is in its place${id === undefined ? "" : `: \`${prototype(kernel.btf, id)}\``}`];
}

/** A system call by the name that `man 2` has. */
function bare(name: string, kernel: Kernel): readonly string[] {
  return hasFunction(`sys_${name}`, kernel) ? [`it is a system call, whose function is \`sys_${name}\``] : [];
}

/** Clones of the function that ftrace knows, `name.isra.0` and its like. */
export function clonesOf(name: string, { traceable }: Kernel): string[] {
  return traceable ? [...traceable.startingWith(`${name}.`)] : [];
}

function suggestion(name: string, kernel: Kernel): string[] {
  const call = wrapperOf(name, kernel);
  const near = call
    ? nearestSyscall(call.syscall, kernel, (syscall) => name.slice(0, -call.syscall.length) + syscall)
    : misspelt(name, kernel.btf);
  if (near) return [`did you mean \`${near}\`?`];
  const like = call ? [] : likeNames(name, kernel);
  return [
    ...(kernel.traceable
      ? [
          "it was renamed, is not built into this kernel, or was inlined into all its callers: ftrace has no hook in one either",
        ]
      : []),
    ...(like.length ? [`functions of like names: ${like.map((other) => `\`${other}\``).join(", ")}`] : []),
  ];
}
