/** The lists that a kernel prints of itself, one entry a line, as a kernel's folder holds them. */

import { type Checked, checked, failed } from "../diagnostic.js";
import type { Source } from "../source.js";
import { damagedList } from "./codes.js";
import type { EffectClass, Names, SyscallParameter } from "./kernel.js";
import { lazy, memoized } from "./lazy.js";

/** A list's format: what a line looks like, and what all of them amount to. */
export interface ListFormat<T> {
  /** For people. */
  readonly form: string;
  /** A whole line that says something; without flags. */
  readonly line: RegExp;
  /** What a text amounts to in which every line was checked. */
  collect(text: string): T;
}

/** Damaged lines beyond so many are not shown. */
const shownLines = 5;
const skipped = /[ \t]*(?:#.*)?/;

/**
 * The list, checked at once and collected when it is asked for: the check is one pass over the text and cheap, the
 * collection of a long list is not. Empty lines and `#` comments are skipped; any other line must fit the format.
 */
export function readList<T>(format: ListFormat<T>, source: Source): Checked<() => T> {
  const damage = new RegExp(`^(?!(?:${format.line.source}|${skipped.source})\\r?$).+`, "gm");
  const damaged = [...take(source.text.matchAll(damage), shownLines)];
  if (damaged.length > 0) {
    const help = ["take the list again from the kernel that it describes, or remove the file"];
    return failed(
      ...damaged.map(({ index, 0: text }) => {
        const span = { source, start: index, end: index + text.trimEnd().length };
        return damagedList(span, { form: format.form }, { help });
      }),
    );
  }
  return checked(lazy(() => format.collect(source.text)));
}

/** The matches of the lines that fit, comments and empty lines left out. */
export function entries(line: RegExp, text: string): Iterable<RegExpMatchArray> {
  return text.matchAll(new RegExp(`^${line.source}\\r?$`, "gm"));
}

function* take<T>(items: Iterable<T>, count: number): Iterable<T> {
  let taken = 0;
  for (const item of items) {
    if (taken++ === count) return;
    yield item;
  }
}

const classes: ReadonlySet<string> = new Set<EffectClass>(["NULL", "ERRNO", "ERRNO_NULL", "TRUE"]);

/**
 * /sys/kernel/debug/error_injection/list: `ei_seq_show()` of lib/error-inject.c. A class that the kernel has no name
 * for, or two classes under one name, is `unknown`.
 */
export const injectableList: ListFormat<ReadonlyMap<string, EffectClass | "unknown">> = {
  form: "FUNCTION CLASS",
  line: /([\w.$]+)(?: \[[\w-]+\])?[ \t]+(\w+|\(unknown\))/,
  collect(text) {
    const found = new Map<string, EffectClass | "unknown">();
    for (const [, name, word] of entries(this.line, text)) {
      const effect = classes.has(word!) ? (word as EffectClass) : "unknown";
      const before = found.get(name!);
      found.set(name!, before !== undefined && before !== effect ? "unknown" : effect);
    }
    return found;
  },
};

/** available_filter_functions of tracefs: `t_show()` of kernel/trace/ftrace.c. A module's functions are in it, too. */
export const traceableList: ListFormat<Names> = {
  form: "FUNCTION [MODULE]",
  line: /([\w.$]+)(?: \[[\w-]+\])?/,
  // There are tens of thousands of lines, and a spec names a few: looking through the text is a hundred times cheaper.
  collect(text) {
    const lines = `\n${text}`;
    const all = lazy(() => new Set(text.match(/^[\w.$]+/gm)));
    return {
      has: memoized((name) => lineOf(name, lines) >= 0),
      isShared: memoized((name) => {
        const first = lineOf(name, lines);
        return first >= 0 && lineOf(name, lines, first + 1) >= 0;
      }),
      startingWith: memoized((letters) => {
        const found = new Set<string>();
        const start = `\n${letters}`;
        for (let at = lines.indexOf(start); at >= 0; at = lines.indexOf(start, at + 1)) {
          found.add(/[\w.$]+/.exec(lines.slice(at + 1, lines.indexOf("\n", at + 1) >>> 0))![0]);
        }
        return [...found];
      }),
      get size() {
        return all().size;
      },
      [Symbol.iterator]: () => all()[Symbol.iterator](),
    };
  },
};

/** Where the first line of the name begins, or -1; each line is behind a line break. */
function lineOf(name: string, lines: string, from = 0): number {
  if (!/^[\w.$]+$/.test(name)) return -1;
  const start = `\n${name}`;
  let at = lines.indexOf(start, from);
  while (at >= 0 && /[\w.$]/.test(lines.charAt(at + start.length))) at = lines.indexOf(start, at + 1);
  return at;
}

/** Syscalls as prototypes; where one has none to show, `(void)` or `()`. */
export const syscallList: ListFormat<ReadonlyMap<string, readonly SyscallParameter[]>> = {
  form: "SYSCALL(TYPE NAME, …)",
  line: /(\w+)\(([\w *,[\]]*)\)/,
  collect(text) {
    const found = new Map<string, readonly SyscallParameter[]>();
    for (const [, name, list] of entries(this.line, text)) {
      const written = list!.trim();
      found.set(name!, written === "" || written === "void" ? [] : written.split(/\s*,\s*/));
    }
    return found;
  },
};
