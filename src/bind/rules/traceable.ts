import type { Diagnostic } from "../../diagnostic.js";
import type { Span } from "../../source.js";
import type { Bound } from "../bound.js";
import * as codes from "../codes.js";
import type { KernelFunction } from "../function.js";

/** Every function that a program is attached to has an ftrace hook, where the kernel's list of those is known. */
export function traceable({ spec, kernel, fault, frames }: Bound): Diagnostic[] {
  const { traceable: hooks } = kernel;
  if (!hooks) return [];
  const judge = (target: KernelFunction, at: Span) => {
    if (hooks.has(target.symbol)) return [];
    const help = ["it has no ftrace hook: probe a function that calls it, or one that it calls"];
    return [codes.notTraceable(at, { name: target.symbol }, { help, kernels: [kernel.name] })];
  };
  return [
    ...judge(fault, spec.fault.span),
    ...frames.flatMap(({ target, frame }) => judge(target, frame.function.span)),
  ];
}
