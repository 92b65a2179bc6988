/** YAML and JSON text as the library's documents, up to the first thing that is wrong with the text itself. */

import { Composer, CST, type Document, Lexer, Parser } from "yaml";
import type { Diagnostic } from "../diagnostic.js";
import type { Source, Span } from "../source.js";
import * as codes from "./codes.js";
import { slipHelp } from "./slip.js";

const maxDepth = 64;
/** The library's lexemes: a file of 1 MiB that says something has three letters for each. */
const maxLexemes = 400_000;

/** Document by document, as the library composes them; it calls itself as deep as the text nests. */
export function* documentsOf(source: Source): Iterable<Document.Parsed> {
  checkLength(source);
  const parser = new Parser();
  const composer = composerOf(source);
  for (const lexeme of new Lexer().lex(source.text)) {
    for (const token of parser.next(lexeme)) yield* documents(composer, token, source);
    if (parser.stack.length <= maxDepth + 2) continue;
    const at = spanOf(source, [parser.offset - 1, parser.offset]);
    throw flawed(codes.documentTooDeep(at, { limit: maxDepth }));
  }
  for (const token of parser.end()) yield* documents(composer, token, source);
  yield* composer.end(true, source.text.length) as Iterable<Document.Parsed>;
}

/** What the lexer puts in front of scalars and documents, and is not of the text. */
const marks: ReadonlySet<string> = new Set([CST.DOCUMENT, CST.FLOW_END, CST.SCALAR]);

/** Lexing is cheap; what follows it is not. */
function checkLength(source: Source): void {
  let count = 0;
  let offset = 0;
  for (const lexeme of new Lexer().lex(source.text)) {
    if (++count > maxLexemes) {
      const at = spanOf(source, [offset, offset + 1]);
      throw flawed(codes.documentTooLong(at, { limit: maxLexemes }));
    }
    if (!marks.has(lexeme)) offset += lexeme.length;
  }
}

/** Where the library puts a problem. */
type Place = number | readonly number[] | { readonly offset: number; readonly source?: unknown };

/** A composer that stops at its first problem: the library's own goes on, at a cost for each of a million. */
function composerOf(source: Source): Composer {
  const composer = new Composer({ keepSourceTokens: true, resolveKnownTags: false, uniqueKeys: false });
  // The library takes what is thrown inside of a node for a problem of the node around it.
  let first: Error | undefined;
  const onError = (place: Place, _code: string, message: string) => {
    first ??= syntaxFlaw(source, place, message);
    throw first;
  };
  // Private in its type.
  return Object.assign(composer, { onError });
}

/** The composer gives a document away with the next one, so when that fails, a sound one may be left. */
function* documents(composer: Composer, token: CST.Token, source: Source): Iterable<Document.Parsed> {
  if (token.type === "error") throw syntaxFlaw(source, token, token.message);
  try {
    yield* composer.next(token) as Iterable<Document.Parsed>;
  } catch (flaw) {
    yield* composer.end() as Iterable<Document.Parsed>;
    throw flaw;
  }
}

function syntaxFlaw(source: Source, place: Place, message: string): Error {
  const why = message.replace(/\s*\n[\s\S]*/, "");
  const at = spanOf(source, rangeOf(place));
  const labels = { why: why[0]!.toLowerCase() + why.slice(1) };
  return flawed(codes.yamlSyntax(at, labels, { help: slipHelp(message, source, at.start) }));
}

function rangeOf(place: Place): readonly number[] {
  if (typeof place === "number") return [place, place + 1];
  if (!("offset" in place)) return place;
  const length = typeof place.source === "string" ? place.source.length : 1;
  return [place.offset, place.offset + length];
}

/** The library's ranges may lie behind the end. */
export function spanOf(source: Source, [start, end]: readonly number[]): Span {
  const last = source.text.length;
  const from = Math.min(Math.max(start ?? 0, 0), last);
  return { source, start: from, end: Math.min(Math.max(end ?? from, from), last) };
}

/** What is thrown for a flaw: out of the library's loops there is no other way. */
function flawed(flaw: Diagnostic): Error {
  return Object.assign(new Error(flaw.message), { flaw });
}

/** The flaw that an error was thrown for. */
export function flawOf(error: unknown): Diagnostic | undefined {
  return error instanceof Error && "flaw" in error ? (error.flaw as Diagnostic) : undefined;
}
