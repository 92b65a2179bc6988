/** What a user asked for, in whichever of the input formats: the tree that the readers build and `bind` takes. */

import type { Located, Span } from "../source.js";
import type { Parameter, Predicate } from "./expr.js";

/** An identifier as the user wrote it. */
export type Name = Located<string>;

export type InputFormat = "KernelChaos" | "FailKernRequest" | "inject" | "Injection";

export interface Spec {
  readonly kind: "spec";
  /** The document, the part of one that is a whole spec, or the one-liner. */
  readonly span: Span;
  readonly input: InputFormat;
  /** `metadata.name`, or the file's base name without its ending. Not yet fit for a path. */
  readonly name: string;
  readonly fault: Fault;
  /** The return value as written: an errno's name, `NULL`, `true`; absent: the fault's default. */
  readonly return?: Located<string>;
  /** The condition on the fault function's own parameters. */
  readonly when?: FaultCondition;
  /** Outermost first, whatever the order in the input; never the fault function itself as the innermost. */
  readonly callchain: readonly Frame[];
  readonly trigger: Trigger;
  readonly target: Target;
  /** Time to live in nanoseconds. */
  readonly duration?: Located<bigint>;
  /** Where Chaos Mesh would place it; carried, never interpreted here. */
  readonly placement?: Located<Placement>;
  /** The object that it stands in, where it is not one of its own. */
  readonly within?: Within;
  /** Kubernetes' labels and annotations. */
  readonly metadata?: Located<Metadata>;
  /** Headers that the input names; not needed here, and kept for the formats that have them. */
  readonly headers?: readonly string[];
  readonly proof?: Proof;
}

export type Fault =
  | { readonly kind: "slab" | "page" | "bio"; readonly span: Span }
  | { readonly kind: "syscall"; readonly name: Name; readonly span: Span }
  | { readonly kind: "function"; readonly name: Name; readonly span: Span };

/** `parameters`: the user's own names for the fault function's parameters; absent: the documented ones. */
export interface FaultCondition {
  readonly parameters?: ParameterList;
  readonly predicate: Predicate;
  readonly span: Span;
}

export interface Frame {
  readonly kind: "frame";
  readonly span: Span;
  readonly function: Name;
  /** Absent: the kernel's own names. */
  readonly parameters?: ParameterList;
  /** Absent: always true. */
  readonly when?: Predicate;
}

/** `text` is the C as the user wrote it, decoded from YAML or the shell. */
export interface ParameterList {
  readonly span: Span;
  readonly text: string;
  readonly parameters: readonly Parameter[];
}

/** When an eligible event becomes an injection; an absent member does not limit. */
export interface Trigger {
  /** A fraction, 0 < p ≤ 1. */
  readonly probability?: Located<number>;
  /** At most so many injections, ≥ 1. */
  readonly times?: Located<number>;
  /** One in so many eligible events, ≥ 1. */
  readonly interval?: Located<number>;
  /** So many bytes are let through first, ≥ 1. */
  readonly space?: Located<number>;
  readonly oncePerStack?: Located<boolean>;
}

/** Tasks that are meant; a task that any entry names is one. All empty: every task. */
export interface Target {
  readonly pid: readonly Located<number>[];
  readonly tid: readonly Located<number>[];
  readonly cgroup: readonly Located<string>[];
  readonly comm: readonly Located<string>[];
  readonly uid: readonly Located<number>[];
}

/** Chaos Mesh's selector, mode, value, containerNames and remoteCluster as plain data, as they stood in the manifest. */
export type Placement = Readonly<Record<string, unknown>>;

/** A Chaos Mesh object around a KernelChaos. */
export interface Within {
  readonly span: Span;
  readonly kind: "Schedule" | "Workflow";
  /** When a Schedule, or a Workflow's step of that kind, starts it again. */
  readonly schedule?: Located<string>;
}

/** Names and values as they stood. */
export interface Metadata {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A command for the guest of `injectc boot`, and the errno's name that it must meet while the fault is attached. */
export interface Proof {
  readonly span: Span;
  readonly run: Located<string>;
  readonly attached: Located<string>;
}
