import { randomBytes } from "node:crypto";
import { mounts } from "../cluster/cgroup.js";
import { noTargetThere } from "../cluster/codes.js";
import { readObjects } from "../cluster/object.js";
import type { Cluster } from "../cluster/select.js";
import { byNode, type Resolved, resolve, type Target, type Wishes } from "../cluster/target.js";
import { type Checked, checked, type Diagnostic, failed, hasErrors } from "../diagnostic.js";
import { found, loadSpecs } from "../pipeline.js";
import { everyPod } from "../spec/codes.js";
import { misuse, specInput } from "./arguments.js";
import type { Options, Run } from "./verb.js";

/** `injectc targets`: the cgroups that a KernelChaos is for. */
export const targets: Run = async ({ operands, options }) => {
  const input = specInput(operands, options);
  if (!input.ok) return input;
  const { pods, nodes, namespaces } = options;
  if ([...operands, pods, nodes, namespaces].filter((path) => path === "-").length > 1)
    return misuse("standard input, `-`, can be read once only");
  const wishes = wishesOf(options);
  const cluster = wishes.ok ? await clusterOf(options) : wishes;
  if (!wishes.ok || !cluster.ok) return cluster;
  const specs = await loadSpecs(input.value);
  const all = found(specs.values.map((spec) => resolve(spec, cluster.value, wishes.value)));
  const { version } = wishes.value.layout;
  const where = (target: Target) => `${mounts[version]}/${target.cgroup}`;
  // What else there is to say of the faults is for those who build them.
  const concern = ({ severity, code }: Diagnostic) => severity === "error" || code === everyPod.code;
  const diagnostics = [...specs.diagnostics.filter(concern), ...all.diagnostics];
  const data = { targets: all.values.map((resolved) => resolvedData(resolved, where)) };
  if (options.for === undefined || hasErrors(diagnostics))
    return {
      diagnostics,
      text: all.values.map((resolved) => resolvedText(resolved, where)).join("\n\n"),
      data,
    };

  const there = all.values.flatMap((resolved) => resolved.targets);
  const wanted = there.filter(({ pod }) => pod.node === options.for).map(where);
  if (wanted.length === 0 && there.length > 0) {
    const nodes = [...byNode(there).keys()];
    return { diagnostics: [...diagnostics, noTargetThere(undefined, { node: options.for, nodes })] };
  }
  return { diagnostics, text: wanted.map((path) => `--cgroup ${path}`).join(" "), data };
};

/** How the command line wants placements to be resolved. */
export function wishesOf(options: Options): Checked<Wishes> {
  const { cgroupDriver: driver = "systemd", cgroupVersion: version = "2", cgroupRoot: root = "/" } = options;
  if (!/^[A-Za-z0-9_./:-]+$/.test(root) || root.split("/").includes(".."))
    return misuse(`\`--cgroup-root ${root}\` is no path such as the kubelet's cgroupRoot`);
  return checked({
    seed: options.seed ?? randomBytes(4).toString("hex"),
    namespace: options.namespace ?? "default",
    layout: { driver, version, root },
    everyContainer: options.everyContainer === true,
  });
}

/** The cluster that the files of the command line tell of. */
export async function clusterOf({
  pods: podsFile,
  nodes: nodesFile,
  namespaces: namespacesFile,
  targetNamespace,
}: Options): Promise<Checked<Cluster>> {
  if (podsFile === undefined)
    return misuse("`--pods FILE` is missing: what `kubectl get pods -A -o json` prints");
  const pods = await readObjects(podsFile, "Pod");
  const nodes = nodesFile === undefined ? undefined : await readObjects(nodesFile, "Node");
  const namespaces =
    namespacesFile === undefined ? undefined : await readObjects(namespacesFile, "Namespace");
  if (!pods.ok || nodes?.ok === false || namespaces?.ok === false)
    return failed(...[pods, nodes, namespaces].flatMap((read) => read?.diagnostics ?? []));
  return checked({
    pods: pods.value,
    ...(nodes ? { nodes: nodes.value } : {}),
    ...(namespaces ? { namespaces: namespaces.value } : {}),
    ...(targetNamespace === undefined ? {} : { targetNamespace }),
  });
}

type Where = (target: Target) => string;

function resolvedText(resolved: Resolved, where: Where): string {
  const { name, mode, value, matching, pods, seed } = resolved;
  const how = `mode ${mode}${value === undefined ? "" : ` ${value}`}`;
  const again = seed === undefined ? "" : `; \`--seed ${seed}\` draws them again`;
  const nodes = [...byNode(resolved.targets)].flatMap(([node, there]) => [
    node,
    ...there.flatMap((target) => {
      const { pod, container } = target;
      return [
        `  ${pod.namespace}/${pod.name}, container ${container.name}, ${pod.qos}`,
        `    ${where(target)}`,
      ];
    }),
  ]);
  return [`${name}: ${pods.length} of ${matching} pods, ${how}${again}`, ...nodes].join("\n");
}

function resolvedData(resolved: Resolved, where: Where): Record<string, unknown> {
  const { name, mode, value = null, seed = null, matching, pods, targets: all } = resolved;
  return {
    ...{ name, mode, value, seed, matching },
    pods: pods.map((pod) => `${pod.namespace}/${pod.name}`),
    nodes: [...byNode(all)].map(([node, there]) => ({
      node,
      containers: there.map((target) => ({
        namespace: target.pod.namespace,
        pod: target.pod.name,
        container: target.container.name,
        qos: target.pod.qos,
        id: target.container.id,
        cgroup: where(target),
      })),
      arguments: there.flatMap((target) => ["--cgroup", where(target)]),
    })),
  };
}
