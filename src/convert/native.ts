/** Specs as native Injections, which can say all that a spec holds but Chaos Mesh's placement. */

import { Document, isCollection } from "yaml";
import { durationText } from "../spec/duration.js";
import { faultNames } from "../spec/fault.js";
import type { Spec, Target, Trigger } from "../spec/spec.js";
import { oneLine } from "../terminal.js";
import { percentText } from "./number.js";
import { commentOf, faultFrame, frameTexts } from "./parts.js";

/** An Injection as YAML. */
export function nativeText(spec: Spec): string {
  // The fault function's parameters can be renamed only where it stands as a frame.
  const own = faultFrame(spec);
  const named = own?.parameters === undefined ? [] : [{ function: faultNames(spec.fault)[0]!, ...own }];
  const frames = [...frameTexts(spec), ...named];
  const trigger = triggerOf(spec.trigger);
  const target = targetOf(spec.target);
  const { metadata, duration, proof } = spec;
  const document = yamlDocument({
    apiVersion: "injectc.dev/v1",
    kind: "Injection",
    metadata: { name: spec.name, ...metadata?.value },
    spec: {
      fault: faultText(spec),
      ...(spec.return ? { return: spec.return.value } : {}),
      ...(own && !named.length ? { when: own.predicate } : {}),
      ...(frames.length
        ? {
            callchain: frames.map((f) => ({
              function: f.function,
              ...(f.parameters === undefined ? {} : { parameters: f.parameters }),
              ...(f.predicate === undefined ? {} : { when: f.predicate }),
            })),
          }
        : {}),
      ...(Object.keys(trigger).length ? { trigger } : {}),
      ...(Object.keys(target).length ? { target } : {}),
      ...(duration ? { duration: durationText(duration.value) } : {}),
      ...(proof ? { proof: { run: proof.run.value, attached: proof.attached.value } } : {}),
    },
  });
  return yamlText(
    document,
    [...commentOf(spec), ...placementComment(spec)],
    [...(metadata ? [] : [["metadata"]]), ["spec", "trigger"], ["spec", "target"]],
  );
}

/** A document whose strings are strings for readers of YAML 1.1, too, such as kubectl: they take `on` for a boolean. */
export function yamlDocument(value: unknown): Document {
  return new Document(value, { compat: "yaml-1.1" });
}

/** A document as text, under a comment, the mappings at the paths on one line each. */
export function yamlText(
  document: Document,
  comment: readonly string[],
  onOneLine: readonly (readonly string[])[],
): string {
  for (const path of onOneLine) {
    const node = document.getIn(path, true);
    if (isCollection(node)) node.flow = true;
  }
  const head = comment.map((line) => `# ${line}`.trimEnd()).join("\n");
  return `${head}${head ? "\n" : ""}${document.toString({ lineWidth: 0 })}`;
}

function faultText({ fault }: Spec): string {
  if (fault.kind === "syscall") return `syscall:${fault.name.value}`;
  return fault.kind === "function" ? fault.name.value : fault.kind;
}

function triggerOf({ probability, times, interval, space, oncePerStack }: Trigger): Record<string, unknown> {
  return {
    ...(probability ? { probability: percentText(probability.value) } : {}),
    ...(times ? { times: times.value } : {}),
    ...(interval ? { interval: interval.value } : {}),
    ...(space ? { space: space.value } : {}),
    ...(oncePerStack ? { "once-per-stack": oncePerStack.value } : {}),
  };
}

function targetOf(target: Target): Record<string, unknown> {
  const kinds = Object.entries(target).filter(([, list]) => list.length > 0);
  return Object.fromEntries(
    kinds.map(([kind, list]) => [kind, list.map((entry: { value: unknown }) => entry.value)]),
  );
}

/** For whoever places the bundle. */
function placementComment({ placement }: Spec): string[] {
  const shown = Object.entries(placement?.value ?? {}).map(
    ([key, value]) => `${key} ${JSON.stringify(value)}`,
  );
  return shown.length ? [oneLine(`For the pods that Chaos Mesh would select by ${shown.join(", ")}.`)] : [];
}
