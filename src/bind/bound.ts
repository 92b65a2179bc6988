/** A spec bound to one kernel: every name found, before the rules have judged it. */

import type { Diagnostic } from "../diagnostic.js";
import type { Kernel } from "../kernel/kernel.js";
import type { Frame, Spec } from "../spec/spec.js";
import { faultClass, findFault } from "./fault.js";
import { findFunction, type KernelFunction } from "./function.js";
import { type BoundParameter, bindParameters } from "./parameters.js";

export interface BoundFrame {
  readonly frame: Frame;
  readonly target: KernelFunction;
  readonly parameters: readonly BoundParameter[];
}

export interface Bound {
  readonly spec: Spec;
  readonly kernel: Kernel;
  /** All that the spec is for. */
  readonly kernels: readonly Kernel[];
  readonly fault: KernelFunction;
  /** The fault function's parameters by the names that the spec's own condition uses. */
  readonly faultParameters: readonly BoundParameter[];
  /** Outermost first. */
  readonly frames: readonly BoundFrame[];
}

/** Finds every function and binds every parameter list. Where one is missing, which is reported, the others are found all the same. */
export function bindNames(
  spec: Spec,
  kernel: Kernel,
  kernels: readonly Kernel[],
  report: (d: Diagnostic) => void,
): Bound | Omit<Bound, "fault" | "faultParameters"> {
  const fault = findFault(spec.fault, kernel, report, kernels);
  const frames = spec.callchain.flatMap((frame): BoundFrame[] => {
    const target = findFunction(frame.function, kernel, report, kernels);
    return target
      ? [{ frame, target, parameters: bindParameters(target, frame.parameters, kernel, report, kernels) }]
      : [];
  });
  if (!fault) return { spec, kernel, kernels, frames };
  const list = spec.when?.parameters;
  const faultParameters = list
    ? bindParameters(fault, list, kernel, report, kernels)
    : ownParameters(spec, fault);
  return { spec, kernel, kernels, fault, faultParameters, frames };
}

/** The fault function's parameters by their documented names, or the kernel's where there are none. */
export function ownParameters(spec: Spec, fault: KernelFunction): readonly BoundParameter[] {
  const documented = faultClass(spec.fault)?.parameters;
  return fault.parameters
    .map((p, i) => ({ ...p, name: documented?.[i] ?? p.name, exact: true }))
    .filter((p) => p.name);
}
