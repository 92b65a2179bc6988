/** Specs as Chaos Mesh's KernelChaos. */

import { durationText } from "../spec/duration.js";
import type { Spec } from "../spec/spec.js";
import { yamlDocument, yamlText } from "./native.js";
import { percentOf } from "./number.js";
import { commentOf, type FrameText, faultFrame, faultRowOf, frameTexts, objectName } from "./parts.js";

/** A KernelChaos as YAML; of specs that have no placement, it is for one pod of its namespace. */
export function kernelChaosText(spec: Spec): string {
  const { name, metadata, duration, headers = [] } = spec;
  const { namespace, mode = "one", value, selector = {}, ...rest } = spec.placement?.value ?? {};
  const { probability, times } = spec.trigger;
  const document = yamlDocument({
    apiVersion: "chaos-mesh.org/v1alpha1",
    kind: "KernelChaos",
    metadata: { name: objectName(name), ...(namespace ? { namespace } : {}), ...metadata?.value },
    spec: {
      mode,
      ...(value === undefined ? {} : { value }),
      selector,
      ...rest,
      ...(duration ? { duration: durationText(duration.value) } : {}),
      failKernRequest: {
        failtype: faultRowOf(spec).failtype.number,
        ...(headers.length ? { headers } : {}),
        ...callchainOf(spec),
        ...(probability ? { probability: percentOf(probability.value) } : {}),
        ...(times ? { times: times.value } : {}),
      },
    },
  });
  return yamlText(
    document,
    commentOf(spec),
    [["metadata"], ["spec", "selector"]].slice(isPlain(spec) ? 0 : 2),
  );
}

/** Nothing but a name to tell of the object, and no pods. */
function isPlain({ metadata, placement }: Spec): boolean {
  return !metadata && !placement;
}

/** The field `callchain` as KernelChaos and bpfki's request have it, the condition on the fault function last. */
export function callchainOf(spec: Spec): { readonly callchain?: readonly Record<string, string>[] } {
  const last = faultFrame(spec);
  const frames = [...frameTexts(spec), ...(last ? [last] : [])];
  if (!frames.length) return {};
  return {
    callchain: frames.map((frame: FrameText) => ({
      ...(frame.function === undefined ? {} : { funcname: frame.function }),
      ...(frame.parameters === undefined ? {} : { parameters: frame.parameters }),
      ...(frame.predicate === undefined ? {} : { predicate: frame.predicate }),
    })),
  };
}
