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

const bpfki = [
  "bpfki fails allocations with __GFP_NOFAIL, too.",
  "In bpfki all threads of a process share one call chain: a frame in one and the fault in another count as one call.",
];

/** What is so whatever the spec says; each line with the part of a spec that it is about. */
const always: Readonly<Record<InputFormat, readonly string[]>> = {
  KernelChaos: ["Chaos Mesh injects only into the first process of a container.", ...bpfki],
  FailKernRequest: bpfki,
  inject: [
    "bcc's inject has no targets: it is for every task.",
    "bcc's inject fails allocations with __GFP_NOFAIL, too.",
  ],
  Injection: [],
};

/** The differences of a spec: those of its format, and what was found in it. */
export function elsewhere(spec: Spec, diagnostics: readonly Diagnostic[]): Section[] {
  const general = always[spec.input].filter((line) => concerns(line, spec));
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

function concerns(line: string, { fault, callchain }: Spec): boolean {
  if (line.includes("__GFP_NOFAIL")) return fault.kind === "slab" || fault.kind === "page";
  return !line.includes("call chain") || callchain.length > 0;
}
