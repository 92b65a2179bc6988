/** From a KernelChaos and a cluster to the cgroups that inject-load is to be given. */

import { type Checked, checked, type Diagnostic, failed } from "../diagnostic.js";
import type { Spec } from "../spec/spec.js";
import { cgroupOf, type Layout } from "./cgroup.js";
import { noCgroup, noPlacement, noPodDrawn, noSuchContainer, notRunning, unknownContainer } from "./codes.js";
import { chosen, drawsOf, isRandom } from "./mode.js";
import type { Container, Pod } from "./object.js";
import { type Cluster, type Selector, selectPods } from "./select.js";

/** A placement as the reader of manifests has checked it. */
interface Selection {
  readonly mode: string;
  readonly value?: string | null;
  readonly selector: Selector | null;
  readonly containerNames?: readonly string[] | null;
  readonly namespace?: string;
}

/** A container and its cgroup, as a path below the mount of the hierarchy. */
export interface Target {
  readonly pod: Pod;
  readonly container: Container;
  readonly cgroup: string;
}

export interface Resolved {
  readonly name: string;
  readonly mode: string;
  readonly value?: string;
  /** Present where chance had a part: the same seed gives the same pods. */
  readonly seed?: string;
  /** How many pods the selector matches, and which of them are meant. */
  readonly matching: number;
  readonly pods: readonly Pod[];
  /** By node, pod and container. */
  readonly targets: readonly Target[];
}

export interface Wishes {
  readonly seed: string;
  /** The namespace of objects that name none. */
  readonly namespace: string;
  readonly layout: Layout;
  /** All containers of a pod where the manifest names none, not the first alone. */
  readonly everyContainer: boolean;
}

/** Resolves a spec's placement. */
export function resolve(spec: Spec, cluster: Cluster, wishes: Wishes): Checked<Resolved> {
  const { name, placement } = spec;
  if (!placement) return failed(noPlacement(spec.fault.span, { name }));
  const { mode, selector, namespace, containerNames, ...rest } = placement.value as unknown as Selection;
  const value = rest.value ?? undefined;
  const about = { name, span: placement.span };
  const found = selectPods(selector ?? {}, namespace ?? wishes.namespace, inOrder(cluster), about);
  if (!found.ok) return found;

  const listed = found.value;
  const places = chosen(mode, value, listed.length, drawsOf(wishes.seed));
  const pods = [...new Set(places.map((place) => listed[place]!))];
  const aims = pods.map((pod) => targetsIn(pod, containerNames ?? [], wishes));
  const targets = aims.flatMap((aim) => aim.targets);
  const said = [...found.diagnostics, ...aims.flatMap((aim) => aim.diagnostics)];
  if (pods.length === 0) said.push(noPodDrawn(about.span, { most: value ?? "" }));
  else if (targets.length === 0) said.push(noCgroup(about.span, { name }));
  const resolved = {
    ...{ name, mode, matching: new Set(listed).size, pods },
    ...(value === undefined ? {} : { value }),
    ...(isRandom(mode, value, listed.length) ? { seed: wishes.seed } : {}),
    targets: targets.toSorted((a, b) => compare(a.pod.node, b.pod.node)),
  };
  return checked(resolved, said);
}

/** The targets of each node, in their order. */
export function byNode(targets: readonly Target[]): ReadonlyMap<string, readonly Target[]> {
  const nodes = [...new Set(targets.map(({ pod }) => pod.node))];
  return new Map(nodes.map((node) => [node, targets.filter(({ pod }) => pod.node === node)]));
}

/** So that what is drawn does not depend on the order in a file. */
function inOrder(cluster: Cluster): Cluster {
  const pods = cluster.pods.toSorted((a, b) => compare(a.namespace, b.namespace) || compare(a.name, b.name));
  return { ...cluster, pods };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** ContainerSelector of Chaos Mesh's pkg/selector/container: those that are named, else the first. */
function targetsIn(
  pod: Pod,
  names: readonly string[],
  { layout, everyContainer }: Wishes,
): { readonly targets: readonly Target[]; readonly diagnostics: readonly Diagnostic[] } {
  const { containers } = pod;
  const wanted =
    names.length > 0
      ? containers.filter(({ name }) => names.includes(name))
      : containers.slice(0, everyContainer ? undefined : 1);
  const missing = names.filter((name) => !containers.some((container) => container.name === name));
  const called = `${pod.namespace}/${pod.name}`;
  const results = wanted.map((container) =>
    targetOf(pod, container, layout, `the container \`${container.name}\` of ${called}`),
  );
  return {
    targets: results.flatMap((result) => ("cgroup" in result ? [result] : [])),
    diagnostics: [
      ...[...new Set(missing)].map((name) => noSuchContainer(undefined, { pod: called, name })),
      ...results.flatMap((result) => ("cgroup" in result ? [] : [result])),
    ],
  };
}

function targetOf(pod: Pod, container: Container, layout: Layout, called: string): Target | Diagnostic {
  if (!container.running || pod.node === "") return notRunning(undefined, { container: called });
  const found = cgroupOf(pod, container, layout);
  return "path" in found
    ? { pod, container, cgroup: found.path }
    : unknownContainer(undefined, { container: called, problem: found.problem });
}
