/** The native format: kind Injection of injectc.dev/v1. */

import { errnoNames, errnoNumber } from "../kernel/errno.js";
import type { Located } from "../source.js";
import { didYouMean } from "../spelling.js";
import { onlyCondition, readChain, readCondition, readFunctionName, type WrittenFrame } from "./chain.js";
import * as codes from "./codes.js";
import { faultKind } from "./fault.js";
import {
  anything,
  list,
  optional,
  type Reader,
  type Report,
  record,
  required,
  type Values,
} from "./field.js";
import { fractionOf } from "./percent.js";
import { checkZero } from "./request.js";
import { metadataFields, readMetadata } from "./selector.js";
import type { Fault, Proof, Spec, Target, Trigger } from "./spec.js";
import type { ScalarTree, Tree } from "./tree.js";
import { bool, integer, letters, lifetime, text, word } from "./value.js";

/** `slab`, `page`, `bio` or their functions, `syscall:NAME`, or any other function. */
const fault: Reader<Fault> = (tree, at, report) => {
  const read = word(tree, at, report);
  if (!read) return undefined;
  const { span } = tree;
  const kind =
    faultKind((row) => row.function === read.text) ??
    (["slab", "page", "bio"] as const).find((k) => k === read.text);
  if (kind) return { kind, span };
  const syscall = /^syscall:(.*)$/s.exec(read.text)?.[1];
  if (syscall === undefined) {
    const name = readFunctionName(read.fragment(), report);
    return name && { kind: "function", name, span };
  }
  if (/^[a-z0-9_]+$/.test(syscall)) return { kind: "syscall", name: { value: syscall, span }, span };
  report(codes.badName(span, { name: syscall, of: "a system call" }));
  return undefined;
};

/** An errno's name or one of the other words; YAML's null counts as NULL. */
function errno(others: readonly string[]): Reader<Located<string>> {
  return (tree, at, report) => {
    const read = letters(tree, at, report);
    if (!read) return undefined;
    const value = read.value === null ? "NULL" : read.text;
    const known = [...others, ...errnoNames()];
    if (known.includes(value)) return { value, span: tree.span };
    const bare = value.replace(/^-/, "");
    const name = known.find((other) => other === bare || errnoNumber(other) === Number(bare));
    const help = name ? [`write \`${name}\``] : didYouMean(bare, known);
    report(codes.unknownErrno(tree.span, { value }, { help }));
    return undefined;
  };
}

/** `10%`, or a fraction; a bare whole number could mean either. */
const probability: Reader<Located<number>> = (tree, _at, report) => {
  const written = tree.kind === "scalar" ? tree.text : "";
  const match = /^((?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)\s*(%?)$/.exec(written);
  const value = !match ? Number.NaN : match[2] ? fractionOf(match[1]!) : Number(match[1]);
  const read = { value, span: tree.span };
  if (!checkZero(read, "it could be read as never or as always", report)) return undefined;
  const isClear = match?.[2] === "%" || value < 1;
  if (value > 0 && value <= 1 && isClear) return read;
  const help =
    match && !match[2] && value >= 1 && value <= 100
      ? [`write \`${written}%\``]
      : ["write a percentage, `10%`, or a fraction, `0.1`"];
  report(codes.badProbability(tree.span, { text: written }, { help }));
  return undefined;
};

const frameFields = { function: required(word), parameters: optional(text), when: optional(letters) };

/** A frame of the call chain; its function is always named. */
const frame: Reader<WrittenFrame> = (tree, at, report) => {
  const read = record("a frame", frameFields)(tree, at, report);
  if (!read?.function) return undefined;
  return {
    span: tree.span,
    function: read.function.fragment(),
    ...(read.parameters ? { parameters: read.parameters.fragment() } : {}),
    ...(read.when ? { predicate: read.when.fragment() } : {}),
  };
};

/** When a fault fires, as in the kernel's own framework (lib/fault-inject.c). */
const triggerFields = {
  probability: optional(probability),
  times: optional(integer(0)),
  interval: optional(integer(1)),
  space: optional(integer(0)),
  "once-per-stack": optional(bool),
};

/** PID_MAX_LIMIT of include/linux/threads.h. */
const maxPid = 2 ** 22;
/** The highest uid_t is nobody's: it means "no change" to the kernel. */
const maxUid = 2 ** 32 - 2;

/** A task's name as the kernel keeps it: 16 bytes with the NUL (TASK_COMM_LEN). */
const comm: Reader<Located<string>> = (tree, at, report) => {
  const read = word(tree, at, report);
  const length = read ? new TextEncoder().encode(read.text).length : 0;
  if (length <= 15) return read && { value: read.text, span: tree.span };
  report(codes.outOfRange(tree.span, { value: `a name of ${length} bytes`, range: "at most 15 bytes" }));
  return undefined;
};

/** A cgroup's path; the loader finds out whether there is one. */
const path: Reader<Located<string>> = (tree, at, report) => {
  const read = word(tree, at, report);
  return read && { value: read.text, span: tree.span };
};

/** A list as long as a manifest holds one. */
function some<T>(item: Reader<T>): Reader<T[]> {
  return (tree, at, report) => {
    const most = 1024;
    if (tree.kind !== "list" || tree.items.length <= most) return list(item)(tree, at, report);
    const help = ["more can be given where it is loaded, one a line: `inject-load --pid @FILE`"];
    const value = `a list of ${tree.items.length}`;
    report(codes.outOfRange(tree.span, { value, range: `at most ${most} of a kind` }, { help }));
    return undefined;
  };
}

/** Whom a fault meets: numbers and names as the loader takes them. */
const targetFields = {
  pid: optional(some(integer(1, maxPid))),
  tid: optional(some(integer(1, maxPid))),
  cgroup: optional(some(path)),
  comm: optional(some(comm)),
  uid: optional(some(integer(0, maxUid))),
};

/** What `boot` runs in the guest, and the errno that it must meet. */
const proof: Reader<Proof> = (tree, at, report) => {
  const read = record("`proof`", { run: required(word), attached: required(errno([])) })(tree, at, report);
  if (!read?.run || !read.attached) return undefined;
  return { span: tree.span, run: { value: read.run.text, span: read.run.span }, attached: read.attached };
};

/** The format's table. */
const specFields = {
  fault: required(fault),
  return: { read: errno(["NULL", "true"]), required: false, nullable: true as const },
  when: optional(letters),
  callchain: optional(list(frame)),
  trigger: optional(record("`trigger`", triggerFields)),
  target: optional(record("`target`", targetFields)),
  duration: optional(lifetime),
  proof: optional(proof),
};

const documentFields = {
  apiVersion: required(word),
  kind: required(word),
  metadata: optional(record("`metadata`", metadataFields)),
  spec: required(record("an Injection spec", specFields)),
  status: optional(anything),
};

/** Reads a document of kind Injection. */
export function readInjection(tree: Tree, fallback: string, report: Report): Spec[] {
  const read = record("the document", documentFields)(tree, tree.span, report);
  const spec = read?.spec;
  if (!spec) return [];
  const chain = readChain(spec.callchain ?? [], spec.fault, "the last frame", report);
  const own = spec.when && ownCondition(spec.when, spec.fault, report);
  const when = onlyCondition(own, chain.when, report);
  const trigger = triggerOf(spec.trigger ?? {}, spec.fault, report);
  const metadata = readMetadata(tree, read.metadata ?? {});
  if (!spec.fault) return [];
  return [
    {
      kind: "spec",
      span: tree.span,
      input: "Injection",
      name: read.metadata?.name?.text ?? fallback,
      fault: spec.fault,
      ...(spec.return ? { return: spec.return } : {}),
      ...(when ? { when } : {}),
      callchain: chain.callchain,
      trigger,
      target: targetOf(spec.target ?? {}),
      ...(spec.duration ? { duration: spec.duration } : {}),
      ...(metadata ? { metadata } : {}),
      ...(spec.proof ? { proof: spec.proof } : {}),
    },
  ];
}

/** `spec.when`, which speaks of the fault function's parameters by their documented names. */
function ownCondition(when: ScalarTree, of: Fault | undefined, report: Report) {
  return readCondition({ span: when.span, predicate: when.fragment() }, of, report);
}

/** Drops what does not limit anything. Bytes are counted only where the fault function tells how many. */
function triggerOf(read: Values<typeof triggerFields>, of: Fault | undefined, report: Report): Trigger {
  const { space } = read;
  const isCounted = !of || of.kind === "slab" || of.kind === "page" || of.kind === "bio";
  if (space && !isCounted) report(codes.spaceNotCounted(space.span, {}));
  const above = (least: number, limit: Located<number> | undefined) =>
    limit && limit.value > least ? limit : undefined;
  const members: Readonly<Record<keyof Trigger, Located<number> | Located<boolean> | undefined>> = {
    probability: read.probability,
    times: above(0, read.times),
    interval: above(1, read.interval),
    space: above(0, space),
    oncePerStack: read["once-per-stack"],
  };
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Trigger;
}

/** No kind of target at all is every task; that is for the loader to ask about. */
function targetOf(read: Values<typeof targetFields>): Target {
  const { pid = [], tid = [], cgroup = [], comm: names = [], uid = [] } = read;
  return { pid, tid, cgroup, comm: names, uid };
}
