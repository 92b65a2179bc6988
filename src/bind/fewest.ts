/** The fewest objects that serve all the kernels. */

import type { BackendChoice } from "./backend.js";
import type { Bound } from "./bound.js";
import { joined, settled } from "./join.js";
import type { FaultPlan, FramePlan, Variant } from "./plan.js";
import { makeVariant } from "./variant.js";

/** A spec bound to one kernel, before it is known which others its object can serve. */
export interface Draft {
  readonly bound: Bound;
  readonly choice: BackendChoice;
  /** Whether it may use what came with 5.15. */
  readonly modern: boolean;
  readonly programs: Programs;
}

interface Programs {
  readonly fault: FaultPlan;
  readonly frames: readonly FramePlan[];
}

interface Group {
  readonly members: readonly Draft[];
  readonly programs: Programs;
}

/**
 * Drafts whose objects are the same but for the kernels that they serve become one. Those that demand more come first: a
 * loader takes the first that its kernel can do.
 */
export function fewest(drafts: readonly Draft[]): Variant[] {
  const groups: Group[] = [];
  for (const draft of drafts) {
    const i = groups.findIndex((group) => together(group, draft) !== undefined);
    if (i < 0) groups.push({ members: [draft], programs: draft.programs });
    else groups[i] = together(groups[i]!, draft)!;
  }
  return groups.map(variantOf).sort((a, b) => b.needs.features.length - a.needs.features.length);
}

function together(group: Group, draft: Draft): Group | undefined {
  const programs = joined(group.programs, draft.programs);
  if (!programs) return undefined;
  const members = [...group.members, draft];
  const keys = new Set(members.map((member) => keyOf(variantFor(member, programs))));
  return keys.size === 1 ? { members, programs } : undefined;
}

function variantFor({ bound, choice, modern }: Draft, { fault, frames }: Programs): Variant {
  return makeVariant(bound, choice, modern, fault, frames);
}

function variantOf({ members, programs }: Group): Variant {
  const settledPrograms = settled(programs);
  const variants = members.map((member) => variantFor(member, settledPrograms));
  const first = variants[0]!;
  const functions = first.needs.functions.map(({ name, arities }) => {
    const all = variants.flatMap((v) => v.needs.functions.find((f) => f.name === name)?.arities ?? []);
    return arities ? { name, arities: [...new Set(all)].sort((a, b) => a - b) } : { name };
  });
  return {
    ...first,
    kernels: variants.flatMap((v) => v.kernels),
    busy: variants.some((v) => v.busy),
    needs: { ...first.needs, functions },
  };
}

function keyOf(variant: Variant): string {
  return JSON.stringify({ ...variant, kernels: null, busy: null, reason: null }, canonical);
}

function canonical(key: string, value: unknown): unknown {
  // A type's name and shape are in the plan; where a BTF defines it, and what a typedef calls it, make no difference.
  // Parameters are read by their place, whatever comes behind them.
  if (["definition", "label", "span", "config", "arities"].includes(key)) return undefined;
  if (typeof value === "bigint") return value.toString();
  return value instanceof Uint8Array ? [...value] : value;
}
