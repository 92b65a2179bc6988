import type { Span } from "../../source.js";
import type { Bound } from "../bound.js";
import type { KernelFunction } from "../function.js";

/** Every function that a program is attached to, with the place where the spec names it; the fault function first. */
export function hooked({
  spec,
  fault,
  frames,
}: Bound): readonly { readonly target: KernelFunction; readonly at: Span }[] {
  return [
    { target: fault, at: spec.fault.span },
    ...frames.map(({ target, frame }) => ({ target, at: frame.function.span })),
  ];
}
