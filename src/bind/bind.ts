/** Names to types: a spec against the target kernels gives the plan, or everything that is wrong with it. */

import type { Backend, Feature, ManifestTrigger } from "../build/manifest.js";
import { type Checked, checked, type Diagnostic, hasErrors, mergeKernels } from "../diagnostic.js";
import type { Arch, Kernel } from "../kernel/kernel.js";
import { wholeFragment } from "../source.js";
import { parsePredicate } from "../spec/c/parse.js";
import type { Spec, Target, Trigger } from "../spec/spec.js";
import { type BackendChoice, chooseBackend } from "./backend.js";
import { type Bound, bindNames, ownParameters } from "./bound.js";
import * as codes from "./codes.js";
import { bindCondition, bindOwn, type ConditionContext } from "./condition.js";
import { type CType, intType, ulongType, voidType } from "./ctype.js";
import { declareTypes, type OwnMember } from "./declare.js";
import { faultClass, injectability, type ReturnValue, returnValue } from "./fault.js";
import type { KernelFunction } from "./function.js";
import type { CIdent } from "./name.js";
import type { BoundParameter } from "./parameters.js";
import type { ConditionPlan, FaultPlan, FramePlan, Plan, Variant } from "./plan.js";
import { registerMember, registers } from "./registers.js";
import { injectable } from "./rules/injectable.js";
import { traceable } from "./rules/traceable.js";

const rules: readonly ((bound: Bound) => Diagnostic[])[] = [traceable, injectable];

export interface BindOptions {
  /** Instead of the one that would be chosen. */
  readonly backend?: Backend;
}

/** The plan for all the kernels, or every kernel's errors, those that several share told once. */
export function bind(spec: Spec, kernels: readonly Kernel[], options: BindOptions = {}): Checked<Plan> {
  const diagnostics: Diagnostic[] = [];
  const variants = kernels.map((kernel) => {
    const found: Diagnostic[] = [];
    const variant = bindKernel(spec, kernel, options, (d) => found.push({ ...d, kernels: [kernel.name] }));
    diagnostics.push(...found);
    return hasErrors(found) ? undefined : variant;
  });
  const bound = variants.filter((v) => v !== undefined);
  return checked({ kind: "plan", name: spec.name, variants: fewest(bound) }, mergeKernels(diagnostics));
}

type Report = (d: Diagnostic) => void;

function bindKernel(spec: Spec, kernel: Kernel, options: BindOptions, report: Report): Variant | undefined {
  const bound = bindNames(spec, kernel, report);
  if (!bound) return undefined;
  for (const rule of rules) for (const d of rule(bound)) report(d);
  const allowed = injectability(bound.fault, spec.fault, kernel);
  const result =
    allowed.kind === "refused" ? undefined : returnValue(spec, bound.fault, allowed.effect, report);
  const hooked = bound.frames.map((f) => f.target);
  const chosen = result && chooseBackend(bound.fault, hooked, result.value, allowed, kernel, options.backend);
  if (chosen && "why" in chosen) {
    report(codes.noBackend(spec.fault.span, { name: bound.fault.symbol, why: chosen.why }));
  }
  const choice = chosen && "backend" in chosen ? chosen : undefined;
  // Predicates are typed in any case, so that all mistakes are told in one run.
  const frames = bound.frames.map((f): FramePlan => {
    const when =
      f.frame.when && bindCondition(f.frame.when, context(bound, f.target, f.parameters, choice, report));
    return { function: f.target.symbol, ...(when ? { when } : {}) };
  });
  const fault = bindFault(bound, result, choice, report);
  return choice && fault && makeVariant(bound, choice, fault, frames);
}

function context(
  bound: Bound,
  target: KernelFunction,
  parameters: readonly BoundParameter[],
  choice: BackendChoice | undefined,
  report: Report,
): ConditionContext {
  return { kernel: bound.kernel, target, parameters, trampoline: choice?.backend !== "override", report };
}

function bindFault(
  bound: Bound,
  result: ReturnValue | undefined,
  choice: BackendChoice | undefined,
  report: Report,
): FaultPlan | undefined {
  const { spec, fault } = bound;
  const row = faultClass(spec.fault);
  const when =
    spec.when &&
    bindCondition(spec.when.predicate, context(bound, fault, bound.faultParameters, choice, report));
  const own = (text: string | undefined) => {
    if (text === undefined) return undefined;
    const place = spec.fault.span;
    return ownCondition(
      text,
      context(bound, fault, ownParameters(spec, fault), choice, (d) => report({ ...d, span: place })),
    );
  };
  const exempt = own(row?.exempt);
  const bytes = spec.trigger.space && own(row?.bytes);
  if (!result) return undefined;
  return {
    kind: spec.fault.kind,
    function: fault.symbol,
    value: result.value,
    return: result.name,
    ...(when ? { when } : {}),
    ...(exempt ? { exempt } : {}),
    ...(bytes ? { bytes } : {}),
  };
}

/** An expression of a fault class's own, in the predicate language, over the documented parameters. */
function ownCondition(text: string, context: ConditionContext): ConditionPlan | undefined {
  const parsed = parsePredicate(wholeFragment({ name: "<fault>", text }));
  if (!parsed.ok) throw new Error(`the fault class's own expression does not parse: ${text}`);
  return bindOwn(parsed.value, context);
}

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

// In the order of the loader's and the generated C's TARGET_* constants.
const kinds = ["pid", "tid", "cgroup", "comm", "uid"] as const;

function targetKinds(target: Target): number {
  return kinds.reduce((bits, kind, i) => bits | (target[kind].length ? 1 << i : 0), 0);
}

function makeVariant(
  bound: Bound,
  choice: BackendChoice,
  fault: FaultPlan,
  frames: readonly FramePlan[],
): Variant {
  const { spec, kernel } = bound;
  // Of what `modern` stands for, the last came in 5.15, as did this helper (kernel/trace/bpf_trace.c).
  const modern = kernel.btf.enumerator("BPF_FUNC_get_func_ip") !== undefined;
  const trigger = triggerOf(spec.trigger);
  const conditions = [fault.when, fault.exempt, fault.bytes, ...frames.map((f) => f.when)].filter(
    (c) => c !== undefined,
  );
  const features: Feature[] = modern
    ? [...(frames.length ? ["task_storage" as const] : []), "atomic_fetch"]
    : [];
  return {
    kind: "variant",
    name: spec.name,
    ...choice,
    arch: kernel.arch,
    kernels: [{ name: kernel.name, release: kernel.release?.text ?? null }],
    fault,
    frames,
    modern,
    stackSize: stackSize(kernel),
    trigger,
    targetKinds: targetKinds(spec.target),
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

const pointerTo = (name: string): CType => ({ kind: "pointer", to: { kind: "struct", name } });

/**
 * The way to a task's ancestor cgroups where there may be no helper: `ancestor_ids` up to 5.19, `ancestors` from 6.1 on
 * (include/linux/cgroup-defs.h), on which such an object may also be loaded.
 */
const cgroupMembers: readonly OwnMember[] = [
  { struct: "task_struct", name: "cgroups" as CIdent, type: pointerTo("css_set") },
  { struct: "css_set", name: "dfl_cgrp" as CIdent, type: pointerTo("cgroup") },
  { struct: "cgroup", name: "level" as CIdent, type: intType },
  { struct: "cgroup", name: "ancestor_ids" as CIdent, type: { kind: "array", of: ulongType, length: 0 } },
  {
    struct: "cgroup",
    name: "ancestors" as CIdent,
    type: { kind: "array", of: pointerTo("cgroup"), length: 0 },
  },
  { struct: "cgroup", name: "kn" as CIdent, type: pointerTo("kernfs_node") },
  { struct: "kernfs_node", name: "id" as CIdent, type: ulongType },
];

/** What the programs read beside the predicates: registers, and the bounds of the task's stack. */
function ownMembers(
  arch: Arch,
  backend: Backend,
  conditions: readonly ConditionPlan[],
  chain: boolean,
  modern: boolean,
): OwnMember[] {
  const layout = registers[arch];
  const reads = conditions.flatMap((c) => c.reads);
  const kprobe = backend === "override";
  const context = (access: string) => ({ struct: layout.context, ...registerMember(access) });
  const saved = (access: string) => ({ struct: layout.saved, ...registerMember(access) });
  const slots = reads.map((r) => (r.from === "registers" ? 0 : r.slot));
  return [
    ...(chain
      ? [{ struct: "task_struct", name: "stack" as CIdent, type: { kind: "pointer", to: voidType } as const }]
      : []),
    ...(modern ? [] : cgroupMembers),
    ...(kprobe && chain ? [context("sp")] : []),
    ...(kprobe ? slots.map((slot) => context(layout.parameters[slot]!)) : []),
    ...reads.filter((r) => r.from === "registers").map((r) => saved(layout.syscall[r.slot]!)),
  ];
}

function neededFunctions(bound: Bound, fault: FaultPlan, frames: readonly FramePlan[]) {
  const reads = (c: ConditionPlan | undefined) => (c?.reads.length ?? 0) > 0;
  const entry = (target: KernelFunction, used: boolean) => ({
    name: target.symbol as string,
    // A system call's wrapper has one parameter, whatever the call's own.
    ...(used && !target.syscall ? { arity: target.parameters.length } : {}),
  });
  const all = [
    ...bound.frames.map((f, i) => entry(f.target, reads(frames[i]?.when))),
    entry(bound.fault, reads(fault.when) || reads(fault.exempt) || reads(fault.bytes)),
  ];
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

/**
 * Variants that are the same but for the kernels that they serve become one. Those that demand more come first: a loader
 * takes the first that its kernel can do.
 */
function fewest(variants: readonly Variant[]): Variant[] {
  const groups = new Map<string, Variant>();
  for (const variant of variants) {
    const key = JSON.stringify({ ...variant, kernels: null, reason: null }, canonical);
    const same = groups.get(key);
    groups.set(key, same ? { ...same, kernels: [...same.kernels, ...variant.kernels] } : variant);
  }
  return [...groups.values()].sort((a, b) => b.needs.features.length - a.needs.features.length);
}

function canonical(key: string, value: unknown): unknown {
  // A type's name and shape are in the plan; where a BTF defines it, and what a typedef calls it, make no difference.
  if (key === "definition" || key === "label" || key === "span" || key === "config") return undefined;
  if (typeof value === "bigint") return value.toString();
  return value instanceof Uint8Array ? [...value] : value;
}
