/** What usually lies behind a YAML library's complaint: C has signs that mean something else to YAML. */

import type { Diagnostic } from "../diagnostic.js";
import type { Source, Span } from "../source.js";
import * as codes from "./codes.js";

interface Slip {
  /** The library's words. */
  readonly message: RegExp;
  /** What stands at the place and before it on its line, if that matters. */
  readonly at?: RegExp;
  readonly before?: RegExp;
  readonly help: string;
}

const quotes = "inside of `\"…\"` a `\"` is written `\\\"`, inside of `'…'` a `'` is written `''`";

/** The first that fits is taken. */
const slips: readonly Slip[] = [
  {
    message: /missing closing .quote/i,
    at: /^[\s\S]*\S/,
    help: "all lines of a quoted text are indented deeper than its key",
  },
  {
    message: /invalid escape/i,
    help: "in double quotes a backslash is written `\\\\`; in single quotes it is itself",
  },
  { message: /flow-(?:map|seq)-start at node end/i, help: "a line `---` stands between documents" },
  { message: /scalar at node end/i, before: /["'][^"']*$/, help: quotes },
  {
    message:
      /at node end|unresolved tag|separated from the next token|cannot start with|at most one (?:tag|anchor)|header includes/i,
    help: "a text that begins with one of ``* & ! | > % @ ` `` or with a quote is put in quotes as a whole",
  },
  { message: /nested mappings|implicit keys/i, help: "a text with `: ` in it is put in quotes" },
  {
    message: /collections are not allowed within flow/i,
    help: "entries between `{` and `}` are separated by `,`",
  },
];

/** What to do about it, where that can be told. */
export function slipHelp(message: string, { text }: Source, offset: number): string[] {
  if (/\r(?!\n)/.test(text) && !text.includes("\n"))
    return ["the lines end in CR alone: save the file with LF"];
  const before = text.slice(text.lastIndexOf("\n", offset - 1) + 1, offset);
  const rest = text.slice(offset);
  const slip = slips.find(
    (s) => s.message.test(message) && (s.at?.test(rest) ?? true) && (s.before?.test(before) ?? true),
  );
  return slip ? [slip.help] : [];
}

/** An anchor in front of nothing, whose place is `behind` it. */
export function idleAnchor(name: string, { source, start: behind }: Span): Diagnostic {
  const start = source.text.lastIndexOf(`&${name}`, behind);
  const help = [`put it in quotes if it is a text: \`'&${name}'\``];
  return codes.emptyAnchor({ source, start, end: start + name.length + 1 }, { name }, { help });
}
