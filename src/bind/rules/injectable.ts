import type { Diagnostic } from "../../diagnostic.js";
import type { Bound } from "../bound.js";
import { injectability } from "../fault.js";
import * as codes from "./codes.js";

/** The kernel allows the fault function to be failed; where that is not known, a warning says so. */
export function injectable({ spec, kernel, fault }: Bound): Diagnostic[] {
  const allowed = injectability(fault, spec.fault, kernel);
  const args = { name: fault.symbol };
  const kernels = [kernel.name];
  switch (allowed.kind) {
    case "listed":
    case "security":
      return [];
    case "unknown":
      return [codes.injectabilityUnknown(spec.fault.span, args, { kernels })];
    case "refused":
      return [codes.notInjectable(spec.fault.span, args, { help: allowed.help, kernels })];
    default:
      return allowed satisfies never;
  }
}
