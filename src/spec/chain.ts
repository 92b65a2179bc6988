/** Call chains as the formats write them, made into what a spec holds: frames, and the fault function's own condition. */

import type { Diagnostic } from "../diagnostic.js";
import { type Fragment, fragmentSpan, type Span } from "../source.js";
import { parseParameters, parsePredicate } from "./c/parse.js";
import * as codes from "./codes.js";
import type { Predicate } from "./expr.js";
import { faultKind, faultNames, faultParameters } from "./fault.js";
import type { Report } from "./field.js";
import type { Fault, FaultCondition, Frame, Name, ParameterList } from "./spec.js";

/** A frame as written; without a function it is about the fault function. */
export interface WrittenFrame {
  readonly span: Span;
  readonly function?: Fragment;
  readonly parameters?: Fragment;
  readonly predicate?: Fragment;
}

/** What becomes of a written chain in the spec. */
export interface Chain {
  readonly when?: FaultCondition;
  readonly callchain: readonly Frame[];
}

/** The fault function is not counted. */
const maxFrames = 16;

/**
 * Reads frames, outermost first. A bare predicate or the fault function itself as the innermost frame becomes the fault
 * function's condition. `innermost` is how the format's users call the place where that belongs.
 */
export function readChain(
  written: readonly WrittenFrame[],
  fault: Fault | undefined,
  innermost: string,
  report: Report,
): Chain {
  const names = fault ? faultNames(fault) : [];
  const callchain: Frame[] = [];
  let when: FaultCondition | undefined;
  written.forEach((frame, i) => {
    const isLast = i === written.length - 1;
    const isFault = frame.function === undefined || names.includes(frame.function.text);
    if (isFault && !isLast) report(misplaced(frame, innermost));
    if (isFault) when = readCondition(frame, fault, report) ?? when;
    else callchain.push(...readFrame(frame, report));
    if (fault && !isFault) reportOtherFault(frame.function!, fault, report);
  });
  const extra = callchain[maxFrames];
  if (extra) report(codes.tooManyFrames(extra.span, { limit: maxFrames }));
  return { ...(when ? { when } : {}), callchain };
}

/** What the kernel asks whether to fail calls nothing that a spec could have fail. */
function reportOtherFault({ text, span }: Fragment, asked: Fault, report: Report): void {
  const other = faultKind((row) => row.function === text);
  if (other) report(codes.otherFault(span, { name: text, fault: other, asked: faultNames(asked)[0]! }));
}

function misplaced({ span, function: named }: WrittenFrame, place: string): Diagnostic {
  return named
    ? codes.misplacedFault(span, { name: named.text, place })
    : codes.misplacedPredicate(span, { place });
}

/** The condition on the fault function; absent where the frame has none. */
export function readCondition(
  frame: WrittenFrame,
  fault: Fault | undefined,
  report: Report,
): FaultCondition | undefined {
  const parameters = readParameters(frame.parameters, report);
  const documented = fault ? faultParameters(fault) : [];
  const predicate = readPredicate(frame.predicate, parameters, documented, report);
  return predicate && { ...(parameters ? { parameters } : {}), predicate, span: frame.span };
}

/** A named frame, or nothing after a report; its predicate is read even if its name is wrong. */
function readFrame(frame: WrittenFrame, report: Report): Frame[] {
  const name = frame.function!;
  const parameters = readParameters(frame.parameters, report);
  const when = readPredicate(frame.predicate, parameters, [], report);
  const named = readFunctionName(name, report);
  if (!named) return [];
  // Over parameters that could not be read, the predicate says nothing of its own.
  const isRead = parameters !== undefined || !isWritten(frame.parameters);
  return [
    {
      kind: "frame",
      span: frame.span,
      function: named,
      ...(parameters ? { parameters } : {}),
      ...(when && isRead ? { when } : {}),
    },
  ];
}

/** A kernel function's name; clones have dots in theirs. */
export function readFunctionName(fragment: Fragment, report: Report): Name | undefined {
  const { text, span } = fragment;
  if (/^[A-Za-z_][A-Za-z0-9_.]*$/.test(text)) return { value: text, span };
  const bad = /[^A-Za-z0-9_.]/.exec(text)?.index ?? 0;
  const help = text.includes("(") ? ["the parameters and the predicate have fields of their own"] : [];
  report(codes.badName(fragmentSpan(fragment, bad, bad + 1), { name: text, of: "a function" }, { help }));
  return undefined;
}

function isWritten(fragment: Fragment | undefined): fragment is Fragment {
  return fragment !== undefined && fragment.text.trim() !== "";
}

/** A blank list is as good as none: the kernel's own names are used. */
function readParameters(fragment: Fragment | undefined, report: Report): ParameterList | undefined {
  if (!isWritten(fragment)) return undefined;
  const parsed = parseParameters(fragment);
  parsed.diagnostics.forEach(report);
  if (!parsed.ok) return undefined;
  checkNames(parsed.value, report);
  return parsed.value;
}

/** Binding is by position, but the predicate speaks of parameters by name. */
function checkNames({ parameters }: ParameterList, report: Report): void {
  const seen = new Map<string, Span>();
  for (const { name } of parameters) {
    const first = name && seen.get(name.value);
    const notes = first && [{ text: "the first one", span: first }];
    if (notes) report(codes.duplicateParameter(name.span, { name: name.value }, { notes }));
    else if (name) seen.set(name.value, name.span);
  }
}

/** `documented` are the names that the fault function's parameters have where the user gave none. */
function readPredicate(
  fragment: Fragment | undefined,
  parameters: ParameterList | undefined,
  documented: readonly string[],
  report: Report,
): Predicate | undefined {
  if (!fragment) return undefined;
  const variables = parameters
    ? parameters.parameters.flatMap((p) => (p.name ? [p.name.value] : []))
    : documented;
  const parsed = parsePredicate(fragment, variables);
  parsed.diagnostics.forEach(report);
  return parsed.ok ? parsed.value : undefined;
}

/** Two conditions on the fault function, of which only one can be kept, are an error. */
export function onlyCondition(
  first: FaultCondition | undefined,
  second: FaultCondition | undefined,
  report: Report,
): FaultCondition | undefined {
  if (first && second) {
    const notes = [{ text: "the other one", span: first.span }];
    report(codes.twoPredicates(second.span, {}, { notes }));
  }
  return first ?? second;
}
