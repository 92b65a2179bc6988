/** YAML and JSON text as trees; all that is wrong with the text itself is said here. */

import { isAlias, isMap, isPair, isScalar, isSeq, type Node, type Pair, type Scalar } from "yaml";
import type { Source, Span } from "../source.js";
import * as codes from "./codes.js";
import { documentsOf, flawOf, spanOf } from "./documents.js";
import type { Report } from "./field.js";
import { scalarFragment } from "./scalar.js";
import { idleAnchor } from "./slip.js";
import { isUnwritable, unwritableEscape } from "./text.js";
import type { Entry, MapTree, ScalarTree, Tree } from "./tree.js";

/** Letters that aliases may stand for, which is as many as a file may have. */
const maxExpanded = 1 << 20;

/**
 * The documents of a text, without empty ones. The first thing that is wrong with the text itself is reported and ends the
 * reading: nothing behind it can be trusted.
 */
export function readYaml(source: Source, report: Report): Tree[] {
  const trees: Tree[] = [];
  try {
    for (const { contents } of documentsOf(source)) {
      if (!contents || isBlank(contents)) continue;
      trees.push(treeOf(contents, { source, report, anchors: new Map(), sizes: new Map(), expanded: 0 }));
    }
  } catch (error) {
    const flaw = flawOf(error);
    if (!flaw) throw error;
    report(flaw);
  }
  return trees;
}

/** A document between two marks, or of comments only. */
function isBlank(node: Node): boolean {
  return isScalar(node) && node.source === "" && node.type === "PLAIN";
}

/** What is known while a document's nodes become trees. */
interface Growth {
  readonly source: Source;
  readonly report: Report;
  /** The latest complete tree of each anchor. */
  readonly anchors: Map<string, Tree>;
  /** Letters of a tree with all its aliases written out. */
  readonly sizes: Map<Tree, number>;
  /** Letters that the document's aliases stand for so far. */
  expanded: number;
}

/** An alias is the tree of its anchor; anything else becomes one. */
function treeOf(node: Node, growth: Growth): Tree {
  if (isAlias(node)) return aliasTree(node.source, spanOf(growth.source, node.range ?? []), growth);
  const tree = freshTree(node, growth);
  growth.sizes.set(tree, sizeOf(tree, growth));
  if ("anchor" in node && node.anchor) markTree(node.anchor as string, tree, growth);
  return tree;
}

/** Makes the tree the anchor's. A predicate that begins with `&` and has no blanks is an anchor, and then nothing. */
function markTree(name: string, tree: Tree, { anchors, report }: Growth): void {
  anchors.set(name, tree);
  if (tree.kind === "scalar" && tree.text === "" && tree.plain) report(idleAnchor(name, tree.span));
}

/** A node that is no alias. A pair in a list (`[a: b]`) is a mapping. */
function freshTree(node: Node, growth: Growth): Tree {
  const span = spanOf(growth.source, node.range ?? []);
  if (isMap(node)) return mapTree(node.items as Pair<Node | null, Node | null>[], span, growth);
  if (isSeq(node)) {
    const items = (node.items as (Node | Pair<Node | null, Node | null>)[]).map((item) =>
      isPair(item) ? mapTree([item], span, growth) : treeOf(item, growth),
    );
    return { kind: "list", span, items };
  }
  const scalar = scalarTree(node as Scalar, span, growth.source);
  if (isUnwritable(scalar.text)) growth.report(unwritableEscape(scalar.fragment()));
  return scalar;
}

/** A type that only YAML 1.1 has is taken for a string. */
function scalarTree(node: Scalar, span: Span, source: Source): ScalarTree {
  const text = node.source ?? "";
  const known = ["string", "number", "boolean"].includes(typeof node.value) || node.value === null;
  const value = known ? (node.value as ScalarTree["value"]) : text;
  return {
    kind: "scalar",
    span,
    value,
    text,
    plain: node.type === "PLAIN" && !node.tag,
    fragment: () => scalarFragment(source, node),
  };
}

/** What is not there: an empty value, or one that could not be found. */
function nothing(span: Span): ScalarTree {
  const fragment = () => ({ source: span.source, text: "", starts: [], ends: [], span });
  return { kind: "scalar", span, value: null, text: "", plain: true, fragment };
}

/** Its parts have been measured before. */
function sizeOf(tree: Tree, growth: Growth): number {
  const size = (t: Tree) => growth.sizes.get(t) ?? 0;
  if (tree.kind === "scalar") return tree.text.length + 1;
  if (tree.kind === "list") return tree.items.reduce((sum, item) => sum + size(item), 1);
  return tree.entries.reduce((sum, e) => sum + e.key.length + size(e.value), 1);
}

/** The anchor's tree, as long as all aliases together do not stand for too much. */
function aliasTree(name: string, span: Span, growth: Growth): Tree {
  const tree = growth.anchors.get(name);
  if (!tree) {
    growth.report(codes.unknownAlias(span, { name }));
    return nothing(span);
  }
  const within = growth.expanded <= maxExpanded;
  growth.expanded += growth.sizes.get(tree) ?? 0;
  if (growth.expanded <= maxExpanded) return tree;
  if (within) growth.report(codes.aliasesTooLarge(span, { name }));
  return nothing(span);
}

/** Keys are compared here: the library compares each with every other. */
function mapTree(pairs: readonly Pair<Node | null, Node | null>[], span: Span, growth: Growth): MapTree {
  const entries = new Map<string, Entry>();
  const merged: (readonly Entry[])[] = [];
  for (const pair of pairs) {
    const key = pair.key ? treeOf(pair.key, growth) : nothing(span);
    const value = pair.value ? treeOf(pair.value, growth) : nothing(key.span);
    if (key.kind !== "scalar") growth.report(codes.badKey(key.span, {}));
    else if (key.text === "<<" && key.plain) merged.push(mergedEntries(value, growth));
    else {
      const first = entries.get(key.text);
      const notes = first && [{ text: "it stands here first", span: first.keySpan }];
      if (notes) growth.report(codes.duplicateKey(key.span, { key: key.text }, { notes }));
      else entries.set(key.text, { key: key.text, keySpan: key.span, plain: key.plain, value });
    }
  }
  for (const entry of merged.flat()) if (!entries.has(entry.key)) entries.set(entry.key, entry);
  return { kind: "map", span, entries: [...entries.values()] };
}

/** `<<: *base` and `<<: [*a, *b]`: the other map's entries, where the map has none of its own. */
function mergedEntries(value: Tree, growth: Growth): readonly Entry[] {
  if (value.kind === "map") return value.entries;
  if (value.kind === "list") return value.items.flatMap((item) => mergedEntries(item, growth));
  growth.report(codes.badKey(value.span, {}));
  return [];
}
