/** Probabilities as each format writes them. */

import { fractionOf } from "../spec/percent.js";

/** A whole percentage that is the same fraction, if there is one. */
export function percentOf(fraction: number): number | undefined {
  const percent = Math.round(fraction * 100);
  return percent > 0 && percent / 100 === fraction ? percent : undefined;
}

/** The shortest percentage that is the same fraction, `12.5%`, or where there is none the fraction itself. */
export function percentText(fraction: number): string {
  for (let digits = 1; digits <= 17; digits++) {
    const percent = Number((fraction * 100).toPrecision(digits));
    if (fractionOf(String(percent)) === fraction) return `${percent}%`;
  }
  return String(fraction);
}
