/** Where bcc's inject (tools/inject.py) does something else than its documentation says, or has not what we have. */

import type { Fragment, Located } from "../source.js";
import type { Chain, WrittenFrame } from "./chain.js";
import * as codes from "./codes.js";
import { type FaultKind, faults } from "./fault.js";
import type { Report } from "./field.js";
import { parameterNames, readArgument, undeclared } from "./lint.js";
import type { Frame, Name } from "./spec.js";
import { callsIn } from "./walk.js";

/** A one-liner as bcc sees it, and what it says. */
export interface OneLiner {
  readonly kind: FaultKind;
  /** Innermost first. */
  readonly frames: readonly InjectFrame[];
  readonly probability?: Located<number> | undefined;
  readonly chain: Chain;
}

/** `blank` stands between a function's name and its bracket. */
export interface InjectFrame extends WrittenFrame {
  readonly blank?: Fragment;
}

/** Variables of a frame's programs, and of the fault function's, around the user's parameters. */
const takenInFrame = ["ctx", "pid", "p", "p_struct", "m"];
const takenInFault = ["ctx", "pid", "p", "m", "overridden", "zero", "val", "count"];

/** Differences that a one-liner depends on. */
export function bccLints({ kind, frames, probability, chain }: OneLiner, report: Report): void {
  const { callchain, when } = chain;
  const outermost = callchain[0]?.function.value;
  if (probability && probability.value < 1) {
    if (outermost) report(codes.rolledOnce(probability.span, { tool: "bcc", name: outermost }));
    else report(codes.bccProbability(probability.span, {}));
  }
  for (const { blank } of frames) if (blank) report(codes.bccBlank(blank.span, {}));
  faultFrameLints(kind, frames, report);
  repeatedFrameLints(frames, report);
  parameterLints(parameterNames(when?.parameters), takenInFault, report);
  for (const frame of callchain) frameLints(frame, report);
  const predicates = [...callchain.map((f) => f.when), when?.predicate].filter((p) => p !== undefined);
  for (const { value: name, span } of predicates.flatMap((p) => callsIn(p.expression))) {
    if (["STRNCMP", "STRPREFIX", "STRSTR", "exists"].includes(name)) report(codes.bccBuiltin(span, { name }));
  }
}

/** bcc knows its own function by its text. */
function faultFrameLints(kind: FaultKind, frames: readonly InjectFrame[], report: Report): void {
  const { function: name, signature } = faults[kind];
  for (const frame of frames) {
    if (frame.function?.text === name && (frame.parameters?.text ?? "") !== signature)
      report(codes.bccFaultFrame(frame.span, { name, signature }));
  }
}

/** Two texts make two programs, whose names are the same where the functions are. */
function repeatedFrameLints(frames: readonly InjectFrame[], report: Report): void {
  const texts = new Map<string, string>();
  for (const { function: named, parameters, span } of frames) {
    if (!named) continue;
    const text = parameters?.text ?? "";
    if ((texts.get(named.text) ?? text) !== text) report(codes.bccRepeatedFrame(span, { name: named.text }));
    texts.set(named.text, text);
  }
}

function parameterLints(names: readonly Name[], taken: readonly string[], report: Report): void {
  for (const { value, span } of names) {
    if (taken.includes(value)) report(codes.bccParameterName(span, { name: value }));
  }
}

/** A frame's own programs. */
function frameLints(frame: Frame, report: Report): void {
  const { value: name, span } = frame.function;
  if (name.includes(".")) report(codes.bccCloneName(span, { name }));
  parameterLints(parameterNames(frame.parameters), takenInFrame, report);
  const missing = undeclared(frame);
  if (missing) report(codes.parametersNeeded(missing.span, { tool: "bcc", name: missing.value }));
  const read = readArgument(frame);
  if (read) report(codes.wrapperArguments(read.span, { tool: "bcc", name, parameter: read.value }));
}

/**
 * A string that bcc's STRCMP takes apart in its own way (_prepare_pred of tools/inject.py); `literal` is what stands behind
 * the comma, and `isFound` tells whether bcc sees it there.
 */
export function bccLiteralLint(literal: Fragment, isFound: boolean, report: Report): void {
  const reason = literalProblem(literal.text, isFound);
  if (reason) report(codes.bccLiteral(literal.span, { reason }));
}

function literalProblem(text: string, isFound: boolean): string | undefined {
  if (/[,)]/.test(text)) return "ends it at the first comma or bracket";
  if (!isFound) return "looks for its end at the bracket that closes first, which is another one";
  if (/['\\]/.test(text)) return "puts each letter between single quotes, which these letters break";
  return text.includes('"') ? "compares the quotes, too" : undefined;
}
