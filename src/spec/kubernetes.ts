/** YAML as Kubernetes reads it: by YAML 1.1 where that differs for a word (resolve.go of sigs.k8s.io/yaml's goyaml.v2). */

import type { Tree } from "./tree.js";

const yes = ["y", "yes", "on"];
const no = ["n", "no", "off"];

/** The tree with plain `yes`, `off` and the like as booleans, as kubectl hands them on. */
export function asKubernetes(tree: Tree): Tree {
  switch (tree.kind) {
    case "scalar": {
      const word = tree.plain ? uncased(tree.text) : "";
      return yes.includes(word) || no.includes(word) ? { ...tree, value: yes.includes(word) } : tree;
    }
    case "list":
      return { ...tree, items: tree.items.map(asKubernetes) };
    case "map":
      return { ...tree, entries: tree.entries.map((e) => ({ ...e, value: asKubernetes(e.value) })) };
    default:
      return tree satisfies never;
  }
}

/** In small letters, if it is in small letters, capitals, or a capital and small letters. */
function uncased(text: string): string {
  return /^(?:[a-z]+|[A-Z]+|[A-Z][a-z]+)$/.test(text) ? text.toLowerCase() : "";
}
