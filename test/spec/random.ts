/** Seeded random choices, so that a failing case can be repeated. */

export interface Random {
  /** A whole number from 0 to `below` - 1. */
  readonly number: (below: number) => number;
  readonly pick: <T>(from: readonly T[]) => T;
}

/** The mulberry32 generator. */
export function seeded(seed: number): Random {
  let state = seed;
  const number = (below: number) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
  return { number, pick: (from) => from[number(from.length)]! };
}
