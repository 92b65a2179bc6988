/** Names to types: a spec against the target kernels gives the plan, or everything that is wrong with it. */

import type { Backend } from "../build/manifest.js";
import { type Checked, checked, type Diagnostic, hasErrors, mergeKernels } from "../diagnostic.js";
import type { Kernel } from "../kernel/kernel.js";
import { wholeFragment } from "../source.js";
import { parsePredicate } from "../spec/c/parse.js";
import type { Spec } from "../spec/spec.js";
import { type BackendChoice, chooseBackend } from "./backend.js";
import { type Bound, bindNames, ownParameters } from "./bound.js";
import { bindCondition, bindOwn, type ConditionContext } from "./condition.js";
import { faultClass, injectability, type ReturnValue, returnValue } from "./fault.js";
import { type Draft, fewest } from "./fewest.js";
import type { KernelFunction } from "./function.js";
import type { BoundParameter } from "./parameters.js";
import type { ConditionPlan, FaultPlan, FramePlan, Plan } from "./plan.js";
import { cloned } from "./rules/cloned.js";
import * as codes from "./rules/codes.js";
import { injectable } from "./rules/injectable.js";
import { misplaced } from "./rules/misplaced.js";
import { shared } from "./rules/shared.js";
import { traceable } from "./rules/traceable.js";
import { argumentSlots } from "./trampoline.js";
import { generations } from "./variant.js";

const rules: readonly ((bound: Bound) => Diagnostic[])[] = [traceable, cloned, shared, misplaced, injectable];

export interface BindOptions {
  /** Instead of the one that would be chosen. */
  readonly backend?: Backend;
}

/** The plan for all the kernels, or every kernel's errors, those that several share told once. */
export function bind(spec: Spec, kernels: readonly Kernel[], options: BindOptions = {}): Checked<Plan> {
  const diagnostics: Diagnostic[] = [];
  const drafts = kernels.flatMap((kernel): Draft[] => {
    const found: Diagnostic[] = [];
    const draft = bindKernel(spec, kernel, kernels, options, (d) =>
      found.push({ ...d, kernels: [kernel.name] }),
    );
    diagnostics.push(...found);
    if (hasErrors(found)) return [];
    // With a condition less, it would be another fault.
    if (!draft || countConditions(draft) !== writtenConditions(spec))
      throw new Error("something is not bound, and no error says so");
    return generations(kernel, draft.choice).map((modern) => ({ ...draft, modern }));
  });
  return checked({ kind: "plan", name: spec.name, variants: fewest(drafts) }, mergeKernels(diagnostics));
}

function writtenConditions({ callchain, when }: Spec): number {
  return callchain.filter((frame) => frame.when).length + (when ? 1 : 0);
}

function countConditions({ programs: { frames, fault } }: Omit<Draft, "modern">): number {
  return frames.filter((frame) => frame.when).length + (fault.when ? 1 : 0);
}

type Report = (d: Diagnostic) => void;

function bindKernel(
  spec: Spec,
  kernel: Kernel,
  kernels: readonly Kernel[],
  options: BindOptions,
  report: Report,
): Omit<Draft, "modern"> | undefined {
  const bound = bindNames(spec, kernel, kernels, report);
  if (!("fault" in bound)) {
    bindFrames(bound, undefined, report);
    return undefined;
  }
  for (const rule of rules) for (const d of rule(bound)) report(d);
  const allowed = injectability(bound.fault, spec.fault, kernel);
  const result =
    allowed.kind === "refused" ? undefined : returnValue(spec, bound.fault, allowed.effect, report);
  const hooked = bound.frames.map((f) => f.target);
  const chosen = result && chooseBackend(bound.fault, hooked, result.value, allowed, kernel, options.backend);
  if (chosen && "why" in chosen) {
    report(codes.noBackend(spec.fault.span, { name: bound.fault.symbol, why: chosen.why }));
  }
  const choice = chosen && "backend" in chosen ? chosen : undefined;
  // Predicates are typed in any case, so that all mistakes are told in one run.
  const frames = bindFrames(bound, choice, report);
  const fault = bindFault(bound, result, choice, report);
  return choice && fault && { bound, choice, programs: { fault, frames } };
}

function bindFrames(
  bound: Pick<Bound, "kernel" | "kernels" | "frames">,
  choice: BackendChoice | undefined,
  report: Report,
): FramePlan[] {
  return bound.frames.map(({ frame, target, parameters }) => {
    const when = frame.when && bindCondition(frame.when, context(bound, target, parameters, choice, report));
    return { function: target.symbol, slots: argumentSlots(target), ...(when ? { when } : {}) };
  });
}

function context(
  bound: Pick<Bound, "kernel" | "kernels">,
  target: KernelFunction,
  parameters: readonly BoundParameter[],
  choice: BackendChoice | undefined,
  report: Report,
): ConditionContext {
  return {
    kernel: bound.kernel,
    kernels: bound.kernels,
    target,
    parameters,
    trampoline: choice?.backend !== "override",
    report,
  };
}

function bindFault(
  bound: Bound,
  result: ReturnValue | undefined,
  choice: BackendChoice | undefined,
  report: Report,
): FaultPlan | undefined {
  const { spec, fault } = bound;
  const row = faultClass(spec.fault);
  const when =
    spec.when &&
    bindCondition(spec.when.predicate, context(bound, fault, bound.faultParameters, choice, report));
  const own = (text: string | undefined) => {
    if (text === undefined) return undefined;
    const place = spec.fault.span;
    return ownCondition(
      text,
      context(bound, fault, ownParameters(spec, fault), choice, (d) => report({ ...d, span: place })),
    );
  };
  const exempt = own(row?.exempt);
  const bytes = spec.trigger.space && own(row?.bytes);
  if (!result) return undefined;
  return {
    kind: spec.fault.kind,
    function: fault.symbol,
    value: result.value,
    return: result.name,
    ...(when ? { when } : {}),
    ...(exempt ? { exempt } : {}),
    ...(bytes ? { bytes } : {}),
  };
}

/** An expression of a fault class's own, in the predicate language, over the documented parameters. */
function ownCondition(text: string, context: ConditionContext): ConditionPlan | undefined {
  const parsed = parsePredicate(wholeFragment({ name: "<fault>", text }));
  if (!parsed.ok) throw new Error(`the fault class's own expression does not parse: ${text}`);
  return bindOwn(parsed.value, context);
}
