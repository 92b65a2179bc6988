/** Where bpfki and bcc inject do something else than their documentation says, and so something else than we do. */

import type { Fragment, Located, Span } from "../source.js";
import type { WrittenFrame } from "./chain.js";
import * as codes from "./codes.js";
import { type FaultKind, faultNames, faults } from "./fault.js";
import type { Report } from "./field.js";
import type { Request } from "./request.js";

/** Differences of bpfki (src/bpfki.cc) that a request depends on. */
export function bpfkiLints({ fault, frames, probability, times }: Request, report: Report): void {
  const last = frames.at(-1);
  if (times && times.value > 0) report(codes.bpfkiTimes(times.span, { times: times.value }));
  if (probability?.value === 1) report(codes.bpfkiAlways(probability.span, {}));
  if (!last) return;
  const name = last.function?.text;
  if (name !== undefined && faultNames(fault).includes(name))
    report(codes.bpfkiFaultFrame(last.span, { name }));
  else if (name !== undefined && last.predicate) {
    report(codes.bpfkiPastedPredicate(last.predicate.span, { name, fault: faultNames(fault)[0]! }));
  }
  if (name === undefined && frames.length > 1) report(codes.bpfkiNeverFires(last.span, {}));
}

/** A one-liner as bcc sees it: frames innermost first. */
export interface OneLiner {
  readonly kind: FaultKind;
  readonly frames: readonly WrittenFrame[];
  readonly probability?: Located<number>;
  /** Names of each frame's parameters. */
  readonly parameters: readonly { readonly value: string; readonly span: Span }[];
}

/** Variables of the programs that tools/inject.py of bcc writes around the user's parameters. */
const taken = new Set(["ctx", "pid", "p", "p_struct", "overridden", "zero", "val"]);

/** Differences of bcc's tools/inject.py that a one-liner depends on. */
export function bccLints({ kind, frames, probability, parameters }: OneLiner, report: Report): void {
  const { function: faultName, signature } = faults[kind];
  const isFault = (frame: WrittenFrame) => frame.function === undefined || frame.function.text === faultName;
  if (probability && probability.value < 1 && frames.every(isFault))
    report(codes.bccProbability(probability.span, {}));
  for (const frame of frames) {
    const name = frame.function;
    if (name?.text.includes(".")) report(codes.bccCloneName(name.span, { name: name.text }));
    if (name?.text !== faultName) continue;
    if ((frame.parameters?.text ?? "") !== signature)
      report(codes.bccFaultFrame(frame.span, { name: faultName, signature }));
  }
  for (const { value, span } of parameters) {
    if (taken.has(value)) report(codes.bccParameterName(span, { name: value }));
  }
}

/** A string that bcc's STRCMP takes apart in its own way; `text` is what stands behind the comma. */
export function bccLiteralLint(literal: Fragment, report: Report): void {
  if (!literal.text.startsWith('"')) return;
  const reason = /[,)]/.test(literal.text)
    ? "ends it at the first comma or bracket"
    : "compares the quotes, too";
  report(codes.bccLiteral(literal.span, { reason }));
}
