/** YAML as Kubernetes reads it: by YAML 1.1 where that differs for a word (resolve.go of sigs.k8s.io/yaml's goyaml.v2). */

import type { Entry, Tree } from "./tree.js";

const yes = ["y", "yes", "on"];
const no = ["n", "no", "off"];

/** The tree with plain `yes`, `off` and the like as booleans, and `1_000` and `0b11` as numbers, as kubectl hands them on. */
export function asKubernetes(tree: Tree): Tree {
  switch (tree.kind) {
    case "scalar": {
      const value = tree.plain ? oldValue(tree.text) : undefined;
      return value === undefined ? tree : { ...tree, value };
    }
    case "list":
      return { ...tree, items: tree.items.map(asKubernetes) };
    case "map":
      return { ...tree, entries: tree.entries.map(entryAsKubernetes) };
    default:
      return tree satisfies never;
  }
}

function entryAsKubernetes(entry: Entry): Entry {
  const means = entry.plain ? oldValue(entry.key) : undefined;
  return { ...entry, value: asKubernetes(entry.value), ...(means !== undefined && { means }) };
}

/** What YAML 1.1 takes a plain scalar for, if 1.2 takes it for a string. */
function oldValue(text: string): boolean | number | undefined {
  const word = uncased(text);
  if (yes.includes(word) || no.includes(word)) return yes.includes(word);
  const isOld = binary.test(text) || (text.includes("_") && (based.test(text) || numeral.test(text)));
  return isOld ? numberOf(text.replaceAll("_", "")) : undefined;
}

/** JavaScript knows a base, but not with a sign in front. */
function numberOf(text: string): number {
  return text.startsWith("-") ? -Number(text.slice(1)) : Number(text.replace("+", ""));
}

const binary = /^[-+]?0_*b_*[01][01_]*$/i;
const based = /^[-+]?0_*(?:x_*[\da-f][\da-f_]*|o_*[0-7][0-7_]*)$/i;
const numeral = /^[-+]?(?:\.[\d_]+|\d[\d_]*(?:\.[\d_]*)?)(?:[eE][-+]?[\d_]+)?$/;

/** In small letters, if it is in small letters, capitals, or a capital and small letters. */
function uncased(text: string): string {
  return /^(?:[a-z]+|[A-Z]+|[A-Z][a-z]+)$/.test(text) ? text.toLowerCase() : "";
}
