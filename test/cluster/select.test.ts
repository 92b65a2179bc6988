/** Chaos Mesh's rules, one a row: pkg/selector of its sources. */

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readObjects } from "../../src/cluster/object.js";
import type { Cluster } from "../../src/cluster/select.js";
import { resolve, type Wishes } from "../../src/cluster/target.js";
import { folder } from "../build/fixture.js";
import { readAll } from "../convert/meaning.js";
import { chaos, list, namespaces, nodes, pod, pods, thing } from "./cluster.js";

async function read<K extends "Pod" | "Node" | "Namespace">(text: string, kind: K) {
  const path = join(await folder(), "objects.json");
  await writeFile(path, text);
  const objects = await readObjects(path, kind);
  if (!objects.ok) throw new Error(objects.diagnostics[0]!.message);
  return objects.value;
}

const wishes: Wishes = {
  seed: "1",
  namespace: "default",
  layout: { driver: "systemd", version: "2", root: "/" },
  everyContainer: false,
};

interface Row {
  readonly selector?: unknown;
  readonly rest?: Record<string, unknown>;
  readonly cluster?: Partial<Cluster>;
  readonly metadata?: Record<string, unknown>;
  /** Pods in the order of their names, or the codes of what is wrong. */
  readonly is: readonly string[];
}

async function outcome({ selector, rest, cluster, metadata }: Row): Promise<readonly string[]> {
  const [spec] = readAll(chaos({ ...(selector ? { selector } : {}), ...rest }, metadata), "t.yaml");
  const all = { pods: await read(pods, "Pod"), ...cluster };
  const resolved = resolve(spec!, all, wishes);
  const codes = resolved.diagnostics.map(({ code, severity }) => `${severity[0]} ${code}`);
  if (!resolved.ok) return codes;
  return [...resolved.value.pods.map(({ namespace, name }) => `${namespace}/${name}`), ...codes];
}

const both = ["demo/web-1", "demo/web-2"];
const selector = (part: Record<string, unknown>) => ({ selector: part });

test.each<[string, Row]>([
  ["labels", { ...selector({ labelSelectors: { app: "web" } }), is: both }],
  ["all of the labels", { ...selector({ labelSelectors: { app: "web", tier: "back" } }), is: [both[1]!] }],
  ["no such label", { ...selector({ labelSelectors: { app: "x" } }), is: ["e no-pod-selected"] }],
  [
    "the object's own namespace where none is given",
    {
      ...selector({}),
      rest: { mode: "fixed", value: "9" },
      is: ["demo/db-1", "demo/done", ...both, "w not-running"],
    },
  ],
  [
    "the namespace `default` where the object has none",
    { metadata: { namespace: undefined }, is: ["e no-pod-selected"] },
  ],
  [
    "several namespaces",
    {
      ...selector({ namespaces: ["other", "demo"], labelSelectors: { app: "web" } }),
      is: ["other/web-1", ...both],
    },
  ],
  [
    "In",
    {
      ...selector({ expressionSelectors: [{ key: "app", operator: "In", values: ["db", "web"] }] }),
      is: ["demo/db-1", ...both],
    },
  ],
  [
    "NotIn, which what lacks the label meets",
    {
      ...selector({
        namespaces: ["kube-system", "demo"],
        expressionSelectors: [{ key: "app", operator: "NotIn", values: ["web", "job"] }],
      }),
      is: ["kube-system/etcd", "demo/db-1"],
    },
  ],
  ["Exists", { ...selector({ expressionSelectors: [{ key: "tier", operator: "Exists" }] }), is: both }],
  [
    "DoesNotExist beside labels",
    {
      ...selector({
        namespaces: ["demo", "other"],
        labelSelectors: { app: "web" },
        expressionSelectors: [{ key: "tier", operator: "DoesNotExist" }],
      }),
      is: ["other/web-1"],
    },
  ],
  ["annotations", { ...selector({ annotationSelectors: { team: "a" } }), is: [both[0]!] }],
  [
    "annotations that are no labels",
    { ...selector({ annotationSelectors: { team: "a b" } }), is: ["e selector-refused"] },
  ],
  [
    "annotations without a key",
    { ...selector({ annotationSelectors: { "": "x", team: "a" } }), is: [both[0]!] },
  ],
  ["fields", { ...selector({ fieldSelectors: { "metadata.name": "web-2" } }), is: [both[1]!] }],
  [
    "fields that are empty",
    {
      ...selector({ namespaces: ["other"], fieldSelectors: { "spec.nodeName": "" } }),
      is: ["e no-cgroup", "w not-running"],
    },
  ],
  [
    "other fields",
    { ...selector({ fieldSelectors: { "spec.hostNetwork": "true" } }), is: ["e selector-refused"] },
  ],
  ["phases", { ...selector({ podPhaseSelectors: ["Running"] }), is: ["demo/db-1", ...both] }],
  ["phases left out", { ...selector({ podPhaseSelectors: ["!Succeeded"] }), is: ["demo/db-1", ...both] }],
  [
    "phases of which one is left out",
    {
      ...selector({ namespaces: ["demo", "other"], podPhaseSelectors: ["Pending", "Running", "!Pending"] }),
      is: ["demo/db-1", ...both, "other/web-1"],
    },
  ],
  ["nodes", { ...selector({ nodes: ["node-b"] }), is: ["demo/db-1", "demo/web-2"] }],
  [
    "labels of nodes that are not told",
    { ...selector({ nodeSelectors: { disk: "ssd" } }), is: ["e needs-nodes"] },
  ],
  [
    "pods, and then nothing else counts",
    {
      ...selector({
        pods: { other: ["web-1", "gone"], demo: ["db-1"] },
        labelSelectors: { app: "x" },
        nodes: ["x"],
      }),
      is: ["other/web-1", "demo/db-1", "w no-such-pod"],
    },
  ],
  [
    "pods that there are not",
    { ...selector({ pods: { demo: ["gone"] } }), is: ["w no-such-pod", "e no-pod-selected"] },
  ],
  [
    "pods of which some do not run, taken all the same",
    { ...selector({ labelSelectors: { app: "job" } }), is: ["w not-running", "e no-cgroup"] },
  ],
  ["a container's name", { rest: { containerNames: ["web"] }, is: [...both, "w no-such-container"] }],
  [
    "parts that are null",
    {
      ...selector({ labelSelectors: null, pods: null, nodeSelectors: null, namespaces: null }),
      rest: { mode: "fixed", value: "9" },
      is: ["demo/db-1", "demo/done", ...both, "w not-running"],
    },
  ],
  [
    "a namespace that Chaos Mesh does not look after",
    { cluster: { targetNamespace: "other" }, is: ["e selector-refused"] },
  ],
  ["the namespace that it looks after", { cluster: { targetNamespace: "demo" }, is: both }],
  [
    "two namespaces where it looks after one",
    {
      ...selector({ namespaces: ["demo", "other"] }),
      cluster: { targetNamespace: "demo" },
      is: ["e selector-refused"],
    },
  ],
  [
    "pods out of that namespace, silently left out",
    {
      ...selector({ pods: { other: ["web-1"], demo: ["db-1"] } }),
      cluster: { targetNamespace: "demo" },
      is: ["demo/db-1"],
    },
  ],
] as const)("%s", async (_name, row) => {
  expect((await outcome(row)).toSorted()).toEqual(row.is.toSorted());
});

test("nodes by name and by label add up, and an unknown name is an error once nodes are told", async () => {
  const cluster = { nodes: await read(nodes, "Node") };
  const is: readonly string[] = [];
  const outcomes = await Promise.all(
    [
      { nodeSelectors: { disk: "ssd", zone: "1" } },
      { nodeSelectors: { zone: "1" }, nodes: ["node-a"] },
      { nodeSelectors: { zone: "2" } },
      { nodes: ["node-x"] },
    ].map((part) => outcome({ selector: { ...part, labelSelectors: { app: "web" } }, cluster, is })),
  );
  expect(outcomes).toEqual([["demo/web-2"], both, ["e no-pod-selected"], ["e selector-refused"]]);
});

test("where namespaces are filtered, only annotated ones count, for named pods, too", async () => {
  const cluster = { namespaces: await read(namespaces, "Namespace") };
  const is: readonly string[] = [];
  const of = (part: Record<string, unknown>) => outcome({ selector: part, cluster, is });
  expect(await of({ namespaces: ["other", "demo"], labelSelectors: { app: "web" } })).toEqual(both);
  expect(await of({ pods: { other: ["web-1"], demo: ["web-1"] } })).toEqual(["demo/web-1"]);
});

test("modes take as many as Chaos Mesh does, whatever the seed, and the same for the same seed", async () => {
  const many = list(...Array.from({ length: 7 }, (_, i) => pod("demo", `p${i}`)));
  const cluster = { pods: await read(many, "Pod") };
  const drawn = (mode: string, value: string | undefined, seed: string) => {
    const [spec] = readAll(chaos({ mode, selector: {}, ...(value ? { value } : {}) }), "t.yaml");
    const resolved = resolve(spec!, cluster, { ...wishes, seed });
    if (!resolved.ok) throw new Error("unresolved");
    return resolved.value;
  };
  const seeds = Array.from({ length: 300 }, (_, i) => String(i));
  const sizes = (mode: string, value?: string) =>
    [...new Set(seeds.map((seed) => drawn(mode, value, seed).pods.length))].sort();
  expect(sizes("one")).toEqual([1]);
  expect(sizes("all")).toEqual([7]);
  expect(sizes("fixed", "3")).toEqual([3]);
  expect(sizes("fixed", "70")).toEqual([7]);
  // At least one: rounded up.
  expect(sizes("fixed-percent", "1")).toEqual([1]);
  expect(sizes("fixed-percent", "50")).toEqual([4]);
  expect(sizes("fixed-percent", "100")).toEqual([7]);
  // The percentage is drawn from 0 on; 30 % of 7 are 2.1.
  expect(sizes("random-max-percent", "30")).toEqual([0, 1, 2, 3]);

  const counts = new Map<string, number>();
  for (const seed of seeds) {
    const { pods: meant } = drawn("fixed", "3", seed);
    expect(drawn("fixed", "3", seed).pods).toEqual(meant);
    for (const { name } of meant) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  // 300 · 3 / 7 = 129 each, with a standard deviation of 9.
  expect([...counts.values()].every((count) => count > 80 && count < 180)).toBe(true);
  expect(counts.size).toBe(7);
  expect([drawn("all", undefined, "1").seed, drawn("fixed", "7", "1").seed]).toEqual([undefined, undefined]);
  expect(drawn("one", undefined, "1").seed).toBe("1");
});

test("objects are read from what kubectl prints of several, of one, and from the API server's own lists", async () => {
  const one = thing("Node", "a");
  expect((await read(list(one), "Node")).map(({ name }) => name)).toEqual(["a"]);
  expect((await read(JSON.stringify(one), "Node")).map(({ name }) => name)).toEqual(["a"]);
  const typed = JSON.stringify({ kind: "NodeList", items: [{ metadata: { name: "a" } }] });
  expect((await read(typed, "Node")).map(({ name }) => name)).toEqual(["a"]);
});

test.each([
  ["kind: List", /no JSON/],
  ["[]", /neither a list nor a Pod/],
  [list(thing("Node", "a")), /a Node in it/],
  [list({ kind: "Pod", metadata: {} }), /item 0 has no name/],
])("%s is not what kubectl prints of pods", async (text, problem) => {
  await expect(read(text, "Pod")).rejects.toThrow(problem);
});
