/** bcc inject's argument line: what argparse makes of its words (class Tool of bcc's tools/inject.py). */

import type { Fragment, Span } from "../source.js";
import { didYouMean } from "../spelling.js";
import * as codes from "./codes.js";
import { faultKind } from "./fault.js";
import type { Report } from "./field.js";
import { cut } from "./fragment.js";

/** A one-liner's parts, each where the user wrote it. */
export interface Parts {
  readonly span: Span;
  readonly name: string;
  readonly mode: Fragment;
  readonly spec: Fragment;
  readonly probability?: Fragment;
  readonly count?: Fragment;
  readonly headers: readonly Fragment[];
}

/** The words of each call; a file without any word is a call without arguments. */
export function calls(words: readonly Fragment[]): Fragment[][] {
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

/** The parts that the words are: options anywhere, values joined or apart, long names cut short. */
export function readArguments(
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
    report(codes.unexpectedArgument(extra.span, { text: extra.text }, { help: [adviceOn(extra, words)] }));
  } else if (!mode || !spec) {
    const what = mode ? "call chain" : "mode";
    const isPrompt = !mode && /^\s*#.*\binject\b/m.test(span.source.text);
    const help = isPrompt ? ["a line that begins with `#` is a comment: take the prompt away"] : [];
    report(codes.missingArgument(span, { what }, { help }));
  }
  if (!mode || !spec || extra) return undefined;
  const last = (key: "probability" | "count") => (values[key].length ? { [key]: values[key].at(-1) } : {});
  return { span, name, mode, spec, headers: values.headers, ...last("probability"), ...last("count") };
}

/** What to do about a word too many. */
function adviceOn(extra: Fragment, words: readonly Fragment[]): string {
  if (words.slice(1).some(isProgram)) return "nothing stands in front of `inject`: take it away";
  return faultKind((row) => row.mode === extra.text)
    ? "each of several calls stands on a line that begins with `inject`"
    : "the whole call chain is one argument: quote it";
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
    const names = options.map((o) => o.long);
    const help = /^(?:-h|--he?l?p?)$/.test(text)
      ? ["it asks bcc for its help, and for no injection: take it away"]
      : didYouMean(long, names);
    report(codes.unexpectedArgument(word.span, { text: word.text }, { help }));
    return undefined;
  }
  if (!option.key) return 0;
  const joined = isLong ? text.length - long.length : text.length - option.short.length;
  const { length } = word.text;
  // `-P=0.5` is `-P 0.5`, but argparse takes the sign of `-vP=0.5` for a part of the value.
  const signs = isLong || word.text.startsWith(`${option.short}=`) ? 1 : 0;
  const value = joined ? cut(word, length - joined + signs, length) : next;
  if (value) values[option.key].push(value);
  else report(codes.missingArgument(word.span, { what: `value of \`${text}\`` }));
  return value && (joined ? 0 : 1);
}
