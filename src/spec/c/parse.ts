/** The grammars' front: fragments of C in, nodes of expr.ts out, all failures as diagnostics. */

import * as chainGrammar from "#grammar/chain.js";
import * as parametersGrammar from "#grammar/parameters.js";
import * as predicateGrammar from "#grammar/predicate.js";
import { type Checked, checked, failed } from "../../diagnostic.js";
import { type Fragment, fragmentSpan, type Span } from "../../source.js";
import type { Expression, Parameter, Predicate, TypeName } from "../expr.js";
import type { ParameterList } from "../spec.js";
import * as codes from "./codes.js";
import { tooDeep } from "./depth.js";
import { decodeLiteral } from "./literal.js";
import { mistakenLocals } from "./locals.js";
import { maxNesting, type Scanned, scan, scanChain } from "./scan.js";
import {
  chainMistakes,
  cMistakes,
  type Expectation,
  explain,
  type Mistake,
  parameterMistakes,
} from "./syntax.js";

/** Parses a predicate. `variables` are the names that are certainly no types, so that `(flags) & 1` is no cast. */
export function parsePredicate(fragment: Fragment, variables: Iterable<string> = []): Checked<Predicate> {
  const scanned = scan(fragment);
  if (!scanned.problem && scanned.words === 0) return failed(codes.emptyPredicate(fragment.span, {}));
  const names = new Set(variables);
  const isType = (type: TypeName) => !isLoneName(type) || looksLikeType(type.base.name.value, names);
  const parsed = run<Expression>(predicateGrammar.parse, fragment, scanned, cMistakes, {
    isType,
    decode: bytesOf,
  });
  if (!parsed.ok) return parsed;
  const deep = tooDeep(parsed.value, maxNesting);
  if (deep) return failed(codes.predicateTooDeep(deep.span, { limit: maxNesting }));
  const predicate = { span: fragment.span, text: fragment.text, expression: parsed.value };
  return checked(predicate, mistakenLocals(parsed.value));
}

/** Parses a parameter list; blank and `void` are empty lists. */
export function parseParameters(fragment: Fragment): Checked<ParameterList> {
  const parsed = run<Parameter[]>(parametersGrammar.parse, fragment, scan(fragment), parameterMistakes);
  return parsed.ok ? checked({ span: fragment.span, text: fragment.text, parameters: parsed.value }) : parsed;
}

/** A part of a fragment's text. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** A frame of inject's call chain: its function, and what stands in each pair of brackets. */
export interface ChainFrame {
  readonly span: Span;
  /** Absent: a bare predicate. */
  readonly name?: Range;
  readonly groups: readonly Range[];
}

/** Splits inject's call chain into frames, in the order that they were written in. */
export function parseChain(fragment: Fragment): Checked<readonly ChainFrame[]> {
  return run<ChainFrame[]>(chainGrammar.parse, fragment, scanChain(fragment), chainMistakes);
}

/** The scan has seen to it that there is no problem. */
function bytesOf(body: string): readonly number[] {
  return decodeLiteral(body).bytes;
}

type LoneName = TypeName & { readonly base: { readonly kind: "typedef" } };

/** `(name)`, without a qualifier or a `*`: whether it is a type can only be guessed. */
function isLoneName(type: TypeName): type is LoneName {
  if (type.base.kind !== "typedef") return false;
  const { start, end } = type.base.name.span;
  return type.declarators.length === 0 && type.span.start === start && type.span.end === end;
}

/** Names that are types wherever the kernel uses them. */
const typeNames =
  /^(?:\w+_t|bool|(?:__)?[us](?:8|16|32|64|128)|__[bl]e(?:16|32|64)|uint|ulong|ushort|unchar|u_(?:char|short|int|long))$/;

/** A guess that a variable of the same name takes precedence over. */
function looksLikeType(name: string, variables: ReadonlySet<string>): boolean {
  return typeNames.test(name) && !variables.has(name);
}

type Parse = (text: string, options: Record<string, unknown>) => unknown;

/** Scanned, then parsed; a failure becomes one diagnostic, since nothing behind it can be trusted. */
function run<T>(
  parse: Parse,
  fragment: Fragment,
  { problem }: Scanned,
  mistakes: readonly Mistake[],
  options: Record<string, unknown> = {},
): Checked<T> {
  if (problem) return failed(problem);
  const span = (start: number, end: number) => fragmentSpan(fragment, start, end);
  try {
    return checked(parse(fragment.text, { ...options, span }) as T);
  } catch (error) {
    if (!isSyntaxError(error)) throw error;
    return failed(
      explain(fragment, { offset: error.location.start.offset, expected: error.expected }, mistakes),
    );
  }
}

/** What we use of the parsers' own error. */
interface PeggyError {
  readonly location: { readonly start: { readonly offset: number } };
  readonly expected: readonly Expectation[];
}

function isSyntaxError(error: unknown): error is PeggyError {
  return error instanceof Error && error.name === "SyntaxError" && "location" in error && "expected" in error;
}
