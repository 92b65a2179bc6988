/**
 * One plan out of two kernels' plans of one spec. They may differ in which fields exist: what `exists()` keeps from being
 * run in one kernel is not typed there, and comes from the other.
 */

import type { ParameterPlan, Typed } from "./plan.js";

/** The plan that serves both, whatever its kind; `undefined` where they differ in more than fields that `exists()` guards. */
export function joined<T>(a: T, b: T): T | undefined {
  const both = join(a, b);
  return both === disagreement ? undefined : (both as T);
}

const disagreement = Symbol("disagreement");
type Joined = unknown | typeof disagreement;

/** How types are called, where they are defined, where fields and words stand makes no difference to an object. */
const besides: ReadonlySet<string> = new Set(["definition", "label", "offset", "span"]);

function join(a: unknown, b: unknown): Joined {
  if (Object.is(a, b)) return a;
  if (a instanceof Uint8Array && b instanceof Uint8Array)
    return Buffer.compare(a, b) === 0 ? a : disagreement;
  if (!isObject(a) || !isObject(b)) return disagreement;
  if (a.kind === "skipped") return b;
  if (b.kind === "skipped") return a;
  if (a.kind === "exists" && b.kind === "exists") return joinExistence(a as Existence, b as Existence);
  if (Array.isArray(a) !== Array.isArray(b)) return disagreement;
  return Array.isArray(a) && Array.isArray(b) ? joinLists(a, b) : joinMembers(a, b);
}

type Existence = Extract<Typed, { kind: "exists" }>;

function joinExistence(a: Existence, b: Existence): Existence {
  const place = a.place ?? b.place;
  return { ...a, ...(place ? { place } : {}), present: a.present === b.present ? a.present : "some" };
}

function joinMembers(a: Record<string, unknown>, b: Record<string, unknown>): Joined {
  const all: Record<string, unknown> = {};
  for (const name of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const value = joinMember(name, a, b);
    if (value === disagreement) return disagreement;
    if (value !== undefined) all[name] = value;
  }
  return all;
}

function joinMember(name: string, a: Record<string, unknown>, b: Record<string, unknown>): Joined {
  if (besides.has(name)) return a[name] ?? b[name];
  if (name === "reads") return joinReads(a, b);
  // A parameter more behind those that are read makes no difference.
  if (name === "slots") return Math.min(a.slots as number, b.slots as number);
  // An array's elements stand where they stand, however many there are; what counts them differs by itself.
  if (name === "length" && a.kind === "array") return Math.min(a.length as number, b.length as number);
  return join(a[name], b[name]);
}

function joinLists(a: readonly unknown[], b: readonly unknown[]): Joined {
  if (a.length !== b.length) return disagreement;
  const all = a.map((item, i) => join(item, b[i]));
  return all.includes(disagreement) ? disagreement : all;
}

/** Parameters that are read, each by its register; what one kernel skips may read more of them. One that moved has two. */
function joinReads(a: Record<string, unknown>, b: Record<string, unknown>): Joined {
  const bySlot = new Map<number, ParameterPlan | typeof disagreement>();
  for (const read of [...(a.reads as ParameterPlan[]), ...(b.reads as ParameterPlan[])]) {
    const other = bySlot.get(read.slot);
    bySlot.set(read.slot, other === undefined ? read : (join(other, read) as ParameterPlan));
  }
  const all = [...bySlot].sort(([x], [y]) => x - y).map(([, read]) => read);
  const names = all.map((read) => (read === disagreement ? undefined : (read as ParameterPlan).name));
  return names.includes(undefined) || new Set(names).size < names.length ? disagreement : all;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !(value instanceof Uint8Array);
}

/** The plan with the answers that all its kernels share as constants, and without what they keep from being run. */
export function settled<T>(plan: T): T {
  return settle(plan) as T;
}

function settle(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(settle);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([name, v]) => [name, besides.has(name) ? v : settle(v)]);
  return settleNode(Object.fromEntries(entries));
}

function settleNode(node: Record<string, unknown>): unknown {
  const typed = node as unknown as Typed;
  if (typed.kind === "exists" && typed.present !== "some") {
    return { kind: "constant", type: typed.type, value: typed.present ? 1n : 0n };
  }
  if (typed.kind === "binary" && typed.right.kind === "skipped") {
    return { kind: "constant", type: typed.type, value: typed.operator === "||" ? 1n : 0n };
  }
  if (typed.kind === "conditional" && typed.consequent.kind === "skipped") return typed.alternate;
  if (typed.kind === "conditional" && typed.alternate.kind === "skipped") return typed.consequent;
  return node;
}
