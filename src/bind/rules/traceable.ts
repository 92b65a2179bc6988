import type { Diagnostic } from "../../diagnostic.js";
import type { Bound } from "../bound.js";
import { clonesOf, inside } from "../missing.js";
import * as codes from "./codes.js";
import { hooked } from "./hooked.js";

/** Every function that a program is attached to has an ftrace hook, where the kernel's list of those is known. */
export function traceable(bound: Bound): Diagnostic[] {
  const { kernel } = bound;
  const { traceable: hooks } = kernel;
  if (!hooks) return [];
  return hooked(bound).flatMap(({ target, at }) => {
    if (hooks.has(target.symbol)) return [];
    const clones = clonesOf(target.symbol, kernel);
    const why = clones.length
      ? `the compiler has made ${clones.join(", ")} of it, which BTF does not know`
      : "it has no ftrace hook: it was inlined into its callers, or the kernel forbids it (notrace)";
    const wrapped = inside(target.symbol, kernel);
    const help = wrapped.length ? wrapped : [why, "use a function that calls it, or one that it calls"];
    return [codes.notTraceable(at, { name: target.symbol }, { help, kernels: [kernel.name] })];
  });
}
