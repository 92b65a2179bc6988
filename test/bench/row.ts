/** What a bench measures, and the one way to measure it. */

/** Something of ours against something else; both in the same unit, the less the better. */
export interface Row {
  readonly what: string;
  readonly ours: number;
  readonly against: string;
  readonly theirs: number;
  /** The most that `ours / theirs` should be; absent where the ratio is only of interest. */
  readonly goal?: number;
  /** `ms` where there is none. */
  readonly unit?: string;
}

/** Why something could not be measured here. */
export interface Missing {
  readonly what: string;
  readonly missing: string;
}

/** A file of this folder exports one. */
export type Bench = () => Promise<readonly (Row | Missing)[]>;

/** Does a piece of work and gives how many milliseconds it took, by whatever clock fits it. */
export type Work = () => number | Promise<number>;

/** The median of each, measured in turn so that what else the machine does hits all alike; a first round does not count. */
export async function inTurn<const T extends readonly Work[]>(
  works: T,
  rounds = 11,
): Promise<{ [K in keyof T]: number }> {
  const times: number[][] = works.map(() => []);
  for (let round = 0; round <= rounds; round++) {
    for (const [i, work] of works.entries()) {
      const time = await work();
      if (round > 0) times[i]!.push(time);
    }
  }
  return times.map(median) as { [K in keyof T]: number };
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[times.length >> 1]!;
}
