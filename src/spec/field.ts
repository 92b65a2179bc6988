/** Documents as tables: a record's fields are rows, and a reader checks a tree and makes a value of it. */

import type { Diagnostic } from "../diagnostic.js";
import type { Span } from "../source.js";
import { didYouMean, thereAre } from "../spelling.js";
import * as codes from "./codes.js";
import { type Entry, entryOf, kindOf, type ScalarTree, type Tree } from "./tree.js";
import { quotesHelp } from "./value.js";

/** Takes a diagnostic; readers go on after it. */
export type Report = (diagnostic: Diagnostic) => void;

/** Makes a value, or reports why not and returns `undefined`. `at` is the place of the field's name. */
export type Reader<T> = (tree: Tree, at: Span, report: Report) => T | undefined;

/** A row of a table. */
export interface Field<T> {
  readonly read: Reader<T>;
  readonly required: boolean;
  /** YAML's null is a value; elsewhere it is the same as leaving the field out. */
  readonly nullable?: true;
}

/** A table: rows by the names of the fields. */
export type Fields = Readonly<Record<string, Field<unknown>>>;

/** What a table's readers make; a field that is absent or wrong is `undefined`. */
export type Values<F extends Fields> = {
  readonly [K in keyof F]?: F[K] extends Field<infer T> ? T : never;
};

/** A row for a field that has no default. */
export function required<T>(read: Reader<T>): Field<T> {
  return { read, required: true };
}

/** A row for a field that may be left out. */
export function optional<T>(read: Reader<T>): Field<T> {
  return { read, required: false };
}

/** Reads a map by a table. Unknown and missing fields are reported, and every field that can be read is. */
export function record<F extends Fields>(what: string, fields: F): Reader<Values<F>> {
  return (tree, at, report) => {
    if (tree.kind !== "map") {
      report(codes.wrongType(tree.span, { expected: `a mapping (${what})`, found: kindOf(tree) }));
      return undefined;
    }
    const values: Record<string, unknown> = {};
    const present = new Set<string>();
    const absent = Object.keys(fields).filter((name) => !entryOf(tree, name));
    for (const { key, keySpan, value } of tree.entries) {
      const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
      if (!field) {
        const help = otherFields(key, fields, absent);
        report(codes.unknownField(keySpan, { field: key, of: what }, { help }));
        continue;
      }
      const isNull = value.kind === "scalar" && value.value === null && !field.nullable;
      if (isNull) continue;
      present.add(key);
      values[key] = field.read(value, keySpan, report);
    }
    for (const [name, field] of Object.entries(fields)) {
      if (field.required && !present.has(name)) report(codes.missingField(at, { field: name, of: what }));
    }
    return values as Values<F>;
  };
}

/** What may be meant by a field that is none: the nearest that is not there, or any. */
function otherFields(key: string, fields: Fields, absent: readonly string[]): string[] {
  const near = didYouMean(key, absent);
  return near.length ? near : thereAre(Object.keys(fields));
}

/** A list whose items all have one reader; an item that is wrong is left out. */
export function list<T>(item: Reader<T>): Reader<T[]> {
  return (tree, _at, report) => {
    if (tree.kind !== "list") {
      const help = isReadable(item, tree) ? [`a list of one: \`[${tree.text}]\``] : [];
      report(codes.wrongType(tree.span, { expected: "a list", found: kindOf(tree) }, { help }));
      return undefined;
    }
    const values = tree.items.map((t) => item(t, t.span, report));
    return values.filter((v) => v !== undefined);
  };
}

/** Whether it is a scalar that the reader takes. */
function isReadable<T>(item: Reader<T>, tree: Tree): tree is ScalarTree {
  return tree.kind === "scalar" && tree.value !== null && item(tree, tree.span, () => {}) !== undefined;
}

/** A map from names that the user chooses to values of one kind. */
export function mapOf<T>(value: Reader<T>): Reader<ReadonlyMap<string, T | undefined>> {
  return (tree, _at, report) => {
    if (tree.kind === "map") {
      for (const entry of tree.entries) checkName(entry, report);
      return new Map(tree.entries.map((e) => [e.key, value(e.value, e.keySpan, report)]));
    }
    report(codes.wrongType(tree.span, { expected: "a mapping", found: kindOf(tree) }));
    return undefined;
  };
}

/** A name that is a boolean or a number to who reads the document would be another name. */
function checkName({ key, keySpan, means }: Entry, report: Report): void {
  if (means === undefined) return;
  const found = typeof means === "number" ? "a number" : "a boolean";
  const help = quotesHelp({ text: key, value: means });
  report(codes.wrongType(keySpan, { expected: "a string", found }, { help }));
}

/** Anything at all; what we carry or ignore. */
export const anything: Reader<Tree> = (tree) => tree;

/** What the reader checks, as the tree that it was. */
export function asTree(read: Reader<unknown>): Reader<Tree> {
  return (tree, at, report) => {
    read(tree, at, report);
    return tree;
  };
}
