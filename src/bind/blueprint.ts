/** What a plan puts into a bundle's manifest, with the C of each object. */

import { basename } from "node:path";
import type { Blueprint } from "../build/manifest.js";
import { render } from "../render/render.js";
import type { Spec } from "../spec/spec.js";
import type { Plan } from "./plan.js";

/** The bundle before anything is compiled. The plan must have a variant. */
export function blueprint(spec: Spec, plan: Plan): Blueprint {
  const first = plan.variants[0];
  if (!first) throw new Error("a plan without an object cannot be built");
  const { fault, frames, trigger } = first;
  const values = <T>(list: readonly { readonly value: T }[]): T[] => list.map((entry) => entry.value);
  const { source } = spec.span;
  return {
    name: plan.name,
    spec: { input: spec.input, fileName: basename(source.name), text: source.text },
    fault: { kind: fault.kind, function: fault.function, value: fault.value, return: fault.return },
    frames: frames.map((f) => ({ function: f.function })),
    trigger,
    target: {
      pid: values(spec.target.pid),
      tid: values(spec.target.tid),
      cgroup: values(spec.target.cgroup),
      comm: values(spec.target.comm),
      uid: values(spec.target.uid),
    },
    durationMs: spec.duration ? Number(spec.duration.value) / 1e6 : null,
    placement: spec.placement?.value ?? null,
    proof: spec.proof ? { run: spec.proof.run.value, attached: spec.proof.attached.value } : null,
    objects: plan.variants.map((v) => ({
      arch: v.arch,
      backend: v.backend,
      reason: v.reason,
      kernels: v.kernels,
      needs: v.needs,
      c: render(v),
    })),
  };
}
