/** The parts of a spec that several formats write alike. */

import type { Predicate } from "../spec/expr.js";
import { type FaultKind, faults } from "../spec/fault.js";
import type { Frame, Spec } from "../spec/spec.js";
import { oneLine } from "../terminal.js";

/** All the user's predicates, the fault function's own last. */
export function predicatesOf({ callchain, when }: Spec): Predicate[] {
  return [...callchain.map((f) => f.when), when?.predicate].filter((p) => p !== undefined);
}

/** A frame in words that every format has; without a function it is about the fault function. */
export interface FrameText {
  readonly function?: string;
  readonly parameters?: string;
  readonly predicate?: string;
}

/** The frames, outermost first, the fault function's own condition aside. */
export function frameTexts({ callchain }: Spec): FrameText[] {
  return callchain.map((frame: Frame) => ({
    function: frame.function.value,
    ...(frame.parameters ? { parameters: frame.parameters.text } : {}),
    ...(frame.when ? { predicate: frame.when.text } : {}),
  }));
}

/** The condition on the fault function as a frame; it has parameters only where they are not the documented ones. */
export function faultFrame({ when, fault }: Spec): FrameText | undefined {
  if (!when) return undefined;
  const signature = fault.kind in faults ? faults[fault.kind as FaultKind].signature : undefined;
  const text = when.parameters?.text;
  const parameters = text === undefined || text.trim() === signature ? {} : { parameters: text };
  return { ...parameters, predicate: when.predicate.text };
}

/** A name that Kubernetes takes: small letters, digits, `-` and `.`. */
export function objectName(name: string): string {
  const letters = name.toLowerCase().replace(/[^a-z0-9.]+/g, "-");
  const parts = letters
    .slice(0, 253)
    .split(".")
    .map((part) => part.replace(/^-+|-+$/g, ""));
  return parts.filter((part) => part !== "").join(".") || "injection";
}

/** The comment right in front of a spec, or at its beginning, without its signs: what its author says of it. */
export function commentOf({ span: { source, start, end } }: Spec): string[] {
  const inside = source.text.slice(start, end).split("\n");
  const first = inside.findIndex((line) => !isComment(line));
  const before = source.text.slice(0, start).split("\n");
  const above = before.slice(before.findLastIndex((line) => !isComment(line)) + 1);
  const lines = [...above, ...inside.slice(0, first)].join("\n").trim();
  return lines === "" ? [] : lines.split("\n").map(commentText);
}

function isComment(line: string): boolean {
  return /^\s*(?:#|$)/.test(line);
}

function commentText(line: string): string {
  return oneLine(line.trim().replace(/^#\s?/, "").replaceAll("\t", " "));
}

/** The name that bcc and bpfki have for the fault; only of the three that they know. */
export function faultRowOf({ fault }: Spec) {
  if (fault.kind === "syscall" || fault.kind === "function")
    throw new TypeError("not one of the three faults");
  return faults[fault.kind];
}
