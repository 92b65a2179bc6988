/** Which pods a selector matches: SelectPods() of Chaos Mesh's pkg/selector/pod/selector.go and what it calls. */

import { type Checked, checked, type Diagnostic, failed } from "../diagnostic.js";
import type { Span } from "../source.js";
import { needsNodes, noPodSelected, noSuchPod, selectorRefused } from "./codes.js";
import type { Labels, Pod, Thing } from "./object.js";

/** PodSelectorSpec, as the reader of manifests has checked it; what is null there was left out. */
export interface Selector {
  readonly namespaces?: readonly string[] | null;
  readonly fieldSelectors?: Labels | null;
  readonly labelSelectors?: Labels | null;
  readonly expressionSelectors?: readonly Requirement[] | null;
  readonly annotationSelectors?: Labels | null;
  readonly nodes?: readonly string[] | null;
  readonly nodeSelectors?: Labels | null;
  readonly pods?: Readonly<Record<string, readonly string[] | null>> | null;
  readonly podPhaseSelectors?: readonly string[] | null;
}

interface Requirement {
  readonly key: string;
  readonly operator: "In" | "NotIn" | "Exists" | "DoesNotExist";
  readonly values?: readonly string[] | null;
}

/** What is known of a cluster, and how Chaos Mesh is installed there. */
export interface Cluster {
  readonly pods: readonly Pod[];
  /** Absent: not told. */
  readonly nodes?: readonly Thing[];
  /** Present: only those of them that are annotated for it are injected into (`enableFilterNamespace`). */
  readonly namespaces?: readonly Thing[];
  /** Present: it looks after this namespace alone (`clusterScoped: false`, `targetNamespace`). */
  readonly targetNamespace?: string;
}

/** A part of the selector. */
interface Step {
  readonly says: string;
  readonly keeps: (pod: Pod) => boolean;
}

/** The pods in the order in which Chaos Mesh lists them, and as often; `home` is the object's own namespace. */
export function selectPods(
  selector: Selector,
  home: string,
  cluster: Cluster,
  about: { readonly name: string; readonly span: Span },
): Checked<readonly Pod[]> {
  const named = Object.entries(selector.pods ?? {});
  if (named.length > 0) return selectNamed(named, cluster, about);
  const namespaces = selector.namespaces?.length ? selector.namespaces : [home];
  const problems = refusals(selector, namespaces, cluster).map((problem) =>
    selectorRefused(about.span, { problem }),
  );
  const lacks = !cluster.nodes && Object.keys(selector.nodeSelectors ?? {}).length > 0;
  if (problems.length > 0 || lacks)
    return failed(...problems, ...(lacks ? [needsNodes(about.span, {})] : []));

  const steps = stepsOf(selector, namespaces, cluster);
  const matching = cluster.pods.filter((pod) => steps.every(({ keeps }) => keeps(pod)));
  if (matching.length === 0) return failed(nothing(about, cluster.pods, steps));
  // A namespace that stands twice is listed twice, and its pods are drawn twice as often.
  return checked(namespaces.flatMap((namespace) => matching.filter((pod) => pod.namespace === namespace)));
}

/** Where pods are named, no other part of the selector counts. */
function selectNamed(
  named: readonly (readonly [namespace: string, names: readonly string[] | null])[],
  cluster: Cluster,
  about: { readonly name: string; readonly span: Span },
): Checked<readonly Pod[]> {
  const inScope = named.filter(
    ([namespace]) => (cluster.targetNamespace ?? namespace) === namespace && isEnabled(namespace, cluster),
  );
  const wanted = inScope.flatMap(([namespace, names]) => (names ?? []).map((name) => ({ namespace, name })));
  const found = wanted.map((w) => ({
    w,
    pod: cluster.pods.find((pod) => pod.namespace === w.namespace && pod.name === w.name),
  }));
  const missing = found.flatMap(({ w, pod }) => (pod ? [] : [noSuchPod(about.span, w)]));
  const pods = found.flatMap(({ pod }) => (pod ? [pod] : []));
  const count = cluster.pods.length;
  if (pods.length > 0) return checked(pods, missing);
  return failed(...missing, noPodSelected(about.span, { name: about.name, count }));
}

function stepsOf(selector: Selector, namespaces: readonly string[], cluster: Cluster): Step[] {
  const { fieldSelectors, labelSelectors, expressionSelectors, annotationSelectors } = selector;
  const { nodes, nodeSelectors, podPhaseSelectors } = selector;
  const annotations = Object.entries(annotationSelectors ?? {}).filter(([key]) => key !== "");
  const phases = podPhaseSelectors ?? [];
  const [without, within] = [true, false].map((not) =>
    phases.filter((phase) => phase.startsWith("!") === not),
  );
  const onNodes = new Set([...(nodes ?? []), ...labelled(cluster.nodes ?? [], nodeSelectors ?? {})]);
  const byNode = (nodes?.length ?? 0) + Object.keys(nodeSelectors ?? {}).length > 0;
  const steps: (Step | false)[] = [
    { says: `namespaces ${namespaces.join(", ")}`, keeps: ({ namespace }) => namespaces.includes(namespace) },
    cluster.namespaces !== undefined && {
      says: "namespaces that are annotated chaos-mesh.org/inject: enabled",
      keeps: ({ namespace }) => isEnabled(namespace, cluster),
    },
    ...equals("labelSelectors", labelSelectors, ({ labels }) => labels),
    ...(expressionSelectors ?? []).map((requirement) => ({
      says: `expressionSelectors ${requirementText(requirement)}`,
      keeps: ({ labels }: Pod) => meets(labels, requirement),
    })),
    ...equals("annotationSelectors", Object.fromEntries(annotations), (pod) => pod.annotations),
    ...equals("fieldSelectors", fieldSelectors, ({ fields }) => fields),
    byNode && {
      says: `nodes ${[...onNodes].join(", ") || "(none has such labels)"}`,
      keeps: ({ node }) => onNodes.has(node),
    },
    phases.length > 0 && {
      says: `podPhaseSelectors ${phases.join(", ")}`,
      keeps: ({ phase }) =>
        (within!.length === 0 || within!.includes(phase)) && !without!.includes(`!${phase}`),
    },
  ];
  return steps.filter((step) => step !== false);
}

/** A step for each pair that has to be there as it is. */
function equals(part: string, wanted: Labels | null | undefined, of: (pod: Pod) => Labels): Step[] {
  return Object.entries(wanted ?? {}).map(([key, value]) => ({
    says: `${part} ${key}: ${value}`,
    keeps: (pod) => Object.hasOwn(of(pod), key) && of(pod)[key] === value,
  }));
}

/** Names of the nodes that have all these labels; where none is asked for, of none. */
function labelled(nodes: readonly Thing[], wanted: Labels): string[] {
  const pairs = Object.entries(wanted);
  if (pairs.length === 0) return [];
  const has = ({ labels }: Thing) =>
    pairs.every(([key, value]) => Object.hasOwn(labels, key) && labels[key] === value);
  return nodes.filter(has).map(({ name }) => name);
}

/** Requirement.Matches() of apimachinery's pkg/labels: what lacks the label is not in any set. */
function meets(labels: Labels, { key, operator, values }: Requirement): boolean {
  const has = Object.hasOwn(labels, key);
  const isIn = has && (values ?? []).includes(labels[key]!);
  const answers = { In: isIn, NotIn: !isIn, Exists: has, DoesNotExist: !has };
  return answers[operator];
}

function requirementText({ key, operator, values }: Requirement): string {
  return `${key} ${operator}${values?.length ? ` (${values.join(", ")})` : ""}`;
}

/** IsAllowedNamespaces() of pkg/selector/generic/namespace. */
function isEnabled(namespace: string, { namespaces }: Cluster): boolean {
  if (!namespaces) return true;
  const found = namespaces.find(({ name }) => name === namespace);
  return found?.annotations["chaos-mesh.org/inject"] === "enabled";
}

/** What labels.Parse() takes for a key and a value (apimachinery's pkg/util/validation). */
const labelKey = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-_.A-Za-z0-9]{0,61}[A-Za-z0-9])?$/;
const labelValue = /^([A-Za-z0-9]([-_.A-Za-z0-9]{0,61}[A-Za-z0-9])?)?$/;

/** Sentences on what makes Chaos Mesh give up before it looks at any pod. */
function refusals(selector: Selector, namespaces: readonly string[], cluster: Cluster): string[] {
  const { targetNamespace: target, nodes } = cluster;
  const fields = Object.keys(selector.fieldSelectors ?? {}).filter((field) => !selectable.includes(field));
  const annotations = Object.entries(selector.annotationSelectors ?? {}).filter(
    ([key, value]) => key !== "" && !(labelKey.test(key) && labelValue.test(value)),
  );
  const unknown = nodes
    ? (selector.nodes ?? []).filter((wanted) => !nodes.some(({ name }) => name === wanted))
    : [];
  const outside =
    target !== undefined && (namespaces.length > 1 || namespaces[0] !== target)
      ? [
          `it looks after the namespace \`${target}\` alone, and \`${namespaces.join(", ")}\` is selected from`,
        ]
      : [];
  return [
    ...outside,
    ...fields.map(
      (f) => `pods cannot be selected by the field \`${f}\`; it is one of ${selectable.join(", ")}`,
    ),
    ...annotations.map(
      ([key, value]) => `it takes \`${key}=${value}\` for a label's key and value, which it is not`,
    ),
    ...unknown.map((name) => `there is no node \`${name}\``),
  ];
}

/** The fields of `Pod.fields`. */
const selectable: readonly string[] = [
  "metadata.name",
  "metadata.namespace",
  "spec.nodeName",
  "spec.restartPolicy",
  "spec.schedulerName",
  "spec.serviceAccountName",
  "status.phase",
  "status.podIP",
  "status.nominatedNodeName",
];

/** That no pod is left, and how many each step leaves of those before. */
function nothing(
  { name, span }: { readonly name: string; readonly span: Span },
  pods: readonly Pod[],
  steps: readonly Step[],
): Diagnostic {
  let left = pods;
  const notes = steps.map(({ says, keeps }) => {
    left = left.filter(keeps);
    return { text: `${says}: ${left.length} left` };
  });
  return noPodSelected(span, { name, count: pods.length }, { notes });
}
