/** The faults that have names of their own, and how each input format calls them. */

import type { Fault } from "./spec.js";

/** What these faults are called here and in native specs. */
export type FaultKind = "slab" | "page" | "bio";

/** One fault in all of the formats' words. */
export interface FaultRow {
  readonly function: string;
  /** The parameters as the formats document them (tools/inject.py of bcc, src/bpfki.cc of bpfki), and their names. */
  readonly signature: string;
  readonly parameters: readonly string[];
  /** bcc inject's mode. */
  readonly mode: string;
  /** bpfki's FAILTYPE, whose number is KernelChaos's `failtype`. */
  readonly failtype: { readonly name: string; readonly number: number };
}

/** The rows; their functions are those that the kernel's own fault injection asks (mm/failslab.c and so on). */
export const faults: Readonly<Record<FaultKind, FaultRow>> = {
  slab: {
    function: "should_failslab",
    signature: "struct kmem_cache *s, gfp_t gfpflags",
    parameters: ["s", "gfpflags"],
    mode: "kmalloc",
    failtype: { name: "SLAB", number: 0 },
  },
  page: {
    function: "should_fail_alloc_page",
    signature: "gfp_t gfp_mask, unsigned int order",
    parameters: ["gfp_mask", "order"],
    mode: "alloc_page",
    failtype: { name: "PAGE", number: 1 },
  },
  bio: {
    function: "should_fail_bio",
    signature: "struct bio *bio",
    parameters: ["bio"],
    mode: "bio",
    failtype: { name: "BIO", number: 2 },
  },
};

/** The kind whose row fits. */
export function faultKind(fits: (row: FaultRow) => boolean): FaultKind | undefined {
  return (Object.keys(faults) as FaultKind[]).find((kind) => fits(faults[kind]));
}

/** Names under which a call chain may speak of the fault function itself. */
export function faultNames(fault: Fault): readonly string[] {
  if (fault.kind === "function") return [fault.name.value];
  if (fault.kind !== "syscall") return [faults[fault.kind].function];
  const { value } = fault.name;
  return [`sys_${value}`, `SyS_${value}`, `__x64_sys_${value}`, `__arm64_sys_${value}`];
}

/** The documented names of the fault function's parameters; empty where the kernel's own are used. */
export function faultParameters(fault: Fault): readonly string[] {
  return fault.kind === "function" || fault.kind === "syscall" ? [] : faults[fault.kind].parameters;
}
