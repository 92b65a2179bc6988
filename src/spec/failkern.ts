/** bpfki's FailKernRequest as proto3 JSON: message FailKernRequest of proto/bpfki.proto. */

import type { Located, Span } from "../source.js";
import { oneOfThese } from "../spelling.js";
import { readChain } from "./chain.js";
import * as codes from "./codes.js";
import { faultKind, faults } from "./fault.js";
import { list, optional, type Reader, type Report, record, type Values } from "./field.js";
import { percentHelp } from "./percent.js";
import { checkZero, headers, readRequest, requestFrame } from "./request.js";
import type { Spec, Target } from "./spec.js";
import { entryOf, kindOf, type Tree } from "./tree.js";
import { integer } from "./value.js";

const maxUint32 = 2 ** 32 - 1;
/** PID_MAX_LIMIT of include/linux/threads.h; 0 is nobody. */
const maxPid = 2 ** 22;

/** proto3 JSON takes numbers in quotes, too. */
const number: Reader<Located<number>> = (tree, _at, report) => {
  const value = tree.kind === "scalar" ? tree.value : null;
  const isNumeric = typeof value === "string" && /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(value);
  if (typeof value === "number" || isNumeric) return { value: Number(value), span: tree.span };
  report(codes.wrongType(tree.span, { expected: "a number", found: kindOf(tree) }));
  return undefined;
};

/** A whole number, 0 or more, with or without quotes. */
function whole(max: number): Reader<Located<number>> {
  return (tree, at, report) => {
    const read = number(tree, at, report);
    if (!read || !("text" in tree)) return undefined;
    return integer(0, max)({ ...tree, value: read.value }, at, report);
  };
}

/** The chance, of which bpfki makes 32 bits of a random number. */
const fraction: Reader<Located<number>> = (tree, at, report) => {
  const read = number(tree, at, report);
  if (!read || !checkZero(read, "bpfki reads it as always", report)) return undefined;
  if (read.value > 0 && read.value <= 1) return read;
  const labels = { value: String(read.value), range: "a fraction above 0, at most 1" };
  report(codes.outOfRange(tree.span, labels, { help: percentHelp(read.value) }));
  return undefined;
};

/** The enum's name or number. */
const failtype: Reader<keyof typeof faults> = (tree, at, report) => {
  if (tree.kind === "scalar" && typeof tree.value === "string") {
    const kind = faultKind((row) => row.failtype.name === tree.text);
    if (kind) return kind;
    const names = Object.values(faults).map((row) => row.failtype.name);
    report(codes.unknownValue(tree.span, { value: tree.text }, { help: oneOfThese(tree.text, names) }));
    return undefined;
  }
  const read = integer(0, 2)(tree, at, report);
  return read && faultKind((row) => row.failtype.number === read.value);
};

/** The names of the message's fields, which are the same in both of proto3's spellings. */
const fields = {
  pid: optional(whole(maxPid)),
  tid: optional(whole(maxPid)),
  ftype: optional(failtype),
  headers: optional(headers),
  callchain: optional(list(requestFrame)),
  probability: optional(fraction),
  times: optional(whole(maxUint32)),
};

/** The names by which such a document is known. */
export const requestNames: readonly string[] = Object.keys(fields);

/** Reads a document that is one FailKernRequest. What is left out has proto3's default: a slab fault, always. */
export function readFailKernRequest(tree: Tree, name: string, report: Report): Spec[] {
  const read = record("a FailKernRequest", fields)(tree, tree.span, report);
  if (!read) return [];
  const { ftype, callchain: frames = [], pid, tid, ...rest } = read;
  const target = targetOf(pid, tid);
  const isForAll =
    target.pid.length + target.tid.length === 0 && !isUnread(read, "pid") && !isUnread(read, "tid");
  if (isForAll) report(codes.bpfkiNoTask(firstField(tree), {}));
  if (isUnread(read, "ftype")) {
    readChain(frames, undefined, "the last frame", report);
    return [];
  }
  const at = tree.kind === "map" ? entryOf(tree, "ftype")?.value.span : undefined;
  const fault = { kind: ftype ?? "slab", span: at ?? tree.span };
  return [
    {
      kind: "spec",
      span: tree.span,
      input: "FailKernRequest",
      name,
      ...readRequest({ fault, frames, ...rest }, report),
      target,
    },
  ];
}

/** Whether the field is there, but wrong. */
function isUnread(read: Values<typeof fields>, name: keyof typeof fields): boolean {
  return name in read && read[name] === undefined;
}

/** A place for what is said of the whole request. */
function firstField(tree: Tree): Span {
  return (tree.kind === "map" && tree.entries[0]?.keySpan) || tree.span;
}

/** A thread counts before its process, and 0 is nobody (FailKern::update_inject_cond of src/bpfki.cc). */
function targetOf(pid: Located<number> | undefined, tid: Located<number> | undefined): Target {
  const isThread = tid !== undefined && tid.value !== 0 && tid.value !== pid?.value;
  const isProcess = !isThread && pid !== undefined && pid.value !== 0;
  return { pid: isProcess ? [pid] : [], tid: isThread ? [tid] : [], cgroup: [], comm: [], uid: [] };
}
