/** Which pods a Chaos Mesh object means: ContainerSelector of api/v1alpha1/selector.go, checked and carried along. */

import type { Located, Span } from "../source.js";
import * as codes from "./codes.js";
import {
  anything,
  asTree,
  list,
  mapOf,
  optional,
  type Report,
  record,
  required,
  type Values,
} from "./field.js";
import type { Metadata, Placement } from "./spec.js";
import { entryOf, plainData, type ScalarTree, type Tree } from "./tree.js";
import { oneOf, text, word } from "./value.js";

const modes = ["one", "all", "fixed", "fixed-percent", "random-max-percent"] as const;
const phases = ["Pending", "Running", "Succeeded", "Failed", "Unknown"] as const;
/** `!Running` leaves out those that run: pkg/selector/pod/phase_selector.go reads phases as label selectors. */
const phaseWords = phases.flatMap((phase) => [phase, `!${phase}` as const]);
const operators = ["In", "NotIn", "Exists", "DoesNotExist"] as const;

/** LabelSelectorRequirement of apimachinery. */
const expressionFields = {
  key: required(word),
  operator: required(oneOf(operators)),
  values: optional(list(text)),
};

const readExpression = record("an expression selector", expressionFields);

/** Sets want values, and existence wants none (LabelSelectorAsSelector in apimachinery). */
function readRequirement(tree: Tree, at: Span, report: Report): Values<typeof expressionFields> | undefined {
  const read = readExpression(tree, at, report);
  if (!read?.operator) return read;
  const wantsValues = read.operator.value === "In" || read.operator.value === "NotIn";
  // Also those that could not be read.
  const written = tree.kind === "map" ? entryOf(tree, "values")?.value : undefined;
  const hasValues = written !== undefined && !isEmpty(written);
  if (wantsValues !== hasValues) {
    report(codes.selectorValues(read.operator.span, { operator: read.operator.value, wanted: wantsValues }));
  }
  return read;
}

/** Labels and the like: Kubernetes takes no numbers for their values. */
const strings = mapOf(text);

/** PodSelectorSpec. */
const selectorFields = {
  namespaces: optional(list(text)),
  fieldSelectors: optional(strings),
  labelSelectors: optional(strings),
  expressionSelectors: optional(list(readRequirement)),
  annotationSelectors: optional(strings),
  nodes: optional(list(text)),
  pods: optional(mapOf(list(text))),
  nodeSelectors: optional(strings),
  podPhaseSelectors: optional(list(oneOf(phaseWords))),
};

/** The fields of a Chaos Mesh object that place it, as rows beside its own. */
export const placementFields = {
  mode: required(oneOf(modes)),
  value: optional(text),
  selector: required(asTree(record("a pod selector", selectorFields))),
  containerNames: optional(asTree(list(text))),
  remoteCluster: optional(text),
};

type PlacementValues = Values<typeof placementFields>;

/** Plain data for the manifest, after checking that `mode` and `value` fit each other. */
export function readPlacement(values: PlacementValues, at: Span, report: Report): Located<Placement> {
  checkValue(values, at, report);
  checkSelection(values, report);
  const trees: Readonly<Record<string, Tree | undefined>> = {
    value: values.value,
    selector: values.selector,
    containerNames: values.containerNames,
    remoteCluster: values.remoteCluster,
  };
  const carried = Object.entries(trees).flatMap(([key, tree]) => (tree ? [[key, plainData(tree)]] : []));
  const mode = values.mode ? { mode: values.mode.value } : {};
  return { value: { ...mode, ...Object.fromEntries(carried) }, span: values.selector?.span ?? at };
}

/** PodSelector.Validate of api/v1alpha1/common_webhook.go; a value that no mode reads is a lint of ours. */
function checkValue(values: PlacementValues, at: Span, report: Report): void {
  const { value } = values;
  const mode = values.mode?.value;
  if (mode === undefined) return;
  if (mode === "one" || mode === "all") {
    if (value && value.text !== "") report(codes.unusedValue(value.span, { mode }));
    return;
  }
  const range = mode === "fixed" ? "a whole number above 0" : "a percentage from 1 to 100";
  if (!("value" in values)) {
    report(codes.missingField(at, { field: "value", of: `mode \`${mode}\`` }, { help: [`it is ${range}`] }));
  } else if (value) {
    const number = /^[+-]?\d+$/.test(value.text) ? Number(value.text) : Number.NaN;
    const fits = number > 0 && (mode === "fixed" ? number < 2 ** 63 : number <= 100);
    if (!fits) report(codes.badSelectorValue(value.span, { value: value.text, mode, range }));
  }
}

/** Chaos Mesh takes every pod of the object's namespace where nothing is selected (PodSelectorSpec.DefaultNamespace). */
function checkSelection({ mode, value, selector }: PlacementValues, report: Report): void {
  const isAll = mode?.value === "all" || (mode?.value.endsWith("percent") && Number(value?.text) === 100);
  if (isAll && selector && isEmpty(selector)) report(codes.everyPod(selector.span, {}));
}

function isEmpty(tree: Tree): boolean {
  if (tree.kind === "scalar") return tree.value === null;
  return tree.kind === "list" ? tree.items.length === 0 : tree.entries.every((e) => isEmpty(e.value));
}

/** What a conversion keeps of an object's metadata, beside its name and namespace. */
export function readMetadata(
  object: Tree,
  values: Values<typeof metadataFields>,
): Located<Metadata> | undefined {
  const plain = (map: ReadonlyMap<string, ScalarTree | undefined>) =>
    Object.fromEntries([...map].map(([key, value]) => [key, value?.text ?? ""]));
  const { labels, annotations } = values;
  if (!labels?.size && !annotations?.size) return undefined;
  const value = {
    ...(labels?.size ? { labels: plain(labels) } : {}),
    ...(annotations?.size ? { annotations: plain(annotations) } : {}),
  };
  const span = object.kind === "map" ? entryOf(object, "metadata")?.keySpan : undefined;
  return { value, span: span ?? object.span };
}

/** Kubernetes' ObjectMeta. We need the name; the rest is read so that a misspelt field is seen. */
export const metadataFields = {
  name: optional(word),
  namespace: optional(text),
  labels: optional(strings),
  annotations: optional(strings),
  generateName: optional(text),
  finalizers: optional(list(text)),
  ownerReferences: optional(anything),
  managedFields: optional(anything),
  uid: optional(text),
  resourceVersion: optional(text),
  generation: optional(anything),
  creationTimestamp: optional(anything),
  deletionTimestamp: optional(anything),
  deletionGracePeriodSeconds: optional(anything),
  selfLink: optional(text),
};
