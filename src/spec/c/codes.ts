/** What can be wrong with the C of a predicate, a parameter list or a call chain. */

import { defineCode } from "../../diagnostic.js";

export const syntax = defineCode<{ expected: string; found: string }>(
  "syntax",
  "error",
  ({ expected, found }) => `expected ${expected}, found ${found}`,
  `The text is not the C that can be written here. The place is the first one where no reading of it goes on.

A predicate is one C expression, without \`;\`: members, arithmetic, comparisons, \`&&\`, \`||\`, \`?:\`, casts, sizeof, the
built-ins (STRCMP and so on), and \`({ T x = value; …; result; })\` for locals. A parameter list is what stands between the
brackets of a prototype. In inject's call chain each frame is \`name(parameters)(predicate)\`, joined by \`=>\`.`,
);

export const emptyPredicate = defineCode(
  "empty-predicate",
  "error",
  () => "the predicate is empty",
  `Brackets without anything in them say neither yes nor no. Leave them out, or write \`true\`.`,
);

export const assignment = defineCode<{ operator: string }>(
  "assignment",
  "error",
  ({ operator }) => `\`${operator}\` changes a value, and a predicate only looks at values`,
  `A predicate must not write to the kernel's memory, so there is no \`=\`, \`+=\`, \`++\` or the like. \`==\` compares. A value
that is needed more than once gets a name where it is declared: \`({ struct inode *i = d->d_inode; i && i->i_ino == 2; })\`.`,
);

export const statement = defineCode<{ word: string }>(
  "statement",
  "error",
  ({ word }) => `\`${word}\` begins a statement, and a predicate is an expression`,
  `There are no loops, jumps or \`if\` in a predicate. \`condition ? a : b\` chooses between two values, and \`&&\` and \`||\` join
conditions. To look for a part of a string, use STRPREFIX or STRSTR.`,
);

export const keywordAsName = defineCode<{ word: string }>(
  "keyword-as-name",
  "error",
  ({ word }) => `\`${word}\` is a word of the C language and cannot be a name`,
  `Parameters, locals, fields and functions cannot be called by one of C's own words. A parameter's name is free: choose
another one, since parameters are bound by their position.`,
);

export const duplicateLocal = defineCode<{ name: string }>(
  "duplicate-local",
  "error",
  ({ name }) => `this block has two locals called \`${name}\``,
  `What \`({ … })\` declares keeps its value to the end, so there is no second one of the same name: choose another. A
\`({ … })\` within it may use the name once more, and hides the outer one.`,
);

export const ownInitializer = defineCode<{ name: string }>(
  "own-initializer",
  "error",
  ({ name }) => `\`${name}\` is used in its own declaration`,
  `A name in C is known from where it is declared on, so that in \`int x = x;\` both are the new \`x\`, which has no value yet.
Where a parameter or an outer local of that name is meant, give the new one another name.`,
);

export const unbalancedBracket = defineCode<{ bracket: string; why: string }>(
  "unbalanced-bracket",
  "error",
  ({ bracket, why }) => `\`${bracket}\` ${why}`,
  `Each \`(\`, \`[\` and \`{\` needs its own closing bracket of the same kind, in the right order.`,
);

export const unclosedLiteral = defineCode<{ what: string; end: string }>(
  "unclosed-literal",
  "error",
  ({ what, end }) => `the ${what} has no closing \`${end}\``,
  `A string ends at the next \`"\`, a character at the next \`'\`, both on the same line, and a comment at \`*/\`. In YAML, a quote
inside a quoted text may need doubling (\`''\`) or a backslash, depending on the quotes around it; a block (\`predicate: |\`)
needs neither.`,
);

export const badLiteral = defineCode<{ literal: string; why: string }>(
  "bad-literal",
  "error",
  ({ literal, why }) => `\`${literal}\`: ${why}`,
  `Numbers are C integers: decimal, \`0x\` hexadecimal, \`0\` octal or \`0b\` binary, with \`u\`, \`l\` or \`ll\` behind them; there is no
floating point in BPF. Characters stand in single quotes and are one byte, strings in double quotes. The escapes are C's:
\\n \\t \\r \\a \\b \\f \\v \\e \\\\ \\' \\" \\?, \\0 to \\377, \\xHH and \\uHHHH.`,
);

export const stringTooLong = defineCode<{ length: number; limit: number }>(
  "string-too-long",
  "error",
  ({ length, limit }) => `the string is ${length} bytes long, and ${limit} are the most`,
  `The length is counted in bytes of UTF-8, after escapes, with literals that stand side by side taken together. No name in
the kernel's directories is longer than 255 bytes. To compare the beginning of a longer text, use STRPREFIX or STRNCMP.`,
);

export const strayCharacter = defineCode<{ character: string }>(
  "stray-character",
  "error",
  ({ character }) => `\`${character}\` has no meaning in C`,
  `Outside of strings and comments C is written in ASCII letters, digits and its operators. Word processors replace \`"\` by
curly quotes and \`-\` by dashes.`,
);

export const predicateTooDeep = defineCode<{ limit: number }>(
  "predicate-too-deep",
  "error",
  ({ limit }) => `more than ${limit} levels of nesting`,
  `Brackets and operators may stand in one another up to 64 times: \`a - b - c\` is two levels, since \`a - b\` stands in the
other. Conditions joined by \`&&\` or by \`||\` are one level, however many, and so are the cases of \`a ? x : b ? y : z\`.
Give an inner part a name of its own: \`({ T x = inner; outer(x); })\`.`,
);

export const predicateTooLong = defineCode<{ limit: string }>(
  "predicate-too-long",
  "error",
  ({ limit }) => `this is longer than ${limit}`,
  `A predicate runs inside the kernel, each time that the function is called, and a BPF program's size is limited. So a
predicate or parameter list has at most 1024 words and signs, and 16384 letters. Use several specs for several cases.`,
);
