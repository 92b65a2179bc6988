/**
 * Chaos Mesh's Schedule and Workflow, which hold KernelChaos specs: api/v1alpha1/schedule_types.go and
 * workflow_types.go, with the rules of their webhooks. Other kinds of chaos in them are none of our business.
 */

import type { Located, Span } from "../source.js";
import { didYouMean } from "../spelling.js";
import * as codes from "./codes.js";
import { cronProblem } from "./cron.js";
import {
  anything,
  type Field,
  list,
  optional,
  type Reader,
  type Report,
  record,
  required,
  type Values,
} from "./field.js";
import { isDnsName, readKernelChaosSpec, readObject, type Setting } from "./kernelchaos.js";
import type { Spec } from "./spec.js";
import { type Entry, entryOf, type ScalarTree, type Tree } from "./tree.js";
import { bool, duration, integer, oneOf, text, word } from "./value.js";

/** Each kind of chaos and the field that holds its spec (zz_generated.workflow.chaosmesh.go). */
const chaosFields: Readonly<Record<string, string>> = {
  AWSChaos: "awsChaos",
  AzureChaos: "azureChaos",
  BlockChaos: "blockChaos",
  CloudStackVMChaos: "cloudStackVMChaos",
  DNSChaos: "dnsChaos",
  GCPChaos: "gcpChaos",
  HTTPChaos: "httpChaos",
  IOChaos: "ioChaos",
  JVMChaos: "jvmChaos",
  KernelChaos: "kernelChaos",
  NetworkChaos: "networkChaos",
  PhysicalMachineChaos: "physicalmachineChaos",
  PodChaos: "podChaos",
  StressChaos: "stressChaos",
  TimeChaos: "timeChaos",
};

/** The kinds of Chaos Mesh's objects that hold no kernel fault. */
export const otherKinds: readonly string[] = [
  ...Object.keys(chaosFields).filter((kind) => kind !== "KernelChaos"),
  "PhysicalMachine",
  "RemoteCluster",
  "StatusCheck",
  "WorkflowNode",
];

/** EmbedChaos: every kind of chaos has a field, and all but ours may hold anything. */
const embedded: Readonly<Record<string, Field<Tree>>> = Object.fromEntries(
  Object.values(chaosFields).map((name) => [name, optional(anything)]),
);

/** When a schedule starts something. */
const cron: Reader<ScalarTree> = (tree, at, report) => {
  const read = text(tree, at, report);
  const why = read && cronProblem(read.text);
  if (why) report(codes.badSchedule(tree.span, { text: read.text, why }));
  return read;
};

/** ScheduleSpec. */
const scheduleFields = {
  schedule: required(cron),
  startingDeadlineSeconds: optional(integer(1)),
  concurrencyPolicy: optional(oneOf(["Forbid", "Allow", ""])),
  historyLimit: optional(integer(1)),
  type: required(oneOf([...Object.keys(chaosFields), "Workflow"])),
  workflow: optional(anything),
};
const readSchedule = record("a Schedule spec", { ...embedded, ...scheduleFields });

/** ChaosOnlyScheduleSpec, which starts no Workflow, and which no webhook gives its defaults. */
const readTemplateSchedule = record("a template's schedule", {
  ...embedded,
  schedule: scheduleFields.schedule,
  startingDeadlineSeconds: optional(integer(0)),
  concurrencyPolicy: optional(oneOf(["Forbid", "Allow"])),
  historyLimit: scheduleFields.historyLimit,
  type: required(oneOf(Object.keys(chaosFields))),
});

/** The KernelChaos and Workflow that a schedule starts. */
const schedule = (tree: Tree, at: Span, around: Setting, report: Report): Spec[] => {
  const reader = around.within ? readTemplateSchedule : readSchedule;
  const read = reader(tree, at, report) as Values<typeof scheduleFields> | undefined;
  if (!read?.type || tree.kind !== "map") return [];
  const { value: type, span } = read.type;
  const start = read.schedule && { schedule: { value: read.schedule.text, span: read.schedule.span } };
  const within = {
    kind: around.within?.kind ?? "Schedule",
    span: around.within?.span ?? at,
    ...start,
  } as const;
  const setting = { ...around, within };
  const field = type === "Workflow" ? "workflow" : chaosFields[type]!;
  const held = entryOf(tree, field);
  if (!held) {
    report(codes.missingField(span, { field, of: `type \`${type}\`` }));
    return [];
  }
  if (type === "Workflow") return workflow(held.value, held.keySpan, setting, report);
  if (type !== "KernelChaos") {
    report(codes.skippedDocument(span, { what: type }));
    return [];
  }
  const spec = readKernelChaosSpec(held.value, held.keySpan, setting, report);
  return spec ? [spec] : [];
};

/** What a template of each type holds beside its name, type and deadline. */
const templateTypes: Readonly<Record<string, readonly string[]>> = {
  Task: ["task", "conditionalBranches"],
  Serial: ["children"],
  Parallel: ["children"],
  Suspend: [],
  StatusCheck: ["statusCheck", "abortWithStatusCheck"],
  Schedule: ["schedule"],
  ...Object.fromEntries(Object.entries(chaosFields).map(([type, field]) => [type, [field]])),
};

const statusCheckFields = { statusCheck: optional(anything), abortWithStatusCheck: optional(bool) };

/** Template; what other kinds of step hold is not looked into. */
const templateFields = {
  name: required(word),
  templateType: required(oneOf(Object.keys(templateTypes))),
  deadline: optional(duration),
  task: optional(anything),
  children: optional(list(text)),
  conditionalBranches: optional(anything),
  schedule: optional(anything),
  ...statusCheckFields,
};
const readTemplate = record("a template", { ...embedded, ...templateFields });

/** A template as far as the workflow's own rules ask. */
interface Template {
  readonly tree: Tree;
  readonly name: ScalarTree;
  readonly type: Located<string>;
  readonly deadline?: Located<bigint>;
  readonly children: readonly ScalarTree[];
}

/** A template by itself; whether those that it calls are there is asked of all together. */
const template: Reader<Template> = (tree, at, report) => {
  const read = readTemplate(tree, at, report) as Values<typeof templateFields> | undefined;
  if (!read?.name || !read.templateType || tree.kind !== "map") return undefined;
  const { name, templateType: type, deadline, children = [] } = read;
  if (!isDnsName(name.text)) report(codes.badName(name.span, { name: name.text, of: "a template" }));
  for (const entry of tree.entries) checkTemplateField(entry, type.value, report);
  if (type.value === "Suspend" && !deadline)
    report(codes.missingField(type.span, { field: "deadline", of: "type `Suspend`" }));
  return { tree, name, type, ...(deadline ? { deadline } : {}), children };
};

/**
 * The shouldBeNo… functions of workflow_webhook.go. An empty list is as good as none, and what the webhook does not ask
 * about is only never looked at.
 */
function checkTemplateField({ key, keySpan, value }: Entry, type: string, report: Report): void {
  const isKnown = Object.hasOwn(templateFields, key) || Object.hasOwn(embedded, key);
  const isOwn = ["name", "templateType", "deadline", ...templateTypes[type]!].includes(key);
  const isNothing =
    value.kind === "scalar" ? value.value === null : value.kind === "list" && !value.items.length;
  if (!isKnown || isOwn || isNothing) return;
  const isIgnored = key in statusCheckFields || (key in embedded && type in chaosFields);
  const code = isIgnored ? codes.ignoredField : codes.fieldOfOtherType;
  report(code(keySpan, { field: key, type }));
}

const workflowFields = { entry: required(word), templates: required(list(template)) };

/** A workflow, and what its templates inject. */
function workflow(tree: Tree, at: Span, setting: Setting, report: Report): Spec[] {
  const within = { span: at, ...setting.within, kind: "Workflow" } as const;
  const read = record("a Workflow spec", workflowFields)(tree, at, report);
  const templates = read?.templates ?? [];
  const written = tree.kind === "map" ? entryOf(tree, "templates")?.value : undefined;
  // A template that could not be read may be the one that is called.
  const isComplete = written?.kind === "list" && written.items.length === templates.length;
  if (written?.kind === "list" && written.items.length === 0)
    report(codes.wrongType(written.span, { expected: "a list of templates", found: "an empty one" }));
  checkNames(templates, report);
  if (isComplete) checkCalls(templates, read?.entry, report);
  return templates.flatMap((t) =>
    templateSpecs(t, { ...setting, name: `${setting.name}-${t.name.text}`, within }, report),
  );
}

/** namesCouldNotBeDuplicated of the webhook. */
function checkNames(templates: readonly Template[], report: Report): void {
  const names = new Map<string, Span>();
  for (const { name } of templates) {
    const first = names.get(name.text);
    const notes = [{ text: "the first one", span: first ?? name.span }];
    if (first) report(codes.duplicateTemplate(name.span, { name: name.text }, { notes }));
    else names.set(name.text, name.span);
  }
}

/** entryMustExists and templateMustExists of the webhook. */
function checkCalls(templates: readonly Template[], entry: ScalarTree | undefined, report: Report): void {
  const names = new Set(templates.map((t) => t.name.text));
  const called = templates
    .filter((t) => ["Serial", "Parallel"].includes(t.type.value))
    .flatMap((t) => t.children);
  const missing = (entry ? [entry, ...called] : called).filter((call) => !names.has(call.text));
  // A look for the nearest name takes its time, and no more than a hundred problems are shown.
  for (const { text: name, span } of missing.slice(0, 100)) {
    report(codes.noSuchTemplate(span, { name }, { help: didYouMean(name, names) }));
  }
}

/** A fault's template has one spec, a schedule's what it starts, and any other none. */
function templateSpecs({ tree, type, deadline }: Template, setting: Setting, report: Report): Spec[] {
  const field = type.value === "Schedule" ? "schedule" : chaosFields[type.value];
  if (field === undefined || tree.kind !== "map") return [];
  const held = entryOf(tree, field);
  if (!held) {
    report(codes.missingField(type.span, { field, of: `type \`${type.value}\`` }));
    return [];
  }
  if (type.value === "Schedule") return schedule(held.value, held.keySpan, setting, report);
  if (type.value !== "KernelChaos") return [];
  const bounded = { ...setting, deadline: deadline ? { value: deadline } : {} };
  const spec = readKernelChaosSpec(held.value, held.keySpan, bounded, report);
  return spec ? [spec] : [];
}

/** Reads a document of kind Schedule. */
export function readScheduleDocument(tree: Tree, fallback: string, report: Report): Spec[] {
  const object = readObject(tree, fallback, report);
  return object ? schedule(object.spec, object.at, object.setting, report) : [];
}

/** Reads a document of kind Workflow: a spec for each of its KernelChaos templates, named after both. */
export function readWorkflowDocument(tree: Tree, fallback: string, report: Report): Spec[] {
  const object = readObject(tree, fallback, report);
  return object ? workflow(object.spec, object.at, object.setting, report) : [];
}
