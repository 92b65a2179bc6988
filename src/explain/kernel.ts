/** What binding adds to a spec's explanation: what the names are in a kernel, and how the fault gets in. */

import { findFault } from "../bind/fault.js";
import { findFunction } from "../bind/function.js";
import type { Plan } from "../bind/plan.js";
import type { Kernel } from "../kernel/kernel.js";
import type { Spec } from "../spec/spec.js";
import type { Section } from "./explain.js";

/** One section for each of the kernels that the plan serves. */
export function inKernels(spec: Spec, plan: Plan, kernels: readonly Kernel[]): Section[] {
  return kernels.flatMap((kernel) => {
    const variant = plan.variants.find((v) => v.kernels.some(({ name }) => name === kernel.name));
    if (!variant) return [];
    const fault = findFault(spec.fault, kernel, () => {});
    const frames = spec.callchain.map((frame) => findFunction(frame.function, kernel, () => {}));
    const prototypes = [...frames, fault].flatMap((f) => (f ? [f.prototype] : []));
    const lines = [
      `By ${variant.backend} (${variant.arch}): ${variant.reason}.`,
      ...[...new Set(prototypes)].map((text) => `  ${text}`),
    ];
    return [{ title: `In ${kernel.name}`, lines }];
  });
}
