/** What each format cannot say, one row for each thing that a spec may hold. */

import type { Diagnostic } from "../diagnostic.js";
import type { Span } from "../source.js";
import { isDnsName } from "../spec/kernelchaos.js";
import type { Spec } from "../spec/spec.js";
import { expressionsIn } from "../spec/walk.js";
import * as codes from "./codes.js";
import { percentOf } from "./number.js";
import { objectName, predicatesOf } from "./parts.js";

/** The formats, by what `--to` calls them. */
export const formats = ["native", "kernelchaos", "inject", "bpfki"] as const;
export type Format = (typeof formats)[number];

/** What messages call them. */
const names: Readonly<Record<Format, string>> = {
  native: "a native spec",
  kernelchaos: "a KernelChaos",
  inject: "inject",
  bpfki: "bpfki's request",
};

interface Row {
  readonly what: string;
  /** Where the spec holds it. */
  readonly at: (spec: Spec) => Span | undefined;
  /** The formats that can say it. */
  readonly in: readonly Format[];
  /** It is beside the fault itself, so that the rest can be converted; what is to be said of that. */
  readonly beside?: string;
  readonly help?: string;
}

const maxUint32 = 2 ** 32 - 1;

const rows: readonly Row[] = [
  {
    what: "any fault but slab, page and bio",
    at: ({ fault }) => (fault.kind === "syscall" || fault.kind === "function" ? fault.span : undefined),
    in: ["native"],
  },
  { what: "another return value than the fault's own", at: otherReturn, in: ["native"] },
  { what: "`interval`", at: ({ trigger }) => trigger.interval?.span, in: ["native"] },
  { what: "`space`", at: ({ trigger }) => trigger.space?.span, in: ["native"] },
  {
    what: "`once-per-stack`",
    at: ({ trigger }) => (trigger.oncePerStack?.value ? trigger.oncePerStack.span : undefined),
    in: ["native"],
  },
  {
    what: "a probability that is no whole percentage",
    at: ({ trigger: { probability: p } }) => (p && percentOf(p.value) === undefined ? p.span : undefined),
    in: ["native", "inject", "bpfki"],
  },
  {
    what: "so large a number of times",
    at: ({ trigger: { times } }) => (times && times.value > maxUint32 ? times.span : undefined),
    in: ["native", "inject"],
  },
  {
    what: "whom the fault is for",
    at: firstTarget,
    in: ["native", "bpfki"],
    help: "leave the target out: the loader takes it as an option, too",
  },
  {
    what: "a target that is not one process or thread",
    at: (spec) => (isOneTask(spec) ? undefined : firstTarget(spec)),
    in: ["native", "kernelchaos", "inject"],
    help: "leave the target out: the loader takes it as an option, too",
  },
  {
    what: "a STRCMP with anything but a string that is written out",
    at: unwrittenString,
    in: ["native", "kernelchaos", "bpfki"],
  },
  {
    what: "how long it stays",
    at: ({ duration }) => duration?.span,
    in: ["native", "kernelchaos"],
    beside: "",
  },
  {
    what: "which pods it is for",
    at: ({ placement }) => placement?.span,
    in: ["kernelchaos"],
    beside: ": without a target, every task of the node is meant",
  },
  {
    what: "labels and annotations",
    at: ({ metadata }) => metadata?.span,
    in: ["native", "kernelchaos"],
    beside: "",
  },
  {
    what: "a proof",
    at: ({ proof }) => proof?.span,
    in: ["native"],
    beside: "",
  },
  {
    what: "when it is started",
    at: ({ within }) => within?.schedule?.span,
    in: [],
    beside: ": the object that schedules it stays what it is",
  },
  {
    what: "the other steps of a Workflow",
    at: ({ within }) => (within?.kind === "Workflow" && !within.schedule ? within.span : undefined),
    in: [],
    beside: "",
  },
];

/** What of the spec the format cannot say: errors, and warnings for what is only beside the fault. */
export function limitsOf(spec: Spec, to: Format): Diagnostic[] {
  const found = rows.flatMap(({ what, at, in: able, beside, help }) => {
    const span = able.includes(to) ? undefined : at(spec);
    if (!span) return [];
    const remarks = help ? { help: [help] } : {};
    if (beside === undefined) return [codes.cannotSay(span, { format: names[to], what }, remarks)];
    return [codes.notCarried(span, { format: names[to], what, instead: beside }, remarks)];
  });
  return to === "kernelchaos" ? [...found, ...objectLimits(spec)] : found;
}

/** What Kubernetes asks of an object. */
function objectLimits(spec: Spec): Diagnostic[] {
  const { name, fault, span, placement } = spec;
  return [
    ...(isDnsName(name) ? [] : [codes.renamed(span, { name, as: objectName(name) })]),
    ...(placement ? [] : [codes.placementNeeded(fault.span, {})]),
  ];
}

/** The return values of bpfki and bcc, which are also the defaults here. */
const returns = { slab: "ENOMEM", page: "true", bio: "EIO" } as const;

function otherReturn({ fault, return: written }: Spec): Span | undefined {
  if (!written || fault.kind === "syscall" || fault.kind === "function") return undefined;
  return written.value === returns[fault.kind] ? undefined : written.span;
}

function firstTarget({ target }: Spec): Span | undefined {
  return Object.values(target).flat()[0]?.span;
}

function isOneTask({ target: { pid, tid, cgroup, comm, uid } }: Spec): boolean {
  return pid.length + tid.length <= 1 && cgroup.length + comm.length + uid.length === 0;
}

/** inject takes what stands there for the string itself. */
function unwrittenString(spec: Spec): Span | undefined {
  for (const { expression } of predicatesOf(spec)) {
    for (const e of expressionsIn(expression)) {
      const argument = e.kind === "call" && e.callee.value === "STRCMP" ? e.arguments[1] : undefined;
      if (argument && argument.kind !== "string") return argument.span;
    }
  }
  return undefined;
}
