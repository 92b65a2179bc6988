/** Advice on whole specs: what they meet that few people mean. Chaos Mesh's guide warns of the same. */

import * as codes from "./codes.js";
import { durationText } from "./duration.js";
import type { Report } from "./field.js";
import type { Fault, Spec } from "./spec.js";

/** So often is as good as always. */
const often = 0.5;
const day = 86_400_000_000_000n;

/** What fails, in words. */
const events: Readonly<Record<Fault["kind"], string>> = {
  slab: "all slab allocations",
  page: "all page allocations",
  bio: "all block I/O requests",
  syscall: "",
  function: "",
};

/** The lints on a spec that has no errors. */
export function adviceLints(spec: Spec, report: Report): void {
  broadLint(spec, report);
  durationLints(spec, report);
}

/** Neither where, nor which, nor how often. A system call or a function that is named as the fault is narrow by itself. */
function broadLint(spec: Spec, report: Report): void {
  const { probability, times, interval, oncePerStack } = spec.trigger;
  const what = events[spec.fault.kind];
  const isRare = (probability?.value ?? 1) < often || times || interval || oncePerStack?.value;
  if (what === "" || isPlaced(spec) || isRare) return;
  const help = ["name a call chain or a predicate, or give a lower `probability` or a number of `times`"];
  const oom = "page allocations that fail in a short time call the OOM killer";
  const some = spec.fault.kind === "page" ? [...help, oom] : help;
  const most = (probability?.value ?? 1) < 1 ? what.replace("all", "most") : what;
  report(codes.broadFault(spec.fault.span, { what: most, whom: whom(spec) }, { help: some }));
}

function isPlaced({ callchain, when }: Spec): boolean {
  return callchain.length > 0 || when !== undefined;
}

function whom({ input, target }: Spec): string {
  if (input === "KernelChaos") return "each pod that is selected";
  return Object.values(target).some((list) => list.length > 0) ? "the target" : "every task";
}

/** Chaos Mesh alone ends a fault by its duration; the loader is also stopped by hand. */
function durationLints(spec: Spec, report: Report): void {
  const { duration, within, fault, input } = spec;
  if (duration && duration.value > day)
    report(codes.longDuration(duration.span, { text: durationText(duration.value) }));
  if (duration || input !== "KernelChaos") return;
  const isLimited = isPlaced(spec) || spec.trigger.times;
  if (within?.schedule) {
    const why = "what is scheduled has no `duration`, and would not end before it starts again";
    report(
      codes.noDuration(within.schedule.span, { why }, { help: ["add `duration` to its `kernelChaos`"] }),
    );
  } else if (!isLimited) {
    const why = "nothing ends this fault: it has no `duration` and no `times`";
    const help = ["add `duration`, in a Workflow the template's `deadline`"];
    report(codes.noDuration(fault.span, { why }, { help }));
  }
}
