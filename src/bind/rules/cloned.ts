import type { Diagnostic } from "../../diagnostic.js";
import type { Bound } from "../bound.js";
import { clonesOf } from "../missing.js";
import * as codes from "./codes.js";
import { hooked } from "./hooked.js";

/** No function that a program is attached to has a clone of the compiler's, which callers may call in its place. */
export function cloned(bound: Bound): Diagnostic[] {
  const { kernel } = bound;
  return hooked(bound).flatMap(({ target, at }) => {
    const clones = kernel.traceable?.has(target.symbol) ? clonesOf(target.symbol, kernel) : [];
    if (!clones.length) return [];
    const help = ["a function that calls it is sure to be met"];
    return [
      codes.clonedFunction(
        at,
        { name: target.symbol, clones: clones.join(", ") },
        { help, kernels: [kernel.name] },
      ),
    ];
  });
}
