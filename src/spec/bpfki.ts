/** Where bpfki (src/bpfki.cc) does something else than its documentation says, or has not what we have. */

import type { Chain } from "./chain.js";
import * as codes from "./codes.js";
import { faultNames, faultParameters } from "./fault.js";
import type { Report } from "./field.js";
import { parameterNames, readArgument, readParameter, undeclared } from "./lint.js";
import type { Request } from "./request.js";
import type { Frame, Spec } from "./spec.js";
import { callsIn } from "./walk.js";

/** A request as it was written, and what it says. */
export type ReadRequest = Request & { readonly chain: Chain };

/** Variables of the programs that bpfki writes around the user's parameters. */
const taken = ["ctx", "id", "pid", "tid", "fc", "ctxs"];

/** Differences that a request depends on. */
export function bpfkiLints(request: ReadRequest, report: Report): void {
  limitLints(request, report);
  faultFrameLints(request, report);
  const { callchain, when } = request.chain;
  for (const frame of callchain) frameLints(frame, report);
  const last = callchain.at(-1);
  const pasted = last && !request.chain.when && readParameter(last);
  if (pasted) {
    const { value: name } = last.function;
    const fault = faultNames(request.fault)[0]!;
    report(codes.bpfkiPastedPredicate(last.when!.span, { name, fault, parameter: pasted.value }));
  }
  const names = new Set<string>();
  for (const { function: name, span } of callchain) {
    if (names.has(name.value)) report(codes.bpfkiRepeatedFrame(span, { name: name.value }));
    names.add(name.value);
  }
  const predicates = [...callchain.map((f) => f.when), when?.predicate].filter((p) => p !== undefined);
  for (const { value: name, span } of predicates.flatMap((p) => callsIn(p.expression))) {
    const help =
      name === "STRCMP" ? ['`STRNCMP(p, "text", 5)`, whose number counts the closing NUL, is the same'] : [];
    if (["STRCMP", "STRPREFIX", "STRSTR", "exists"].includes(name))
      report(codes.bpfkiBuiltin(span, { name }, { help }));
  }
}

/** The number for "certain" runs over into the limit (fk_filter of src/bpfki.h against fk_ctx of its programs). */
function limitLints({ probability, times, chain }: ReadRequest, report: Report): void {
  const isLimited = times !== undefined && times.value > 0;
  if (probability?.value === 1) report(codes.bpfkiAlways(probability.span, { limited: isLimited }));
  else if (isLimited) report(codes.bpfkiTimes(times.span, { times: times.value }));
  const outermost = chain.callchain[0]?.function.value;
  if (probability && probability.value < 1 && outermost)
    report(codes.rolledOnce(probability.span, { tool: "bpfki", name: outermost }));
}

/** What is said of the fault function itself. */
function faultFrameLints({ fault, frames, chain }: ReadRequest, report: Report): void {
  const last = frames.at(-1);
  if (!last) return;
  const name = last.function?.text;
  if (name !== undefined && faultNames(fault).includes(name))
    report(codes.bpfkiFaultFrame(last.span, { name }));
  if (name !== undefined) return;
  if (frames.length > 1) report(codes.bpfkiNeverFires(last.span, {}));
  const documented = faultParameters(fault);
  const own = parameterNames(chain.when?.parameters).find((n) => !documented.includes(n.value));
  if (own) {
    const names = documented.map((n) => `\`${n}\``).join(" and ");
    report(codes.bpfkiFaultParameters(own.span, { name: own.value, names }));
  }
}

/** A frame's own program. */
function frameLints(frame: Frame, report: Report): void {
  const { value: name, span } = frame.function;
  if (name.includes(".")) report(codes.bpfkiCloneName(span, { name }));
  for (const parameter of parameterNames(frame.parameters)) {
    if (taken.includes(parameter.value))
      report(codes.bpfkiParameterName(parameter.span, { name: parameter.value }));
  }
  const missing = undeclared(frame);
  if (missing) report(codes.parametersNeeded(missing.span, { tool: "bpfki", name: missing.value }));
  const read = readArgument(frame);
  if (read) report(codes.wrapperArguments(read.span, { tool: "bpfki", name, parameter: read.value }));
}

/** bpfki knows its programs by the call chain alone (FailMMOrBIO of src/service.cc), whatever fails in the end. */
export function sharedProgramLints(specs: readonly Spec[], report: Report): void {
  const first = new Map<string, Spec>();
  for (const spec of specs) {
    if (spec.input !== "KernelChaos" && spec.input !== "FailKernRequest") continue;
    const key = JSON.stringify([frameTexts(spec), spec.when?.predicate.text]);
    const other = first.get(key);
    if (!other) first.set(key, spec);
    else if (other.fault.kind !== spec.fault.kind) {
      const notes = [{ text: "the other one", span: other.fault.span }];
      const { fault } = spec;
      report(codes.bpfkiSharedProgram(fault.span, { fault: fault.kind, other: other.fault.kind }, { notes }));
    }
  }
}

function frameTexts({ callchain }: Spec): string[][] {
  return callchain.map((f) => [f.function.value, f.parameters?.text ?? "", f.when?.text ?? ""]);
}
