/** What can be wrong with a file before it says anything: its bytes, its YAML, its size. */

import { defineCode } from "../diagnostic.js";

export const specTooLarge = defineCode<{ name: string; size: number }>(
  "spec-too-large",
  "error",
  ({ name, size }) => `${name} has ${size} bytes, and 1048576 are the most`,
  `A spec file has at most 1 MiB. Several documents can be put into several files.`,
);

export const notUtf8 = defineCode<{ offset: number; byte: string }>(
  "not-utf8",
  "error",
  ({ offset, byte }) => `byte ${offset} (0x${byte}) is not UTF-8`,
  `Specs are text in UTF-8. The file is in another encoding (Latin-1, UTF-16) or is not a text at all. Bytes are counted
from 0; the place is where the readable text ends.`,
);

export const nulByte = defineCode<{ offset: number }>(
  "nul-byte",
  "error",
  ({ offset }) => `byte ${offset} is a NUL`,
  `Specs are text, and no text holds a NUL. The file may be UTF-16, or no spec at all. Bytes are counted from 0.`,
);

export const nulEscape = defineCode(
  "nul-escape",
  "error",
  () => "this stands for a NUL, which no text can have in it",
  `YAML's \`"\\0"\` and JSON's \`"\\u0000"\` are the character NUL itself, with which a text ends for the kernel. In a predicate's
own string it is written as C does, with a backslash that is left to C: \`'STRNCMP(p, "a\\0", 2)'\`.`,
);

export const halfCharacter = defineCode(
  "half-character",
  "error",
  () => "this stands for one half of a character",
  `JSON writes a character beyond U+FFFF as two escapes, \`\\ud83d\\ude00\`. One of them alone is no character, and no bytes of a
text are like it.`,
);

export const yamlSyntax = defineCode<{ why: string }>(
  "yaml-syntax",
  "error",
  ({ why }) => `this is not valid YAML: ${why}`,
  `The text cannot be read as YAML 1.2 (or JSON, which is a part of it), so nothing more is said of this document. Often the
indentation is uneven, a tab stands where blanks should, or a text with \`: \`, \`#\`, \`*\` or \`{\` needs quotes:
\`predicate: 'STRNCMP(name->name, "bananas", 8)'\`.`,
);

export const documentTooDeep = defineCode<{ limit: number }>(
  "document-too-deep",
  "error",
  ({ limit }) => `more than ${limit} lists and mappings stand in one another`,
  `No spec needs more than 64 levels of lists and mappings.`,
);

export const documentTooLong = defineCode<{ limit: number }>(
  "document-too-long",
  "error",
  ({ limit }) => `the file has more than ${limit} words, signs and line breaks`,
  `A spec file of 1 MiB, the most that there may be, has about 350000 words, signs, gaps and line breaks, and 400000 are
read. A file with more of them is mostly lists of single letters or empty lines: split it into several.`,
);

export const duplicateKey = defineCode<{ key: string }>(
  "duplicate-key",
  "error",
  ({ key }) => `\`${key}\` is there twice`,
  `A mapping has each key once; it cannot be told which of the two is meant.`,
);

export const badKey = defineCode(
  "bad-key",
  "error",
  () => "a field's name must be a plain word",
  `Lists and mappings cannot be the names of fields, and \`<<\` takes a mapping (an alias, usually) or a list of them.`,
);

export const unknownAlias = defineCode<{ name: string }>(
  "unknown-alias",
  "error",
  ({ name }) => `there is no \`&${name}\` before this \`*${name}\``,
  `A YAML alias repeats what an anchor marked further up in the same document; it cannot repeat something that it is a
part of.`,
);

export const emptyAnchor = defineCode<{ name: string }>(
  "empty-anchor",
  "error",
  ({ name }) => `\`&${name}\` marks nothing`,
  `In YAML, a value that begins with \`&\` begins with an anchor: a mark on what follows, which an alias (\`*\`) repeats. Nothing
follows here. A predicate that begins with \`&\` or \`*\` is put in quotes: \`when: '&d->d_lockref != NULL'\`.`,
);

export const aliasesTooLarge = defineCode<{ name: string }>(
  "aliases-too-large",
  "error",
  ({ name }) => `with \`*${name}\` this document's aliases stand for more than 1 MiB`,
  `Aliases of aliases can stand for far more than the file holds. Written out, they may be as large as a spec file may be.`,
);

export const moreProblems = defineCode<{ count: number; what?: string }>(
  "more-problems",
  "info",
  ({ count, what = "problems are not shown" }) => `${count} more ${what}`,
  `One file's first hundred problems are shown, errors before the others; and where specs with a hundred errors do not fit
the kernels, those after them are not looked at. Mend the first, and check again.`,
);
