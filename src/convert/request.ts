/** Specs as bpfki's FailKernRequest. */

import type { Spec } from "../spec/spec.js";
import { callchainOf } from "./kernelchaos.js";
import { faultRowOf } from "./parts.js";

/** A FailKernRequest as proto3 JSON. */
export function requestText(spec: Spec): string {
  const { headers = [], target } = spec;
  const { probability, times } = spec.trigger;
  const pid = target.pid[0];
  const tid = target.tid[0];
  const request = {
    ...(pid ? { pid: pid.value } : {}),
    ...(tid ? { tid: tid.value } : {}),
    ftype: faultRowOf(spec).failtype.name,
    ...(headers.length ? { headers } : {}),
    ...callchainOf(spec),
    ...(probability ? { probability: probability.value } : {}),
    ...(times ? { times: times.value } : {}),
  };
  return `${JSON.stringify(request, null, 2)}\n`;
}
