/** A structured document (YAML or JSON) as plain data with places, whatever library read it. */

import type { Fragment, Span } from "../source.js";

/** A string, number, boolean or null. */
export interface ScalarTree {
  readonly kind: "scalar";
  readonly span: Span;
  readonly value: string | number | boolean | null;
  /** The decoded text, whatever the type: `010` and `NULL` as they were written. */
  readonly text: string;
  /** Without quotes and tag: its type was guessed from its form. */
  readonly plain: boolean;
  /** The decoded text with the place of each letter. */
  readonly fragment: () => Fragment;
}

/** Items in their order. */
export interface ListTree {
  readonly kind: "list";
  readonly span: Span;
  readonly items: readonly Tree[];
}

/** A field of a mapping. */
export interface Entry {
  readonly key: string;
  readonly keySpan: Span;
  /** Without quotes and tag. */
  readonly plain: boolean;
  /** What the reader of the document takes the key for, if not for a string. */
  readonly means?: boolean | number;
  readonly value: Tree;
}

/** Keys differ from one another; the order is the document's. */
export interface MapTree {
  readonly kind: "map";
  readonly span: Span;
  readonly entries: readonly Entry[];
}

/** Parts that aliases repeat are one object, not copies. */
export type Tree = ScalarTree | ListTree | MapTree;

/** The entry of that name, if the map has it. */
export function entryOf(map: MapTree, key: string): Entry | undefined {
  return map.entries.find((e) => e.key === key);
}

/** The text of a field that holds a string. */
export function textOf(tree: Tree, key: string): string | undefined {
  const value = tree.kind === "map" ? entryOf(tree, key)?.value : undefined;
  return value?.kind === "scalar" && typeof value.value === "string" ? value.value : undefined;
}

/** As ordinary JavaScript values; a key such as `__proto__` is a key like any other. */
export function plainData(tree: Tree): unknown {
  switch (tree.kind) {
    case "scalar":
      return tree.value;
    case "list":
      return tree.items.map(plainData);
    case "map":
      return Object.fromEntries(tree.entries.map((e) => [e.key, plainData(e.value)]));
    default:
      return tree satisfies never;
  }
}

/** How a message calls what stands there. */
export function kindOf(tree: Tree): string {
  if (tree.kind !== "scalar") return tree.kind === "list" ? "a list" : "a mapping";
  if (tree.value === null) return "nothing";
  const kinds: Readonly<Record<string, string>> = {
    string: "a string",
    number: "a number",
    boolean: "true or false",
  };
  return kinds[typeof tree.value]!;
}
