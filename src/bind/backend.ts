/** Which backend serves a fault in a kernel: the cheaper one that works, with the reason in words. */

import type { Backend } from "../build/manifest.js";
import type { Kernel } from "../kernel/kernel.js";
import type { Injectability } from "./fault.js";
import type { KernelFunction } from "./function.js";
import { trampolineObstacle } from "./trampoline.js";

export interface BackendChoice {
  readonly backend: Backend;
  readonly reason: string;
}

/** A backend, or why none of those asked for works. `frames` are the functions of the call chain. */
export function chooseBackend(
  target: KernelFunction,
  frames: readonly KernelFunction[],
  value: number,
  allowed: Injectability,
  kernel: Kernel,
  wanted?: Backend,
): BackendChoice | { readonly why: string } {
  if (isTooOld(kernel))
    return { why: "both need Linux 5.8, by the list of BPF functions in the kernel's types" };
  const obstacles = {
    fmod_ret: modifyObstacle(value, kernel) ?? hookObstacle([target, ...frames], kernel),
    override: overrideObstacle(target, allowed, kernel),
  };
  if (wanted) {
    const why = obstacles[wanted];
    return why ? { why } : { backend: wanted, reason: "it was asked for" };
  }
  if (!obstacles.fmod_ret) return { backend: "fmod_ret", reason: trampolineReason(target, allowed) };
  if (!obstacles.override) return { backend: "override", reason: obstacles.fmod_ret };
  return { why: `${obstacles.fmod_ret}; ${obstacles.override}` };
}

/** Every program asks for bpf_ktime_get_boot_ns() (5.8); where the types name no such functions at all, nothing is known. */
function isTooOld({ btf }: Kernel): boolean {
  const has = (name: string) => btf.enumerator(name) !== undefined;
  return has("BPF_FUNC_ktime_get_ns") && !has("BPF_FUNC_ktime_get_boot_ns");
}

function trampolineReason(target: KernelFunction, allowed: Injectability): string {
  const may = {
    listed: `${target.symbol} is on the kernel's error-injection list`,
    security: `${target.symbol} is a security hook, which needs no error injection in the kernel`,
    unknown: "the kernel has trampolines",
    refused: "",
  }[allowed.kind];
  return `a trampoline costs less than a kprobe, and ${may}`;
}

function hookObstacle(functions: readonly KernelFunction[], kernel: Kernel): string | undefined {
  const why = functions.map((f) => trampolineObstacle(f, kernel)).find((w) => w !== undefined);
  return why && `fmod_ret needs a trampoline in each function, and ${why}`;
}

function modifyObstacle(value: number, kernel: Kernel): string | undefined {
  if (value === 0) return "fmod_ret cannot return 0 or NULL, since 0 means that the original runs";
  if (!kernel.btf.enumerator("BPF_MODIFY_RETURN")) return "fmod_ret needs Linux 5.7";
  // arm64 attaches trampolines to kernel functions by ftrace's direct calls (6.4).
  const direct = kernel.config?.has("DYNAMIC_FTRACE_WITH_DIRECT_CALLS");
  if (kernel.arch === "arm64" && direct === false) {
    return "fmod_ret needs CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS on arm64 (Linux 6.4)";
  }
  return undefined;
}

function overrideObstacle(
  target: KernelFunction,
  allowed: Injectability,
  kernel: Kernel,
): string | undefined {
  if (allowed.kind === "security")
    return `override cannot fail ${target.symbol}, which is not on the error-injection list`;
  const enabled = kernel.config?.has("BPF_KPROBE_OVERRIDE");
  return enabled === false ? "override needs CONFIG_BPF_KPROBE_OVERRIDE" : undefined;
}
