/** Kubernetes' objects as `kubectl get -o json` prints them, as far as the choice of pods and their cgroups need them. */

import { readFileUpTo, readStreamUpTo } from "../build/file.js";
import { type Checked, checked, failed } from "../diagnostic.js";
import { isDnsName } from "../spec/kernelchaos.js";
import { notKubectl } from "./codes.js";

export type Labels = Readonly<Record<string, string>>;

/** A node or a namespace, and what every object has. */
export interface Thing {
  readonly name: string;
  readonly labels: Labels;
  readonly annotations: Labels;
}

export interface Container {
  readonly name: string;
  /** `RUNTIME://ID`; absent: it was never started. */
  readonly id?: string;
  readonly running: boolean;
}

export interface Pod extends Thing {
  readonly namespace: string;
  readonly uid: string;
  /** Empty: it has none yet. */
  readonly node: string;
  readonly phase: string;
  readonly qos: string;
  /** Those of `spec.containers`, in that order; no init and no ephemeral ones. */
  readonly containers: readonly Container[];
  /** What field selectors may ask for: toPodSelectableFields() of Chaos Mesh's pkg/selector/generic/field. */
  readonly fields: Labels;
}

/** The kinds of objects that a list is read for. */
export interface Kinds {
  readonly Pod: Pod;
  readonly Node: Thing;
  readonly Namespace: Thing;
}

/** How kubectl calls each. */
const resources: Readonly<Record<keyof Kinds, string>> = {
  Pod: "pods -A",
  Node: "nodes",
  Namespace: "namespaces",
};

/** So much of a file is read; a pod of a large cluster takes some 10 KiB. */
const mostBytes = 1 << 28;

type Json = Readonly<Record<string, unknown>>;

/** The objects of a file, `-` being standard input: a list, or a single one. */
export async function readObjects<K extends keyof Kinds>(
  path: string,
  kind: K,
): Promise<Checked<readonly Kinds[K][]>> {
  const bytes =
    path === "-"
      ? checked(await readStreamUpTo(process.stdin, mostBytes))
      : await readFileUpTo(path, mostBytes);
  if (!bytes.ok) return bytes;
  const objects =
    bytes.value.length > mostBytes
      ? `it is larger than ${mostBytes >> 20} MiB`
      : parseObjects(bytes.value, kind);
  const command = `kubectl get ${resources[kind]} -o json`;
  return typeof objects === "string"
    ? failed(notKubectl(undefined, { path, command, problem: objects }))
    : checked(objects);
}

/** The objects, or what is wrong with the text. */
export function parseObjects<K extends keyof Kinds>(
  bytes: Uint8Array,
  kind: K,
): readonly Kinds[K][] | string {
  let document: unknown;
  try {
    document = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return "it is no JSON";
  }
  const { kind: given, items } = members(document);
  if (given === kind) return objectsOf([document], kind);
  if (!Array.isArray(items)) return `it is neither a list nor a ${kind}`;
  return objectsOf(items, kind);
}

function objectsOf<K extends keyof Kinds>(items: readonly unknown[], kind: K): readonly Kinds[K][] | string {
  // Items of a typed list, as the API server itself prints it, have no kind of their own.
  const stranger = items.map(members).find((item) => (item.kind ?? kind) !== kind);
  if (stranger) return `there is a ${text(stranger.kind)} in it, and it is to hold ${kind}s`;
  const read = items.map(readers[kind]);
  const problems = read.map(nameProblem);
  const bad = problems.findIndex((problem) => problem !== undefined);
  return bad < 0 ? read : `its item ${bad} ${problems[bad]}`;
}

/** What no API server would have let pass; the names become keys, paths and lines of others. */
function nameProblem({ name, ...more }: Thing & Partial<Pod>): string | undefined {
  if (name === "") return "has no name";
  const { namespace = "", node = "" } = more;
  const strange = [name, namespace, node].find((one) => one !== "" && !isDnsName(one));
  return strange === undefined ? undefined : `names something \`${strange}\`, as no object can be called`;
}

const readers: { readonly [K in keyof Kinds]: (item: unknown) => Kinds[K] } = {
  Pod: readPod,
  Node: readThing,
  Namespace: readThing,
};

function readThing(item: unknown): Thing {
  const { name, labels, annotations } = members(members(item).metadata);
  return { name: text(name), labels: texts(labels), annotations: texts(annotations) };
}

function readPod(item: unknown): Pod {
  const thing = readThing(item);
  const { metadata, spec, status } = members(item);
  const { namespace, uid } = members(metadata);
  const { nodeName, restartPolicy, schedulerName, serviceAccountName, containers } = members(spec);
  const { phase, qosClass, podIPs, nominatedNodeName, containerStatuses } = members(status);
  return {
    ...thing,
    namespace: text(namespace),
    uid: text(uid),
    node: text(nodeName),
    phase: text(phase),
    qos: text(qosClass),
    containers: list(containers).map((container) =>
      containerOf(text(container.name), list(containerStatuses)),
    ),
    fields: {
      "metadata.name": thing.name,
      "metadata.namespace": text(namespace),
      "spec.nodeName": text(nodeName),
      "spec.restartPolicy": text(restartPolicy),
      "spec.schedulerName": text(schedulerName),
      "spec.serviceAccountName": text(serviceAccountName),
      "status.phase": text(phase),
      "status.podIP": text(list(podIPs)[0]?.ip),
      "status.nominatedNodeName": text(nominatedNodeName),
    },
  };
}

function containerOf(name: string, statuses: readonly Json[]): Container {
  const status = statuses.find((s) => s.name === name);
  const id = text(status?.containerID);
  const running = members(status?.state).running !== undefined;
  return { name, running, ...(id === "" ? {} : { id }) };
}

/** What is missing or of another kind is empty: what the API server prints has neither. */
function members(value: unknown): Json {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

function list(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.map(members) : [];
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function texts(value: unknown): Labels {
  return Object.fromEntries(Object.entries(members(value)).map(([key, v]) => [key, text(v)]));
}
