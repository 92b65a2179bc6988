/** One object for one kernel: the trigger, and what it needs. */

import type { Feature, ManifestTrigger } from "../build/manifest.js";
import type { Arch, Kernel } from "../kernel/kernel.js";
import type { Trigger } from "../spec/spec.js";
import type { BackendChoice } from "./backend.js";
import type { Bound } from "./bound.js";
import { declareTypes } from "./declare.js";
import { faultClass } from "./fault.js";
import type { KernelFunction } from "./function.js";
import { ownMembers } from "./members.js";
import type { ConditionPlan, FaultPlan, FramePlan, Variant } from "./plan.js";

/** 0x100000000 is "always": a random 32-bit number is always less. */
const always = 2 ** 32;

function triggerOf(trigger: Trigger): ManifestTrigger {
  const { probability } = trigger;
  return {
    probability: probability ? Math.max(1, Math.round(probability.value * always)) : always,
    times: trigger.times?.value ?? 0,
    interval: trigger.interval?.value ?? 1,
    space: trigger.space?.value ?? 0,
    oncePerStack: trigger.oncePerStack?.value ?? false,
  };
}

/** What a kernel can do came in one release with a helper of BPF, and its BTF names those that it has. */
function since({ btf }: Kernel, helper: string): boolean {
  return btf.enumerator(`BPF_FUNC_${helper}`) !== undefined;
}

/**
 * Which objects a kernel may take: modern ones, as from 5.15 on, others, or, where nobody knows, either. What is modern needs the
 * kernel's own BTF, of which a trampoline is the proof; types for a kernel may come from elsewhere.
 */
export function generations(kernel: Kernel, { backend }: BackendChoice): readonly boolean[] {
  // Of what `modern` stands for, the last came in 5.15, as did this helper (kernel/trace/bpf_trace.c).
  if (!since(kernel, "get_func_ip")) return [false];
  if (backend === "fmod_ret") return [true];
  return kernel.config ? [kernel.config.has("DEBUG_INFO_BTF")] : [true, false];
}

/** The object for one kernel. */
export function makeVariant(
  bound: Bound,
  choice: BackendChoice,
  modern: boolean,
  fault: FaultPlan,
  frames: readonly FramePlan[],
): Variant {
  const { spec, kernel } = bound;
  const trigger = triggerOf(spec.trigger);
  const conditions = [fault.when, fault.exempt, fault.bytes, ...frames.map((f) => f.when)].filter(
    (c) => c !== undefined,
  );
  const features: Feature[] = modern ? [frames.length ? "task_storage" : "task_btf", "atomic_fetch"] : [];
  return {
    kind: "variant",
    name: spec.name,
    ...choice,
    arch: kernel.arch,
    kernels: [{ name: kernel.name, release: kernel.release?.text ?? null }],
    fault,
    frames,
    modern,
    // In 6.2 both came, storage of cgroups and look-ups of tasks' that never fail (kernel/bpf/bpf_task_storage.c).
    busy: modern && !since(kernel, "cgrp_storage_get"),
    stackSize: stackSize(kernel),
    trigger,
    types: declareTypes(
      conditions,
      ownMembers(kernel.arch, choice.backend, conditions, frames.length > 0, modern),
    ),
    needs: {
      features,
      functions: neededFunctions(bound, fault, frames),
      config: neededOptions(bound, choice),
    },
  };
}

function neededFunctions(bound: Bound, fault: FaultPlan, frames: readonly FramePlan[]) {
  const reads = (c: ConditionPlan | undefined) => (c?.reads.length ?? 0) > 0;
  const entry = (target: KernelFunction, used: boolean) => ({
    name: target.symbol as string,
    // A system call's wrapper has one parameter, whatever the call's own.
    ...(used && !target.syscall ? { arities: [target.parameters.length] } : {}),
  });
  const all = [
    ...bound.frames.map((f, i) => entry(f.target, reads(frames[i]?.when))),
    entry(bound.fault, reads(fault.when) || reads(fault.exempt) || reads(fault.bytes)),
  ];
  // Where a task ends in the midst of the chain, see templates/chain.hbs.
  if (frames.length > 0) all.push({ name: "do_task_dead" });
  return [...new Map(all.map((f) => [f.name, f])).values()];
}

function neededOptions({ spec, fault }: Bound, { backend }: BackendChoice): string[] {
  if (backend === "override") return ["BPF_KPROBE_OVERRIDE"];
  const row = faultClass(spec.fault);
  if (fault.symbol.startsWith("security_")) return [];
  return ["FUNCTION_ERROR_INJECTION", ...(row?.config ? [row.config] : [])];
}

/** THREAD_SIZE (arch/x86/include/asm/page_64_types.h, arch/arm64/include/asm/memory.h). */
function stackSize({ arch, config }: Kernel): number {
  const kasan = config?.has("KASAN") ? 2 : 1;
  const pages64k: Record<Arch, boolean> = { x86_64: false, arm64: config?.has("ARM64_64K_PAGES") ?? false };
  return (pages64k[arch] ? 65536 : 16384) * kasan;
}
