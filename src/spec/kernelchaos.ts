/** Chaos Mesh's KernelChaos: KernelChaosSpec of api/v1alpha1/kernelchaos_types.go. */

import type { Located, Span } from "../source.js";
import { readChain } from "./chain.js";
import * as codes from "./codes.js";
import { faultKind, faults } from "./fault.js";
import { anything, list, optional, type Reader, type Report, record, required } from "./field.js";
import { checkZero, headers, readRequest, requestFrame } from "./request.js";
import { metadataFields, placementFields, readMetadata, readPlacement } from "./selector.js";
import type { Fault, Metadata, Spec, Within } from "./spec.js";
import { kindOf, type Tree } from "./tree.js";
import { checkLifetime, integer, lifetime, word } from "./value.js";

const maxUint32 = 2 ** 32 - 1;

/** The number of the fault; its name is bpfki's and ours. */
const failtype: Reader<Fault> = (tree, at, report) => {
  const named = tree.kind === "scalar" && faultKind((row) => row.failtype.name === tree.text.toUpperCase());
  if (named) {
    const help = [`write \`${faults[named].failtype.number}\``];
    report(codes.wrongType(tree.span, { expected: "a whole number", found: kindOf(tree) }, { help }));
    return undefined;
  }
  const read = integer(0, 2)(tree, at, report);
  const kind = read && faultKind((row) => row.failtype.number === read.value);
  return kind && { kind, span: tree.span };
};

/** Percent as a fraction. */
const percent: Reader<Located<number>> = (tree, at, report) => {
  const read = integer(0, 100)(tree, at, report);
  const reading =
    "bpfki reads it as always, and Chaos Mesh's dashboard writes it for a field that was left blank";
  return read && checkZero(read, reading, report) ? { value: read.value / 100, span: read.span } : undefined;
};

/** FailKernRequest, whose names differ from those of bpfki's message. */
const requestFields = {
  failtype: required(failtype),
  headers: optional(headers),
  callchain: optional(list(requestFrame)),
  probability: optional(percent),
  times: optional(integer(0, maxUint32)),
};

/** KernelChaosSpec. */
const specFields = {
  ...placementFields,
  duration: optional(lifetime),
  failKernRequest: required(record("`failKernRequest`", requestFields)),
};

/** Where a KernelChaosSpec stands: alone, in a Schedule, or in a Workflow's template. */
export interface Setting {
  readonly name: string;
  /** The whole document. */
  readonly span: Span;
  /** The namespace of the object, which Chaos Mesh selects from by default. */
  readonly namespace?: string;
  readonly metadata?: Located<Metadata>;
  readonly within?: Within;
  /** A Workflow's template has its own deadline, and the fault then no duration of its own. */
  readonly deadline?: { readonly value?: Located<bigint> };
}

/** Reads the `spec` of a KernelChaos, wherever it stands. */
export function readKernelChaosSpec(
  tree: Tree,
  at: Span,
  setting: Setting,
  report: Report,
): Spec | undefined {
  const read = record("a KernelChaos spec", specFields)(tree, at, report);
  if (!read) return undefined;
  const placement = readPlacement(read, at, report);
  const { failtype: fault, callchain: frames = [], ...rest } = read.failKernRequest ?? {};
  if (setting.deadline && read.duration) report(codes.durationInTemplate(read.duration.span, {}));
  if (!fault) {
    readChain(frames, undefined, "the last frame", report);
    return undefined;
  }
  const length = setting.deadline ? setting.deadline.value : read.duration;
  if (length) checkLifetime(length, report);
  const { name, span, namespace, metadata, within } = setting;
  return {
    kind: "spec",
    span: within ? tree.span : span,
    input: "KernelChaos",
    name,
    ...readRequest({ fault, frames, ...rest }, report),
    target: { pid: [], tid: [], cgroup: [], comm: [], uid: [] },
    ...(length ? { duration: length } : {}),
    placement: { ...placement, value: { ...placement.value, ...(namespace ? { namespace } : {}) } },
    ...(within ? { within } : {}),
    ...(metadata ? { metadata } : {}),
  };
}

/** What every object of Chaos Mesh has; its status is the cluster's business. */
const objectFields = {
  apiVersion: required(word),
  kind: required(word),
  metadata: optional(record("`metadata`", metadataFields)),
  spec: required(anything),
  status: optional(anything),
};

/** Reads an object of Chaos Mesh around its `spec`, which stands at `at`. */
export function readObject(
  tree: Tree,
  fallback: string,
  report: Report,
): { readonly spec: Tree; readonly at: Span; readonly setting: Setting } | undefined {
  const read = record("the document", objectFields)(tree, tree.span, report);
  if (!read?.spec || tree.kind !== "map") return undefined;
  const { name, namespace } = read.metadata ?? {};
  if (name && !isDnsName(name.text)) report(codes.badName(name.span, { name: name.text, of: "an object" }));
  const at = tree.entries.find((e) => e.key === "spec")!.keySpan;
  const metadata = readMetadata(tree, read.metadata ?? {});
  const setting = {
    name: name?.text ?? fallback,
    span: tree.span,
    ...(namespace ? { namespace: namespace.text } : {}),
    ...(metadata ? { metadata } : {}),
  };
  return { spec: read.spec, at, setting };
}

/** A DNS-1123 subdomain, which Kubernetes wants names to be. */
export function isDnsName(name: string): boolean {
  return name.length <= 253 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(name);
}

/** Reads a document of kind KernelChaos. */
export function readKernelChaos(tree: Tree, fallback: string, report: Report): Spec[] {
  const object = readObject(tree, fallback, report);
  const spec = object && readKernelChaosSpec(object.spec, object.at, object.setting, report);
  return spec ? [spec] : [];
}
