/** What a spec means, to compare specs of different formats by. */

import { faults } from "../../src/spec/fault.js";
import { readSpecs } from "../../src/spec/read.js";
import type { FaultCondition, ParameterList, Spec } from "../../src/spec/spec.js";

const defaults: Readonly<Record<string, string>> = { slab: "ENOMEM", page: "true", bio: "EIO" };

/** The specs of a text in the format that the name's ending tells; it must be without errors. */
export function readAll(text: string, name: string): readonly Spec[] {
  const read = readSpecs({ name, text });
  const problems = read.diagnostics.filter((d) => d.severity === "error");
  if (!read.ok) throw new Error(`${problems.map((d) => `${d.code}: ${d.message}`).join("\n")}\n${text}`);
  return read.value;
}

/** All of a spec but its places, its name, and what is only beside the fault. */
export function meaning(spec: Spec): unknown {
  const { fault, callchain, when, trigger, target } = spec;
  const own = spec.return?.value;
  return plain({
    fault,
    return: own === defaults[fault.kind] ? undefined : own,
    callchain: callchain.map((f) => ({ ...f, parameters: listOf(f.parameters), when: f.when?.expression })),
    when: when && { parameters: ownList(spec, when), when: when.predicate.expression },
    trigger: { ...trigger, oncePerStack: trigger.oncePerStack?.value ? true : undefined },
    target,
  });
}

/** The documented parameters are as good as none. */
function ownList({ fault }: Spec, { parameters }: FaultCondition): unknown {
  const row = fault.kind in faults ? faults[fault.kind as keyof typeof faults] : undefined;
  return parameters?.text.trim() === row?.signature ? undefined : listOf(parameters);
}

function listOf(list: ParameterList | undefined): unknown {
  return list?.parameters;
}

/** Without places, which all nodes have. */
export function plain(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, v) => {
      if (key === "span" || key === "operatorSpan") return undefined;
      if (typeof v === "bigint") return `${v}n`;
      return v instanceof Uint8Array ? [...v] : v;
    }),
  );
}
