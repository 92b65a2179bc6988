/** A command's arguments as a shell would split them, each with the places of its letters. */

import type { Fragment, Source } from "../source.js";
import * as codes from "./codes.js";
import type { Report } from "./field.js";
import { type Builder, builder, copy, finish, put } from "./fragment.js";

/** One piece of a word, or what stands between words. */
const pieces: readonly (readonly [kind: string, form: RegExp])[] = [
  ["gap", /(?:[ \t\r\n]|\\\r?\n)+/y],
  ["comment", /#[^\n]*/y],
  ["single", /'([^']*)'/y],
  ["double", /"((?:[^"\\]|\\[\s\S])*)"/y],
  ["escape", /\\([^\r\n])/y],
  ["plain", /[^\s'"\\()<>|;&$`]+/y],
];

/** bcc's inject takes two, and a few options. */
const maxWords = 1000;

/**
 * Splits an argument line: quotes, backslashes, `#` comments in front of a word, and line breaks as blanks. What a shell
 * would replace or act upon is reported, since no shell is asked, and nothing returned.
 */
export function shellWords(source: Source, report: Report): Fragment[] | undefined {
  const { text } = source;
  const words: Fragment[] = [];
  let word: { readonly letters: Builder; readonly start: number } | undefined;
  let at = 0;
  const close = () => {
    if (word) words.push(finish(word.letters, source, word.start, at));
    word = undefined;
  };
  while (at < text.length) {
    const [kind, match] = pieceAt(text, at, word !== undefined);
    if (!match) {
      report(problem(source, at));
      return undefined;
    }
    if (words.length > maxWords) {
      report(codes.shellSyntax(words[maxWords]!.span, { why: `there are more than ${maxWords} arguments` }));
      return undefined;
    }
    if (kind === "gap" || kind === "comment") close();
    else {
      word ??= { letters: builder(), start: at };
      if (!add(word.letters, kind, match, source, report)) return undefined;
    }
    at += match[0].length;
  }
  close();
  return words;
}

/** The piece that begins there; none where only a shell would know what to do. */
function pieceAt(
  text: string,
  at: number,
  insideWord: boolean,
): readonly [string, RegExpExecArray | undefined] {
  for (const [kind, form] of pieces) {
    if (kind === "comment" && insideWord) continue;
    form.lastIndex = at;
    const match = form.exec(text);
    if (match) return [kind, match];
  }
  return ["", undefined];
}

/** Adds a piece's letters; `false` after a report. */
function add(to: Builder, kind: string, match: RegExpExecArray, source: Source, report: Report): boolean {
  const body = match[1] ?? match[0];
  const from = match.index + match[0].indexOf(body, kind === "plain" ? 0 : 1);
  if (kind !== "double") {
    copy(to, body, from);
    return true;
  }
  for (const part of body.matchAll(/\\\r?\n|\\["\\$`]|[$`]|[\s\S]/g)) {
    const start = from + part.index;
    if (part[0] === "$" || part[0] === "`") {
      const span = { source, start, end: start + 1 };
      report(
        codes.shellSyntax(span, { why: `a shell would replace what follows \`${part[0]}\`` }, quoteHelp),
      );
      return false;
    }
    const letter = part[0].length > 1 ? part[0].slice(1).replace(/^\r?\n$/, "") : part[0];
    put(to, letter, start, start + part[0].length);
  }
  return true;
}

const quoteHelp = { help: ["put the call chain in single quotes"] };

/** Why no piece begins there. */
function problem(source: Source, at: number) {
  const sign = source.text[at]!;
  const span = { source, start: at, end: at + 1 };
  if (sign === "'" || sign === '"') return codes.shellSyntax(span, { why: `\`${sign}\` is never closed` });
  // Behind a chain in quotes, it is the shell that is meant.
  const isForShell = /[;&|<>]/.test(sign) && /['"]/.test(source.text.slice(0, at));
  const help = isForShell
    ? ["each call stands on a line of its own, and nothing else: take it away"]
    : quoteHelp.help;
  return codes.shellSyntax(
    span,
    { why: `\`${sign}\` means something to a shell where it is not quoted` },
    { help },
  );
}
