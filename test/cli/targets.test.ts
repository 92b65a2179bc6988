import { expect, test } from "vitest";
import { chaos, idOf, list, pod, pods, thing } from "../cluster/cluster.js";
import { codes, injectc } from "./run.js";
import { folderWith, spec } from "./specs.js";

const burstable = "/sys/fs/cgroup/kubepods.slice/kubepods-burstable.slice/kubepods-burstable";
const slice = "pod0b1c2d3e_0001_4002_8003_00000000abcd.slice";

test("words name each node, pod and container with its cgroup; `--for` has the loader's arguments alone", async () => {
  const cwd = await folderWith({ "m.json": chaos({}), "pods.json": pods });
  const run = await injectc(["targets", "m.json", "--pods", "pods.json"], { cwd });
  expect(run).toEqual({
    exit: 0,
    stderr: "",
    stdout: `web: 2 of 2 pods, mode all
node-a
  demo/web-1, container app, Guaranteed
    /sys/fs/cgroup/kubepods.slice/kubepods-${slice}/cri-containerd-${idOf("web-1", "app")}.scope
node-b
  demo/web-2, container web, Burstable
    ${burstable}-${slice}/cri-containerd-${idOf("web-2", "web")}.scope
`,
  });
  const words = ["targets", "m.json", "--pods", "-", "--every-container", "--cgroup-driver", "cgroupfs"];
  const b = await injectc([...words, "--cgroup-version", "hybrid", "--for", "node-b"], { cwd, input: pods });
  const folder = "/sys/fs/cgroup/unified/kubepods/burstable/pod0b1c2d3e-0001-4002-8003-00000000abcd";
  expect(b).toEqual({
    exit: 0,
    stderr: "",
    stdout: `--cgroup ${folder}/${idOf("web-2", "web")} --cgroup ${folder}/${idOf("web-2", "app")}\n`,
  });
});

test("--json has the same as data, and the seed that draws the same pods again", async () => {
  const cwd = await folderWith({ "m.json": chaos({ mode: "one" }), "pods.json": pods });
  const words = ["targets", "m.json", "--pods", "pods.json", "--json"];
  const { targets, diagnostics } = JSON.parse((await injectc(words, { cwd })).stdout);
  expect([diagnostics, targets.length]).toEqual([[], 1]);
  const [{ seed, nodes, pods: meant, ...rest }] = targets;
  expect(rest).toEqual({ name: "web", mode: "one", value: null, matching: 2 });
  expect(nodes[0].arguments).toEqual(["--cgroup", nodes[0].containers[0].cgroup]);
  const again = JSON.parse((await injectc([...words, "--seed", seed], { cwd })).stdout);
  expect(again.targets[0]).toEqual({ ...targets[0], seed });
  expect(meant).toHaveLength(1);
});

test("a percentage that is drawn as 0 selects nobody, and that is told", async () => {
  const value = { mode: "random-max-percent", value: "1" };
  const cwd = await folderWith({ "m.json": chaos(value), "pods.json": pods });
  const words = ["targets", "m.json", "--pods", "pods.json", "--json", "--seed"];
  const runs = await Promise.all(["0", "1", "2", "3", "4"].map((seed) => injectc([...words, seed], { cwd })));
  const meant = runs.map(({ stdout }) => JSON.parse(stdout).targets[0].pods.length);
  expect(new Set(meant)).toEqual(new Set([0, 1]));
  expect(runs.map((run) => [run.exit, ...codes(run)])).toEqual(
    meant.map((count) => (count ? [0] : [0, "no-pod-drawn"])),
  );
});

test("what is wrong is told where it stands", async () => {
  const cwd = await folderWith({
    "native.yaml": spec(),
    "m.json": chaos({}),
    "lost.json": chaos({ selector: { namespaces: ["demo"], labelSelectors: { app: "web", tier: "x" } } }),
    "pods.json": pods,
    "nodes.json": list(thing("Node", "n")),
    "nowhere.json": list(pod("demo", "a", { labels: { app: "web" }, node: "" })),
    "odd.json": list(pod("demo", "a", { labels: { app: "web" }, runtime: "rkt" })),
  });
  const of = (...words: string[]) => injectc(["targets", ...words, "--json"], { cwd });
  const rows = await Promise.all([
    of("native.yaml", "--pods", "pods.json"),
    of("m.json", "--pods", "nodes.json"),
    of("m.json", "--pods", "none.json"),
    of("m.json", "--pods", "odd.json"),
    of("m.json", "--pods", "nowhere.json"),
    of("m.json", "--pods", "pods.json", "--for", "node-x"),
    of("m.json"),
    of("--pods", "pods.json"),
    of("-", "--pods", "-"),
    of("m.json", "--pods", "pods.json", "--cgroup-root", "/a b"),
    of("m.json", "--pods", "pods.json", "--cgroup-root", "/a/../../b"),
  ]);
  expect(rows.map((row) => [row.exit, ...codes(row)])).toEqual([
    [1, "no-placement"],
    [1, "not-kubectl"],
    [1, "unreadable-file"],
    [1, "unknown-container", "no-cgroup"],
    [1, "not-running", "no-cgroup"],
    [1, "no-target-there"],
    [2, "usage"],
    [2, "usage"],
    [2, "usage"],
    [2, "usage"],
    [2, "usage"],
  ]);
  const { stderr } = await injectc(["targets", "lost.json", "--pods", "pods.json"], { cwd });
  expect(stderr).toMatch(/^error\[no-pod-selected\]: `web` selects none of the 7 pods\n --> lost\.json:1:/);
  expect(stderr).toContain("note: labelSelectors app: web: 2 left\n");
  expect(stderr).toContain("note: labelSelectors tier: x: 0 left\n");
});

test.each([
  "../../x",
  "a\nkind: Evil",
  "a\u0085b: c",
  'x": y',
  "$(reboot)",
  "..",
  "-x",
  "Node",
  "a".repeat(254),
])("what %j is the name of, kubectl has not printed", async (name) => {
  const labels = { app: "web" };
  const of = (...items: unknown[]) => list(pod("demo", "a", { labels }), ...items);
  const cwd = await folderWith({
    "m.json": chaos({}),
    "pod.json": of(pod("demo", name, { labels })),
    "node.json": of(pod("demo", "b", { labels, node: name })),
    "namespace.json": of(pod(name, "b", { labels })),
  });
  for (const file of ["pod.json", "node.json", "namespace.json"]) {
    const { exit, stdout, stderr } = await injectc(["targets", "m.json", "--pods", file], { cwd });
    expect([exit, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(
      /^error\[not-kubectl\]: .*: its item 1 names something `.*`, as no object can be called\n/,
    );
  }
});

test("of what else is to be said of a spec, only that it selects every pod matters here", async () => {
  const wide = { selector: {}, failKernRequest: { failtype: 1 }, duration: undefined };
  const cwd = await folderWith({ "m.json": chaos(wide), "pods.json": pods });
  const run = await injectc(["targets", "m.json", "--pods", "pods.json", "--json"], { cwd });
  expect([run.exit, codes(run)]).toEqual([0, ["not-running", "every-pod"]]);
});

test("a version 1 is shown, as it lies in each hierarchy", async () => {
  const cwd = await folderWith({ "m.json": chaos({}), "pods.json": pods });
  const run = await injectc(["targets", "m.json", "--pods", "pods.json", "--cgroup-version", "1"], { cwd });
  expect([run.exit, run.stdout]).toEqual([
    0,
    expect.stringContaining(" /sys/fs/cgroup/memory/kubepods.slice/"),
  ]);
  const words = await injectc(
    ["targets", "m.json", "--pods", "pods.json", "--cgroup-version", "1", "--for", "node-a"],
    { cwd },
  );
  expect([words.exit, words.stdout]).toEqual([
    0,
    expect.stringMatching(/^--cgroup \/sys\/fs\/cgroup\/memory\/kubepods\.slice\/\S+\n$/),
  ]);
});
