/** Kubernetes' objects, by Kubernetes' own schemas. */

import { mkdtempSync, rmSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { DaemonSet } from "kubernetes-models/apps/v1/DaemonSet";
import { ConfigMap } from "kubernetes-models/v1/ConfigMap";
import { Namespace } from "kubernetes-models/v1/Namespace";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { kubernetesText } from "../../src/export/kubernetes.js";
import { packageRoot } from "../../src/root.js";
import { lastingFolder, manifest, removeFolder } from "../build/fixture.js";
import { codes, injectc } from "../cli/run.js";
import { spec } from "../cli/specs.js";
import { chaos, list, pod, pods } from "../cluster/cluster.js";

const kinds = { Namespace, ConfigMap, DaemonSet };
const image = "registry.example:5000/chaos/web:1";
let cwd: string;

beforeAll(async () => {
  cwd = await lastingFolder();
  const files = { "web.json": chaos({ mode: "one" }), "native.yaml": spec("native"), "pods.json": pods };
  const more = { "old.json": chaos({}, { name: "old.one" }), "bare.json": chaos({}, { name: "bare" }) };
  for (const [name, text] of Object.entries({ ...files, ...more })) await writeFile(join(cwd, name), text);
  await injectc(["keygen"], { cwd });
  const signed = ["--sign-key", "inject.key", "--sign-cert", "inject.crt"];
  const built = await Promise.all([
    injectc(["build", "web.json", "native.yaml", "-k", "lab-6.12", ...signed], { cwd }),
    injectc(["build", "bare.json", "-k", "lab-6.12", "--no-loader", ...signed], { cwd }),
    injectc(["build", "old.json", "-k", "lab-5.10", ...signed], { cwd }),
  ]);
  expect(built.map(({ exit }) => exit)).toEqual([0, 0, 0]);
  const made = await run("web.bundle", ...trusted, "-o", "ds");
  expect([made.exit, made.stderr]).toEqual([0, ""]);
});

afterAll(() => removeFolder(cwd));

const base = ["--to", "daemonset", "--pods", "pods.json", "--seed", "1"];
const trusted = [...base, "--trust", "inject.crt", "--image", image];
const run = (...words: string[]) => injectc(["export", ...words], { cwd });

async function objectsIn(folder: string) {
  const text = await readFile(join(cwd, folder, "daemonset.yaml"), "utf8");
  return parseAllDocuments(text).map((document) => document.toJS());
}

/** What the compiler says of the objects as literals of Kubernetes' types, which have no other fields. */
async function strangersIn(objects: readonly { readonly kind: keyof typeof kinds }[]): Promise<string> {
  const folder = mkdtempSync(join(packageRoot, "out/kubernetes-"));
  try {
    const imports = Object.keys(kinds).map((kind) => {
      const group = kind === "DaemonSet" ? "apps/v1" : "v1";
      return `import type { I${kind} } from "kubernetes-models/${group}/${kind}";`;
    });
    const constants = objects.map(
      (object, i) => `export const object${i}: I${object.kind} = ${JSON.stringify(object)};`,
    );
    await writeFile(join(folder, "objects.ts"), [...imports, ...constants].join("\n"));
    const words = ["--noEmit", "--strict", "--skipLibCheck", "--module", "esnext", "--target", "es2022"];
    const resolution = ["--moduleResolution", "bundler", "--ignoreConfig"];
    const tsc = join(packageRoot, "node_modules/.bin/tsc");
    const { stdout } = await execa(tsc, [...words, ...resolution, "objects.ts"], {
      cwd: folder,
      reject: false,
    });
    return stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("objects are such as Kubernetes takes, and have no fields that it does not know", async () => {
  const objects = await objectsIn("ds");
  expect(objects.map(({ kind }) => kind)).toEqual(["Namespace", "ConfigMap", "ConfigMap", "DaemonSet"]);
  for (const object of objects) new kinds[object.kind as keyof typeof kinds](object).validate();

  const odd = structuredClone(objects[3]);
  odd.spec.template.spec.containers[0].securityContext.capabilities.add = [39];
  expect(() => new DaemonSet(odd).validate()).toThrow(/capabilities\/add\/0/);
  const unknown = structuredClone(objects[3]);
  unknown.spec.template.spec.hostPid = true;
  expect(await strangersIn([...objects, unknown])).toMatch(
    /^objects\.ts\(8,\d+\): error TS[0-9]+: .*hostPid/,
  );
  expect(await strangersIn(objects)).toBe("");
});

test("each node gets its own list, and the pod the least that it needs", async () => {
  const [namespace, trust, targets, set] = await objectsIn("ds");
  expect(namespace.metadata.name).toMatch(/^inject-web-[0-9a-f]{6}$/);
  expect(trust.data).toEqual({ "trust.pem": await readFile(join(cwd, "inject.crt"), "utf8") });
  const resolved = await injectc(["targets", "web.json", "--pods", "pods.json", "--seed", "1", "--json"], {
    cwd,
  });
  const [{ nodes }] = JSON.parse(resolved.stdout).targets;
  const path = nodes[0].containers[0].cgroup.replace("/sys/fs/cgroup", "/host/cgroup");
  expect(targets.data).toEqual({ [nodes[0].node]: `${path}\n` });
  const { spec: podSpec } = set.spec.template;
  const affinity = podSpec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution;
  expect(affinity.nodeSelectorTerms).toEqual([
    { matchFields: [{ key: "metadata.name", operator: "In", values: [nodes[0].node] }] },
  ]);
  const [container] = podSpec.containers;
  expect(container.securityContext.capabilities).toEqual({ drop: ["ALL"], add: ["BPF", "PERFMON"] });
  const index = JSON.parse(await readFile(join(cwd, "ds/image/index.json"), "utf8"));
  expect(container.image).toBe(`${image}@${index.manifests[0].digest}`);
  for (const part of [targets, trust, set])
    expect([part.metadata.namespace, part.metadata.labels]).toEqual([
      namespace.metadata.name,
      set.spec.selector.matchLabels,
    ]);
});

test("kernels before 5.11 need one capability more; hybrid nodes have their cgroups elsewhere", async () => {
  const made = await run("old.one.bundle", ...trusted, "--cgroup-version", "hybrid", "-o", "hybrid");
  expect([made.exit, made.stderr]).toEqual([0, ""]);
  const objects = await objectsIn("hybrid");
  const { spec: podSpec } = objects[3].spec.template;
  expect(podSpec.containers[0].securityContext.capabilities.add).toEqual(["BPF", "PERFMON", "SYS_RESOURCE"]);
  expect(podSpec.volumes[2].hostPath.path).toBe("/sys/fs/cgroup/unified");
  expect(objects[0].metadata.name).toMatch(/^inject-old-one-[0-9a-f]{6}$/);
  expect(Object.keys(objects[2].data)).toEqual(["node-a", "node-b"]);
});

test("of version 1, the pod sees the hierarchy of one controller", async () => {
  expect((await run("web.bundle", ...trusted, "--cgroup-version", "1", "-o", "one")).exit).toBe(0);
  const objects = await objectsIn("one");
  expect(objects[3].spec.template.spec.volumes[2].hostPath.path).toBe("/sys/fs/cgroup/memory");
});

test("the same bundle, cluster and seed give the same bytes, in whatever order the pods come", async () => {
  const shuffled = JSON.parse(pods);
  await writeFile(join(cwd, "shuffled.json"), list(...shuffled.items.toReversed()));
  expect((await run("web.bundle", ...trusted, "-o", "again", "--pods", "shuffled.json")).exit).toBe(0);
  const { stdout } = await execa("diff", ["-r", "ds", "again"], { cwd });
  expect(stdout).toBe("");
});

test("faults whose names are like each other have namespaces of their own, and the same one each time", () => {
  const resolved = { name: "", mode: "all", matching: 0, pods: [], targets: [] };
  const site = { resolved, version: "2", image, certificates: "" } as const;
  const called = ([name, namespace]: readonly [string, string]) => {
    const text = kubernetesText({ ...manifest(), name, placement: { namespace } }, site, {
      digest: "",
      bundle: "",
    });
    return parseAllDocuments(text)[0]!.toJS().metadata.name;
  };
  const long = "x".repeat(250);
  const faults = [
    ["old.one", "a"],
    ["old-one", "a"],
    ["old.one", "b"],
    [`${long}a`, "a"],
    [`${long}b`, "a"],
  ] as const;
  const names = faults.map(called);
  expect(new Set(names).size).toBe(faults.length);
  expect(names.filter((name) => !/^inject-[a-z0-9-]{1,56}$/.test(name))).toEqual([]);
  expect(faults.map(called)).toEqual(names);
});

test("a seed of whatever signs is no more than a part of a comment", async () => {
  const seed = "a\u0085kind: Evil\u2028\r\n---\nkind: Worse";
  expect((await run("web.bundle", ...trusted, "--seed", seed, "-o", "odd")).exit).toBe(0);
  const text = await readFile(join(cwd, "odd/daemonset.yaml"), "utf8");
  expect(text).toContain("mode one, seed a?kind: Evil???---?kind: Worse)");
  expect((await objectsIn("odd")).map(({ kind }) => kind)).toEqual([
    "Namespace",
    "ConfigMap",
    "ConfigMap",
    "DaemonSet",
  ]);
});

test("what is missing or cannot be is said, and nothing is written", async () => {
  await writeFile(
    join(cwd, "idle.json"),
    list(pod("demo", "a", { labels: { app: "web" }, state: "waiting" })),
  );
  const sha256 = `registry.example/web@sha256:${"0".repeat(64)}`;
  const images = [
    "A b",
    "a\nb: c",
    'x": y',
    "../x",
    "a..b/x",
    "$(NODE_NAME)",
    "x".repeat(256),
    "r/x:",
    sha256,
  ];
  const many = Array.from({ length: 6000 }, (_, i) => pod("demo", `web-${i}`, { labels: { app: "web" } }));
  await writeFile(join(cwd, "many.json"), list(...many));
  const rows = await Promise.all([
    run("web.bundle", ...base, "--image", image, "-o", "no", "--json"),
    run("web.bundle", ...base, "--trust", "inject.crt", "-o", "no", "--json"),
    run("web.bundle", "--to", "daemonset", "--trust", "inject.crt", "--image", image, "-o", "no", "--json"),
    ...images.map((name) =>
      run("web.bundle", ...base, "--trust", "inject.crt", "--image", name, "-o", "no", "--json"),
    ),
    run("bare.bundle", ...trusted, "-o", "no", "--json"),
    run("native.bundle", ...trusted, "-o", "no", "--json"),
    run("web.bundle", ...trusted, "--pods", "idle.json", "-o", "no", "--json"),
    run("old.one.bundle", ...trusted, "--pods", "many.json", "-o", "no", "--json"),
  ]);
  expect(rows.map((row) => [row.exit, ...codes(row)])).toEqual([
    [2, "usage"],
    [2, "usage"],
    [2, "usage"],
    ...images.map(() => [1, "bad-image"]),
    [1, "no-loader-inside"],
    [1, "no-placement"],
    [1, "not-running", "no-cgroup"],
    [1, "long-list"],
  ]);
  await expect(readFile(join(cwd, "no/daemonset.yaml"))).rejects.toThrow("ENOENT");
});
