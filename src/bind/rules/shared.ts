import type { Diagnostic } from "../../diagnostic.js";
import type { Bound } from "../bound.js";
import * as codes from "./codes.js";
import { hooked } from "./hooked.js";

/** No function that a program is attached to shares its name with another that ftrace has a hook in. */
export function shared(bound: Bound): Diagnostic[] {
  const { kernel } = bound;
  return hooked(bound).flatMap(({ target, at }) => {
    // A system call has one wrapper, whatever an old kernel takes for a part of it.
    if (target.syscall || !kernel.traceable?.isShared(target.symbol)) return [];
    const help = ["use a function that calls it, or one that it calls"];
    return [codes.sharedName(at, { name: target.symbol }, { help, kernels: [kernel.name] })];
  });
}
