/** bcc inject's one-liners, from the command line and from `.inject` files: tools/inject.py and man/man8/inject.8 of bcc. */

import { type Checked, checked, type Diagnostic, failed, hasErrors } from "../diagnostic.js";
import {
  type Fragment,
  fragmentSpan,
  type Located,
  type Source,
  type Span,
  wholeFragment,
} from "../source.js";
import { didYouMean, oneOfThese } from "../spelling.js";
import { adviceLints } from "./advice.js";
import { bccLints, type InjectFrame } from "./bcc.js";
import { parseChain } from "./c/parse.js";
import { readChain } from "./chain.js";
import * as codes from "./codes.js";
import { type FaultKind, faultKind, faults } from "./fault.js";
import type { Report } from "./field.js";
import { cut, trim } from "./fragment.js";
import { quoteLiterals } from "./quote.js";
import { checkZero, remarkHeaders } from "./request.js";
import type { Fault, Spec, Trigger } from "./spec.js";
import { shellWords } from "./words.js";

/** A one-liner's parts, each where the user wrote it. */
interface Parts {
  readonly span: Span;
  readonly name: string;
  readonly mode: Fragment;
  readonly spec: Fragment;
  readonly probability?: Fragment;
  readonly count?: Fragment;
  readonly headers: readonly Fragment[];
}

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

/** The words of each call; a file without any word is a call without arguments. */
function calls(words: readonly Fragment[]): Fragment[][] {
  const all: Fragment[][] = [[]];
  for (const word of words) {
    if (all.at(-1)!.length && isProgram(word) && beginsLine(word)) all.push([]);
    all.at(-1)!.push(word);
  }
  return all;
}

function isProgram(word: Fragment | undefined): boolean {
  return /^(?:.*\/)?inject(?:\.py|-bpfcc)?$/.test(word?.text ?? "");
}

/** A line that is joined to the one before begins nothing. */
function beginsLine({ source: { text }, span }: Fragment): boolean {
  let at = span.start - 1;
  while (text[at] === " " || text[at] === "\t") at--;
  if (text[at] === "\n") at--;
  else return at < 0;
  return text[text[at] === "\r" ? at - 1 : at] !== "\\";
}

/** Each option's values in the order of the line; the last one counts where there can be only one. */
type OptionValues = Readonly<Record<"probability" | "count" | "headers", Fragment[]>>;

/** A row of the options that bcc's inject has. */
interface Option {
  readonly short: string;
  readonly long: string;
  /** Where its value goes; an option without a value is ignored. */
  readonly key?: keyof OptionValues;
}

/** `-h` is left out: it asks for no injection. */
const options: readonly Option[] = [
  { short: "-P", long: "--probability", key: "probability" },
  { short: "-c", long: "--count", key: "count" },
  { short: "-I", long: "--include", key: "headers" },
  { short: "-v", long: "--verbose" },
];

/** What bcc's argparse makes of the words: options anywhere, values joined or apart, long names cut short. */
function readArguments(
  words: readonly Fragment[],
  span: Span,
  name: string,
  report: Report,
): Parts | undefined {
  const values: OptionValues = { probability: [], count: [], headers: [] };
  let positional: Fragment[] = [];
  let at = isProgram(words[0]) ? 1 : 0;
  while (at < words.length) {
    const word = words[at++]!;
    if (word.text === "--") {
      positional = positional.concat(words.slice(at));
      break;
    }
    if (!/^-./.test(word.text)) positional.push(word);
    else {
      const used = readOption(word, words[at], values, report);
      if (used === undefined) return undefined;
      at += used;
    }
  }
  const [mode, spec, extra] = positional;
  if (extra) {
    const help = ["the whole call chain is one argument: quote it"];
    report(codes.unexpectedArgument(extra.span, { text: extra.text }, { help }));
  } else if (!mode || !spec) {
    report(codes.missingArgument(span, { what: mode ? "call chain" : "mode" }));
  }
  if (!mode || !spec || extra) return undefined;
  const last = (key: "probability" | "count") => (values[key].length ? { [key]: values[key].at(-1) } : {});
  return { span, name, mode, spec, headers: values.headers, ...last("probability"), ...last("count") };
}

/** Reads an option and tells how many further words it took; `undefined` after a report. */
function readOption(
  word: Fragment,
  next: Fragment | undefined,
  values: OptionValues,
  report: Report,
): number | undefined {
  // `-vP 0.5` is `-v -P 0.5`.
  const flags = /^-v+/.exec(word.text)?.[0].length ?? 1;
  if (flags === word.text.length) return 0;
  const text = `-${word.text.slice(flags)}`;
  const isLong = text.startsWith("--");
  const [long = ""] = text.split("=");
  const option = options.find((o) => (isLong ? o.long.startsWith(long) : text.startsWith(o.short)));
  if (!option || (!option.key && text !== long)) {
    const names = options.flatMap((o) => [o.short, o.long]);
    report(codes.unexpectedArgument(word.span, { text: word.text }, { help: didYouMean(long, names) }));
    return undefined;
  }
  if (!option.key) return 0;
  const joined = isLong ? text.length - long.length : text.length - option.short.length;
  const { length } = word.text;
  const value = joined ? cut(word, length - joined + (isLong ? 1 : 0), length) : next;
  if (value) values[option.key].push(value);
  else report(codes.missingArgument(word.span, { what: `value of \`${text}\`` }));
  return value && (joined ? 0 : 1);
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
  const help = read.value > 1 && read.value <= 100 ? [`${text} % is ${read.value / 100}`] : [];
  report(codes.outOfRange(span, { value: text, range: "a fraction above 0, at most 1" }, { help }));
  return undefined;
}

/** At most so many faults; 0 is no limit in every format. */
function readCount({ text, span }: Fragment, report: Report): Located<number> | undefined {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value === 0) report(codes.bccCountZero(span, {}));
  else if (!Number.isSafeInteger(value))
    report(codes.outOfRange(span, { value: text, range: "a whole number, 0 or more" }));
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
