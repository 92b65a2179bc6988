/** The function that fails: which it is, what it may return, and whether a kernel allows it. */

import type { Diagnostic } from "../diagnostic.js";
import { errnoNumber } from "../kernel/errno.js";
import type { EffectClass, Kernel } from "../kernel/kernel.js";
import type { Span } from "../source.js";
import { faultKind } from "../spec/fault.js";
import type { Fault, Name, Spec } from "../spec/spec.js";
import { didYouMean } from "../spelling.js";
import { findFunction, type KernelFunction } from "./function.js";
import * as codes from "./rules/codes.js";
import { nearestSyscall } from "./syscall.js";

/** What is known of a fault class that has a name of its own; conditions are in the predicate language. */
export interface FaultClass {
  readonly function: string;
  /** The documented names of its parameters. */
  readonly parameters: readonly string[];
  readonly return: string;
  readonly effect: EffectClass;
  /** Never failed, as in the kernel's own framework (mm/failslab.c, mm/fail_page_alloc.c). */
  readonly exempt?: string;
  /** What the trigger's `space` counts. */
  readonly bytes: string;
  /** The option without which nothing calls it since 6.11. */
  readonly config?: string;
}

export const faultClasses: Readonly<Record<"slab" | "page" | "bio", FaultClass>> = {
  slab: {
    function: "should_failslab",
    parameters: ["s", "gfpflags"],
    return: "ENOMEM",
    effect: "ERRNO",
    exempt: "gfpflags & __GFP_NOFAIL",
    bytes: "s->object_size",
    config: "FAILSLAB",
  },
  page: {
    function: "should_fail_alloc_page",
    parameters: ["gfp_mask", "order"],
    return: "true",
    effect: "TRUE",
    exempt: "gfp_mask & __GFP_NOFAIL",
    bytes: "PAGE_SIZE << order",
    config: "FAIL_PAGE_ALLOC",
  },
  bio: {
    function: "should_fail_bio",
    parameters: ["bio"],
    return: "EIO",
    effect: "ERRNO",
    bytes: "bio->bi_iter.bi_size",
  },
};

/** The fault's row, for the three classes that have one. */
export function faultClass(fault: Fault): FaultClass | undefined {
  return fault.kind === "slab" || fault.kind === "page" || fault.kind === "bio"
    ? faultClasses[fault.kind]
    : undefined;
}

/** The function to fail, in this kernel. */
export function findFault(
  fault: Fault,
  kernel: Kernel,
  report: (d: Diagnostic) => void,
  others: readonly Kernel[] = [],
): KernelFunction | undefined {
  if (fault.kind === "function") {
    const help = otherFault(fault.name, kernel);
    const told = (d: Diagnostic) =>
      d.code === codes.noSuchFunction.code && help.length ? { ...d, help } : d;
    return findFunction(fault.name, kernel, (d) => report(told(d)), others);
  }
  if (fault.kind === "syscall") {
    const named = { value: `sys_${fault.name.value}`, span: fault.name.span };
    const found = findFunction(named, kernel, () => {});
    if (!found?.syscall) {
      const near = nearestSyscall(fault.name.value, kernel);
      const help = near ? [`did you mean \`syscall:${near}\`?`] : [];
      report(codes.syscallFault(fault.name.span, { name: fault.name.value }, { help }));
    }
    return found?.syscall ? found : undefined;
  }
  const row = faultClasses[fault.kind];
  const found = findFunction({ value: row.function, span: fault.span }, kernel, () => {});
  if (!found) {
    const help = row.config ? [missingOption(row.config)] : [];
    report(codes.notInjectable(fault.span, { name: row.function }, { help }));
  }
  return found;
}

/** What was meant by a function that the kernel may not have: bcc's mode, a system call, or one of our own words. */
function otherFault({ value, span }: Name, kernel: Kernel): string[] {
  const kind = faultKind((row) => row.mode === value);
  if (kind) return [`write \`${kind}\``];
  const call = findFunction({ value: `sys_${value}`, span }, kernel, () => {})?.syscall;
  return call ? [`write \`syscall:${call}\``] : didYouMean(value, Object.keys(faultClasses));
}

function missingOption(name: string): string {
  return `it is built into kernels with CONFIG_${name}`;
}

/** Whether the kernel lets the function be failed: its class, `unknown`, or the reason why not. */
export type Injectability =
  | { readonly kind: "listed"; readonly effect: EffectClass }
  | { readonly kind: "security"; readonly effect: EffectClass }
  | { readonly kind: "unknown"; readonly effect: EffectClass }
  | { readonly kind: "refused"; readonly help: readonly string[] };

export function injectability(target: KernelFunction, fault: Fault, kernel: Kernel): Injectability {
  const byType = effectByType(target);
  if (target.symbol.startsWith("security_")) {
    return byType === "ERRNO"
      ? { kind: "security", effect: "ERRNO" }
      : { kind: "refused", help: ["only security_* functions that return int can be failed"] };
  }
  const known = faultClass(fault)?.effect ?? byType;
  const listed = kernel.injectable?.get(target.symbol);
  if (listed) return { kind: "listed", effect: listed === "unknown" ? (known ?? "ERRNO") : listed };
  if (hasErrorInjection(kernel) === false) {
    return {
      kind: "refused",
      help: [
        "the kernel is built without CONFIG_FUNCTION_ERROR_INJECTION",
        "what works there: a security_* function (security_file_open, security_inode_permission, …) as the fault",
      ],
    };
  }
  if (kernel.injectable) {
    const within = `\`fault: slab\` (or page, bio) with \`${target.syscall ? `sys_${target.syscall}` : target.symbol}\` in the call chain`;
    return {
      kind: "refused",
      help: [
        "it is not on the kernel's error-injection list",
        `what works there: ${within} lets what it allocates fail; or a security_* function that it calls`,
      ],
    };
  }
  if (!known)
    return { kind: "refused", help: [`it returns nothing that could be a failure: \`${target.prototype}\``] };
  return { kind: "unknown", effect: known };
}

/**
 * By its configuration or list, else by its types: where those name functions at all, they name the global ones. Undefined:
 * not known.
 */
export function hasErrorInjection({ injectable, config, btf }: Kernel): boolean | undefined {
  if (config) return config.has("FUNCTION_ERROR_INJECTION");
  if (injectable) return injectable.size > 0;
  const has = (name: string) => btf.find("function", name).length > 0;
  // Of lib/error-inject.c, which is built with the option alone; and of kernel/bpf/syscall.c, which every kernel with BTF has.
  if (has("get_injectable_error_type") || has("within_error_injection_list")) return true;
  return has("bpf_map_inc") ? false : undefined;
}

function effectByType(target: KernelFunction): EffectClass | undefined {
  const { result } = target;
  if (result.kind === "pointer") return "ERRNO_NULL";
  if (result.kind !== "int") return undefined;
  return result.bool ? "TRUE" : "ERRNO";
}

export interface ReturnValue {
  readonly value: number;
  readonly name: string;
}

/** The value that the function is made to return, by the names that its class allows. */
export function returnValue(
  spec: Spec,
  target: KernelFunction,
  effect: EffectClass,
  report: (d: Diagnostic) => void,
): ReturnValue | undefined {
  const name = spec.return?.value ?? faultClass(spec.fault)?.return;
  const at: Span = spec.return?.span ?? spec.fault.span;
  if (name === undefined) {
    report(codes.returnRequired(at, { name: target.symbol }, { help: [allowed(effect)] }));
    return undefined;
  }
  const value = numberFor(name, effect);
  if (value === undefined) {
    const why = whyNot(name, effect);
    report(codes.badReturn(at, { name: target.symbol, return: name, why }, { help: [allowed(effect)] }));
    return undefined;
  }
  return { value, name };
}

function numberFor(name: string, effect: EffectClass): number | undefined {
  const errno = errnoNumber(name);
  switch (effect) {
    case "NULL":
      return name === "NULL" ? 0 : undefined;
    case "ERRNO":
      return errno === undefined ? undefined : -errno;
    case "ERRNO_NULL":
      return name === "NULL" ? 0 : errno === undefined ? undefined : -errno;
    case "TRUE":
      return name === "true" ? 1 : undefined;
    default:
      return effect satisfies never;
  }
}

function whyNot(name: string, effect: EffectClass): string {
  const known = name === "NULL" || name === "true" || errnoNumber(name) !== undefined;
  return known ? `its class is ${effect}` : "this is no errno's name";
}

function allowed(effect: EffectClass): string {
  return {
    NULL: "write NULL",
    ERRNO: "write an errno's name, such as ENOMEM or EIO",
    ERRNO_NULL: "write NULL or an errno's name, such as ENOMEM",
    TRUE: "write true",
  }[effect];
}
