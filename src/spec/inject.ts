/** bcc inject's one-liners, from the command line and from `.inject` files: tools/inject.py and man/man8/inject.8 of bcc. */

import { type Checked, checked, type Diagnostic, failed, hasErrors } from "../diagnostic.js";
import { type Fragment, fragmentSpan, type Located, type Source, wholeFragment } from "../source.js";
import { oneOfThese } from "../spelling.js";
import { adviceLints } from "./advice.js";
import { calls, type Parts, readArguments } from "./arguments.js";
import { bccLints, type InjectFrame } from "./bcc.js";
import { parseChain } from "./c/parse.js";
import { readChain } from "./chain.js";
import * as codes from "./codes.js";
import { type FaultKind, faultKind, faults } from "./fault.js";
import type { Report } from "./field.js";
import { cut, trim } from "./fragment.js";
import { percentHelp } from "./percent.js";
import { quoteLiterals } from "./quote.js";
import { checkZero, remarkHeaders } from "./request.js";
import type { Fault, Spec, Trigger } from "./spec.js";
import { shellWords } from "./words.js";

/** A one-liner as options of our own command line. */
export interface OneLinerOptions {
  readonly mode: string;
  readonly spec: string;
  readonly probability?: string;
  readonly count?: string;
  readonly headers?: readonly string[];
}

/** Reads a one-liner from the command line; places are in `--mode`, `--spec`, `-P`, `-c` and `-I`. */
export function readOneLiner(given: OneLinerOptions): Checked<Spec> {
  const argument = (name: string, text: string) => wholeFragment({ name, text });
  const spec = argument("--spec", given.spec);
  const diagnostics: Diagnostic[] = [];
  const parts: Parts = {
    span: spec.span,
    name: "inject",
    mode: argument("--mode", given.mode),
    spec,
    ...(given.probability === undefined ? {} : { probability: argument("-P", given.probability) }),
    ...(given.count === undefined ? {} : { count: argument("-c", given.count) }),
    headers: (given.headers ?? []).map((header) => argument("-I", header)),
  };
  const report = (d: Diagnostic) => diagnostics.push(d);
  const read = readParts(parts, report);
  if (read && !hasErrors(diagnostics)) adviceLints(read, report);
  return read ? checked(read, diagnostics) : failed(...diagnostics);
}

/**
 * Reads a `.inject` file: the arguments of one call of bcc inject, with or without the program's name in front, or of
 * several calls, each on a line that begins with the name. Those after the first are told apart by their number.
 */
export function readInjectFile(source: Source, name: string, report: Report): Spec[] {
  const words = shellWords(source, report);
  return (words ? calls(words) : []).flatMap((call, i, all) => {
    const end = all.length > 1 ? call.at(-1)!.span.end : source.text.length;
    const span = { source, start: i > 0 ? call[0]!.span.start : 0, end };
    const parts = readArguments(call, span, i === 0 ? name : `${name}-${i + 1}`, report);
    const spec = parts && readParts(parts, report);
    return spec ? [spec] : [];
  });
}

/** All parts are looked at, so that the mistakes of each are told, before any of them makes it no spec. */
function readParts(parts: Parts, report: Report): Spec | undefined {
  const kind = readMode(parts.mode, report);
  const probability = parts.probability && readProbability(parts.probability, report);
  const times = parts.count && readCount(parts.count, report);
  if (parts.headers.length) remarkHeaders(parts.headers, parts.headers[0]!.span, report);
  const fault: Fault | undefined = kind && { kind, span: parts.mode.span };
  const frames = readFrames(parts.spec, report);
  if (!frames) return undefined;
  const chain = readChain([...frames].reverse(), fault, "the first frame", report);
  if (!kind || !fault) return undefined;
  bccLints({ kind, frames, probability, chain }, report);
  const trigger: Trigger = { ...(probability ? { probability } : {}), ...(times ? { times } : {}) };
  const target = { pid: [], tid: [], cgroup: [], comm: [], uid: [] };
  return {
    kind: "spec",
    span: parts.span,
    input: "inject",
    name: parts.name,
    fault,
    ...chain,
    trigger,
    target,
    ...(parts.headers.length ? { headers: parts.headers.map((h) => h.text) } : {}),
  };
}

/** bcc's mode; our own words for the faults are not taken, but understood. */
function readMode({ text, span }: Fragment, report: Report): FaultKind | undefined {
  const kind = faultKind((row) => row.mode === text);
  if (kind) return kind;
  const modes = Object.values(faults).map((row) => row.mode);
  const ours = Object.hasOwn(faults, text) ? faults[text as FaultKind].mode : undefined;
  const help = ours ? [`bcc calls it \`${ours}\``] : oneOfThese(text, modes);
  report(codes.unknownValue(span, { value: text }, { help }));
  return undefined;
}

/** A number as Python's float() takes it; bcc also takes those that are no probabilities. */
function readProbability({ text, span }: Fragment, report: Report): Located<number> | undefined {
  const isNumber = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text);
  const read = { value: isNumber ? Number(text) : Number.NaN, span };
  if (!checkZero(read, "bcc never fires then", report)) return undefined;
  if (read.value > 0 && read.value <= 1) return read;
  const labels = { value: `\`${text}\``, range: "a fraction above 0, at most 1" };
  report(codes.outOfRange(span, labels, { help: percentHelp(read.value) }));
  return undefined;
}

/** At most so many faults; 0 is no limit in every format. */
function readCount({ text, span }: Fragment, report: Report): Located<number> | undefined {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value === 0) report(codes.bccCountZero(span, {}));
  else if (!Number.isSafeInteger(value))
    report(codes.outOfRange(span, { value: `\`${text}\``, range: "a whole number, 0 or more" }));
  return value > 0 ? { value, span } : undefined;
}

/** The frames in the order of the text, strings in bcc's spelling made C's; `undefined` where it is no call chain. */
function readFrames(spec: Fragment, report: Report): InjectFrame[] | undefined {
  const parsed = parseChain(spec);
  parsed.diagnostics.forEach(report);
  if (!parsed.ok) return undefined;
  return parsed.value.map(({ span, name, groups }) => {
    const [parameters, predicate, extra] = name ? groups : [undefined, ...groups];
    if (extra) report(codes.extraPredicate(fragmentSpan(spec, extra.start - 1, extra.end + 1), {}));
    return {
      span,
      ...(name ? { function: cut(spec, name.start, name.end) } : {}),
      ...(name && groups[0]!.start - 1 > name.end
        ? { blank: cut(spec, name.end, groups[0]!.start - 1) }
        : {}),
      ...(parameters ? { parameters: trim(cut(spec, parameters.start, parameters.end)) } : {}),
      ...(predicate ? { predicate: quoteLiterals(cut(spec, predicate.start, predicate.end), report) } : {}),
    };
  });
}
