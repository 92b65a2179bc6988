/** What the tools that a spec was written for would do differently. */

import type { Diagnostic } from "../diagnostic.js";
import { positionOf } from "../source.js";
import * as differences from "../spec/difference.js";
import type { InputFormat, Spec } from "../spec/spec.js";
import type { Section } from "./explain.js";

const codes: readonly string[] = Object.values(differences).map((entry) => entry.code);

/** Whether a diagnostic is about another tool, so that it is told here. */
export function isDifference({ code }: Diagnostic): boolean {
  return codes.includes(code);
}

/** What is so of every spec that it concerns. */
interface General {
  readonly text: string;
  readonly concerns?: (spec: Spec) => boolean;
}

const isAllocation = ({ fault }: Spec) => fault.kind === "slab" || fault.kind === "page";
const bpfki: readonly General[] = [
  { text: "bpfki fails allocations with __GFP_NOFAIL, too.", concerns: isAllocation },
  {
    text: "In bpfki all threads of a process share one call chain: a frame in one and the fault in another count as one call.",
    concerns: ({ callchain }) => callchain.length > 0,
  },
];

const always: Readonly<Record<InputFormat, readonly General[]>> = {
  KernelChaos: [
    // Since its specs select containers, GetSelectorSpecs() still hands out the pods (api/v1alpha1/kernelchaos_types.go).
    {
      text: "Chaos Mesh injects nothing since 2022: it selects pods, and takes their names for those of containers.",
    },
    { text: "Before, it injected only into the first process of a container." },
    ...bpfki,
  ],
  FailKernRequest: bpfki,
  inject: [
    { text: "bcc's inject has no targets: it is for every task." },
    { text: "bcc's inject fails allocations with __GFP_NOFAIL, too.", concerns: isAllocation },
    {
      text: "bcc's inject may fail some more than it counts to, where processors race.",
      concerns: ({ trigger }) => trigger.times !== undefined,
    },
  ],
  Injection: [],
};

/** The differences of a spec: those of its format, and what was found in it. */
export function elsewhere(spec: Spec, diagnostics: readonly Diagnostic[]): Section[] {
  const general = always[spec.input]
    .filter(({ concerns }) => concerns?.(spec) ?? true)
    .map(({ text }) => text);
  const { source, start, end } = spec.span;
  const isOwn = ({ span }: Diagnostic) =>
    span &&
    (isArgument(spec) || (span.source.name === source.name && span.start >= start && span.end <= end));
  const found = diagnostics
    .filter((d) => isDifference(d) && isOwn(d))
    .map(({ message, span }) => {
      const place = isArgument(spec)
        ? span!.source.name
        : `line ${positionOf(span!.source, span!.start).line}`;
      return `${message} (${place}).`;
    });
  const lines = [...general, ...found];
  return lines.length ? [{ title: "Elsewhere", lines }] : [];
}

function isArgument({ span }: Spec): boolean {
  return span.source.name.startsWith("--");
}
