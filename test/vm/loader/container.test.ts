/**
 * Exported pods as Kubernetes runs them, in a container that a runtime starts, and targets on cgroups that lie as the
 * kubelet and the runtimes lay them.
 */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { beforeAll, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import type { Entry } from "../../../src/vm/cpio.js";
import { injectc } from "../../cli/run.js";
import { list, pod } from "../../cluster/cluster.js";
import { bundles, type Check, tryOut } from "./guest.js";
import { configOf } from "./runtime.js";

const folder = await bundles([{ spec: "chaos.yaml", kernels: ["lab-6.12"], backends: ["fmod_ret"] }]);
const bundle = "bundles/fmod_ret/web.bundle";
const run = (...words: string[]) => injectc(words, { cwd: folder });
const labels = { app: "web" };

writeFileSync(
  join(folder, "pods.json"),
  list(
    pod("demo", "guaranteed", { labels, qos: "Guaranteed" }),
    pod("demo", "burstable", { labels, runtime: "cri-o", uid: "0b1c2d3e-0001-4002-8003-00000000beef" }),
    pod("demo", "besteffort", { labels, qos: "BestEffort", runtime: "docker" }),
    pod("demo", "static", {
      labels,
      uid: "99999999-0001-4002-8003-00000000abcd",
      annotations: { "kubernetes.io/config.hash": "5f0d", "kubernetes.io/config.mirror": "5f0d" },
    }),
  ),
);

/** Where each pod's container lies, and one that is not selected. */
async function pathsOf(driver: string): Promise<string[]> {
  const spec = join(import.meta.dirname, "chaos.yaml");
  const found = await run("targets", spec, "--pods", "pods.json", "--cgroup-driver", driver, "--json");
  const [{ nodes }] = JSON.parse(found.stdout).targets;
  return nodes[0].containers.map(({ cgroup }: { cgroup: string }) => cgroup);
}

/** Slabs fail with another errno than task.c calls a hit. */
const tries = (names: string) =>
  `try ${names} | sed 's/leader Cannot allocate memory, thread Cannot allocate memory/hit/'`;

async function onPaths(driver: string): Promise<Check> {
  const paths = await pathsOf(driver);
  const names = paths.map((_, i) => `${driver}${i}`);
  const made = paths.map(
    (path, i) => `mkdir -p ${path}; task ${names[i]}; cat ${names[i]}.pid >${path}/cgroup.procs`,
  );
  const words = paths.map((path) => `--cgroup ${path}`).join(" ");
  return {
    name: `paths of ${driver}`,
    run: `${made.join("\n")}\ntask ${driver}-none\nload $b ${words}; message; ${tries([...names, `${driver}-none`].join(" "))}; unload`,
    says: `${names.map((name) => `${name}: hit\n`).join("")}${driver}-none: spared\n`,
  };
}

const image = "registry.example/chaos/web:1";
let files: Entry[];
let target: string;

beforeAll(async () => {
  const words = ["--to", "daemonset", "--trust", "inject.crt", "--pods", "pods.json", "--image", image];
  const exported = await run("export", bundle, ...words, "-o", "ds");
  expect([exported.exit, exported.stderr]).toEqual([0, ""]);
  const text = readFileSync(join(folder, "ds/daemonset.yaml"), "utf8");
  const objects = parseAllDocuments(text).map((document) => document.toJS());
  const maps = objects.filter(({ kind }) => kind === "ConfigMap");
  const pods = objects.find(({ kind }) => kind === "DaemonSet").spec.template.spec;
  const { entrypoint, layer } = await imageOf(pods.containers[0].image);
  target = maps.find(({ metadata }) => metadata.name === "targets").data["node-a"].split("\n")[0];
  const config = configOf(pods, { rootfs: "/c/rootfs", entrypoint }, { name: "node-a", maps: "/c/maps" });
  files = [
    ...layer,
    { kind: "file", path: "c/config.json", mode: 0o644, data: Buffer.from(JSON.stringify(config)) },
    ...maps.flatMap(({ metadata, data }) => mapFiles(`c/maps/${metadata.name}`, data)),
  ];
});

/** A ConfigMap as the kubelet lays it, by links, so that it can be changed in one step. */
function mapFiles(path: string, data: Readonly<Record<string, string>>): Entry[] {
  const files = Object.entries(data).flatMap(([key, value]): Entry[] => [
    { kind: "file", path: `${path}/..1/${key}`, mode: 0o644, data: Buffer.from(value) },
    { kind: "link", path: `${path}/${key}`, target: `..data/${key}` },
  ]);
  return [...files, { kind: "link", path: `${path}/..data`, target: "..1" }];
}

/** What the image that the pod names by its digest starts, and its files, in the guest's /c/rootfs. */
async function imageOf(reference: string): Promise<{ entrypoint: string[]; layer: Entry[] }> {
  const path = (digest: string) => join(folder, "ds/image/blobs", digest.replace(":", "/"));
  const blob = (digest: string) => JSON.parse(readFileSync(path(digest), "utf8"));
  const [name, digest] = reference.split("@");
  expect(name).toBe(image);
  const manifest = blob(blob(digest!).manifests[0].digest);
  const { Entrypoint: entrypoint } = blob(manifest.config.digest).config;
  const tar = ["--extract", "--file", path(manifest.layers[0].digest), "--to-command", "cat"];
  const { stdout } = await execa("tar", ["tvf", path(manifest.layers[0].digest)]);
  const layer = await Promise.all(
    stdout.split("\n").map(async (line): Promise<Entry> => {
      const [mode, , , , , file] = line.split(/\s+/);
      const data = await execa("tar", [...tar, file!], { encoding: "buffer" });
      return {
        ...{ kind: "file", path: `c/rootfs/${file}`, mode: mode!.includes("x") ? 0o755 : 0o644 },
        data: data.stdout,
      };
    }),
  );
  return { entrypoint, layer };
}

test("the loader takes the paths, and the pod does what it is to do with what it may", async () => {
  const onNode = () => target.replace("/host/cgroup", "/sys/fs/cgroup");
  const runc = "runc";
  const checks: Check[] = [
    await onPaths("systemd"),
    await onPaths("cgroupfs"),
    {
      name: "pod",
      run: `task in; task out; mkdir -p ${onNode()}; cat in.pid >${onNode()}/cgroup.procs; : >said
        ${runc} run --no-pivot -b /c web >said 2>words & loader=$!
        until_attached; message; cat words; ${tries("in out")}
        grep 'Cap[EB]' /proc/$(${runc} state web | sed -n 's/.*"pid": \\([0-9]*\\),.*/\\1/p')/status`,
      // Bounded by what the pod may have; once it is attached, the loader keeps CAP_BPF alone.
      says: "inject-load: can't look for other loaders of this bundle: Operation not permitted; that takes CAP_SYS_ADMIN\nin: hit\nout: spared\nCapEff:\t0000008000000000\nCapBnd:\t000000c000000000\n",
    },
    {
      name: "deadline",
      run: `for i in $(seq 100); do grep -q detached said && break; usleep 100000; done; reason; ${tries("in out")}; bpftool prog list | grep '^[0-9]' | grep -vc cgroup_device
        sleep 1; kill -0 $loader && echo lingers; ${runc} kill web TERM; wait $loader; echo $?`,
      says: "deadline\nin: spared\nout: spared\n0\nlingers\n0\n",
    },
  ];
  const told = await tryOut("lab-6.12", folder, `/${bundle}`, checks, {
    files,
    tools: ["/usr/sbin/bpftool", "/usr/sbin/runc"],
  });
  expect(Object.fromEntries(told)).toEqual(Object.fromEntries(checks.map(({ name, says }) => [name, says])));
});
