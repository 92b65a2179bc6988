/** What a random predicate is made from: a kernel, the variables in scope, and a source of choices. */

import type { CType } from "../../src/bind/ctype.js";
import type { Btf } from "../../src/btf/btf.js";
import type { Kernel } from "../../src/kernel/kernel.js";
import type { Random } from "../spec/random.js";

export interface Variable {
  readonly name: string;
  readonly type: CType;
}

export interface Ground {
  readonly random: Random;
  readonly kernel: Kernel;
  readonly btf: Btf;
  readonly variables: readonly Variable[];
  /** Enum constants of the kernel, a sample. */
  readonly enumerators: readonly string[];
  /** Tags of defined structs and unions that a pointer may be cast to, a sample. */
  readonly records: readonly string[];
  /** Terms that may still be made; then all that are left are the simplest. */
  readonly budget: { left: number };
}

/** A value: C that needs no parentheses wherever an operand may stand, and its type. */
export interface Term {
  readonly text: string;
  readonly type: CType;
}

/** The depth to go on with, as far as the budget lasts. */
export function afford({ budget }: Ground, depth: number): number {
  return --budget.left < 0 ? -2 : depth;
}

/** True so many times in a hundred. */
export function chance(random: Random, percent: number): boolean {
  return random.number(100) < percent;
}

/** Names that something means already: to C, to the headers that the C includes, or to the C itself. */
const awkward = (
  "ctx value_ address_ s_ bytes_ text_ length_ divide remainder holds counters times interval observe events stacks " +
  "targets probability errno current linux unix barrier_var barrier offsetof container_of likely atomic_t list_head " +
  "class new this frame0_when fault_when is_target chains READ SEC COUNT NULLS v1 __u64 _Bool_ bpf_x u32 s64 bool_ " +
  "printf memcpy memcmp abs main p x i"
).split(" ");

/** A name for a parameter or a local, often one that could be in the way of something. */
export function randomName({ random, variables }: Pick<Ground, "random" | "variables">): string {
  const name = chance(random, 40) ? random.pick(awkward) : `local${random.number(1000)}`;
  return variables.some((v) => v.name === name) && chance(random, 70) ? `${name}${random.number(100)}` : name;
}
