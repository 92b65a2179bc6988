/** The fewest objects that serve all the kernels. */

import type { Variant } from "./plan.js";

/**
 * Variants that are the same but for the kernels that they serve become one. Those that demand more come first: a loader
 * takes the first that its kernel can do.
 */
export function fewest(variants: readonly Variant[]): Variant[] {
  const groups = new Map<string, Variant>();
  for (const variant of variants) {
    const key = JSON.stringify({ ...variant, kernels: null, reason: null }, canonical);
    const same = groups.get(key);
    groups.set(key, same ? { ...same, kernels: [...same.kernels, ...variant.kernels] } : variant);
  }
  return [...groups.values()].sort((a, b) => b.needs.features.length - a.needs.features.length);
}

function canonical(key: string, value: unknown): unknown {
  // A type's name and shape are in the plan; where a BTF defines it, and what a typedef calls it, make no difference.
  if (key === "definition" || key === "label" || key === "span" || key === "config") return undefined;
  if (typeof value === "bigint") return value.toString();
  return value instanceof Uint8Array ? [...value] : value;
}
