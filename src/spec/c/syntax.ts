/** The parser's complaint in words that help: what was expected, what is there, and which usual mistake it looks like. */

import type { Diagnostic } from "../../diagnostic.js";
import { type Fragment, fragmentSpan, type Span } from "../../source.js";
import * as codes from "./codes.js";

/** What peggy reports: the furthest place that any rule reached, and all that it would have taken there. */
export interface Failure {
  readonly offset: number;
  /** Names of rules and literal texts, as the grammars give them. */
  readonly expected: readonly Expectation[];
}

/** One thing that would have been right. */
export type Expectation =
  | { readonly type: "literal"; readonly text: string }
  | { readonly type: "other"; readonly description: string }
  | { readonly type: "class" | "any" | "end" };

/** The diagnostic for a text that the parser refused; `mistakes` are the usual ones of such texts. */
export function explain(fragment: Fragment, failure: Failure, mistakes: readonly Mistake[]): Diagnostic {
  const before = fragment.text.slice(0, failure.offset);
  const rest = fragment.text.slice(failure.offset);
  const found =
    /^(?:[A-Za-z0-9_]+|->|\+\+|--|&&|\|\||<<=?|>>=?|=>|[-+*/%&|^<>=!]=|"[^"]*"|'[^']*'|[\s\S])/.exec(
      rest,
    )?.[0] ?? "";
  const span = fragmentSpan(fragment, failure.offset, failure.offset + found.length);
  const expected = words(failure.expected);
  const mistake = mistakes.find(
    (m) => (m.before ?? /$/).test(before) && m.at.test(rest) && (m.when?.test(expected) ?? true),
  );
  const made = mistake?.make?.(span, found);
  if (made) return made;
  const help = mistake?.help ? { help: [mistake.help] } : {};
  return codes.syntax(span, { expected, found: found ? `\`${found}\`` : "the end" }, help);
}

/** What a failure may come from, told by the text around it. */
export interface Mistake {
  /** What must stand before and at the place of the failure. */
  readonly before?: RegExp;
  readonly at: RegExp;
  /** What must have been expected. */
  readonly when?: RegExp;
  readonly help?: string;
  readonly make?: (span: Span, found: string) => Diagnostic;
}

const statements = /^(?:if|else|for|while|do|switch|case|default|return|goto|break|continue|asm|typedef)\b/;
const keywords =
  /^(?:auto|break|case|char|const|continue|default|do|double|else|enum|extern|float|for|goto|if|inline|int|long|register|restrict|return|short|signed|sizeof|static|struct|switch|typedef|typeof|union|unsigned|void|volatile|while|_Bool|__int128|asm)\b/;

/** Of parameter lists. */
export const parameterMistakes: readonly Mistake[] = [
  { at: /^\.\.\./, when: /`void`/, help: "the kernel's own names are used where there is no list at all" },
  { at: /^=/, help: "a parameter has a type and a name; conditions belong in the predicate" },
  { at: /^[{:]/, help: "a parameter's type is written by its name: `struct dentry *parent`" },
  { at: /^\*/, when: /a type/, help: "in front of the `*` stands what it leads to: `struct dentry *parent`" },
  { at: keywords, when: /name/, make: (s, word) => codes.keywordAsName(s, { word }) },
];

/** Of predicates. The first that fits is taken. */
export const cMistakes: readonly Mistake[] = [
  { at: /^[=!]==/, help: "C compares by `==` and `!=`" },
  { at: /^=>/, help: "`=>` joins the frames of an inject call chain, outside of their brackets" },
  { at: /^=(?!=)/, make: (s, operator) => codes.assignment(s, { operator }, { help: ["`==` compares"] }) },
  { at: /^(?:[-+*/%&|^]|<<|>>)=/, make: (s, operator) => codes.assignment(s, { operator }) },
  { at: /^(?:\+\+|--)/, make: (s, operator) => codes.assignment(s, { operator }) },
  {
    before: /\b(?:container_of|list_entry|rb_entry|hlist_entry)\s*\([^()]*,\s*$/,
    at: /^/,
    when: /expression/,
    help: "`container_of(p, struct x, m)` is `((struct x *)((char *)p - (unsigned long)&((struct x *)0)->m))`",
  },
  {
    before: /\boffsetof\s*\(\s*$/,
    at: /^/,
    when: /expression/,
    help: "`offsetof(struct x, m)` is `(unsigned long)&((struct x *)0)->m`",
  },
  { at: statements, when: /expression/, make: (s, word) => codes.statement(s, { word }) },
  { before: /-\s+$/, at: /^>/, help: "`->` is one sign: write it without a blank" },
  { before: /<$/, at: /^>/, help: 'C\'s "not equal" is `!=`' },
  { before: /\bnot\s+$/, at: /^/, help: 'C\'s "not" is `!`' },
  { at: /^and\b/, help: 'C\'s "and" is `&&`' },
  { at: /^or\b/, help: 'C\'s "or" is `||`' },
  { before: /\?\s*$/, at: /^:/, help: "the value between `?` and `:` cannot be left out" },
  {
    before: /\b(?:L|u8?|U)$/,
    at: /^["']/,
    help: "literals have no prefix here: strings in the kernel are bytes",
  },
  { at: /^[;,]/, when: /`=`/, help: "a local gets its value where it is declared: `int x = …;`" },
  {
    at: /^\}/,
    when: /expression/,
    help: "the last statement of `({ … })` is its value, an expression with `;`",
  },
  {
    before: /\)\s*$/,
    at: /^\{/,
    when: /expression/,
    help: "there are no compound literals: a predicate reads what the kernel has in its memory",
  },
  {
    at: /^\{/,
    help: "statements stand in brackets of both kinds, `({ …; })`, and their last one is the value",
  },
  { at: /^;/, when: /operator/, help: "a predicate is one expression, without `;`" },
  { at: /^,/, when: /operator/, help: "conditions are joined by `&&` or `||`" },
  {
    before: /[\w\])]\s*$/,
    at: /^\(/,
    when: /operator/,
    help: "only the built-ins can be called; there are no calls through pointers",
  },
  { at: keywords, when: /name/, make: (s, word) => codes.keywordAsName(s, { word }) },
];

/** Of inject's call chains. */
export const chainMistakes: readonly Mistake[] = [
  { at: /^=\s+>/, help: "`=>` is one sign: write it without a blank" },
  { at: /^->/, help: "frames are joined by `=>`, the innermost first" },
  {
    at: /^/,
    when: /^`\(`$/,
    help: "a function's brackets are always there, even if nothing is in them: `SyS_mount()`",
  },
];

/** Rules that begin an expression, and signs that are always possible behind one: too many to be listed each time. */
const starts = new Set([
  "a name",
  "a number",
  "a character",
  "a string",
  "a unary operator",
  "`(`",
  "`{`",
  "`sizeof`",
]);
/** Rules that begin a type. */
const typeStarts = new Set(["a type", "a qualifier", "`struct`", "`union`", "`enum`", "a name"]);
const follows = new Set(["`->`", "`.`", "`[`", "`(`", "`?`", "`*`"]);
/** Always possible, and never worth a word. */
const hidden = new Set(["a blank"]);

/** A list as people write it, with the usual groups under one name. */
function words(expectations: readonly Expectation[]): string {
  let all = [...new Set(expectations.map(label))].filter((w) => w !== "" && !hidden.has(w));
  if (all.includes("a number") && all.includes("a string")) {
    all = ["an expression", ...all.filter((w) => !starts.has(w) && !typeStarts.has(w))];
  } else if (all.includes("a type") && all.includes("`struct`")) {
    all = ["a type", ...all.filter((w) => !typeStarts.has(w))];
  }
  if (all.includes("an operator")) all = all.filter((w) => !follows.has(w));
  if (all.length < 2) return all[0] ?? "nothing more";
  return `${all.slice(0, -1).join(", ")} or ${all.at(-1)}`;
}

/** An expectation's name; character classes stand only in named rules, and have none. */
function label(expectation: Expectation): string {
  switch (expectation.type) {
    case "literal":
      return `\`${expectation.text}\``;
    case "other":
      return expectation.description;
    case "end":
      return "the end";
    default:
      return "";
  }
}
