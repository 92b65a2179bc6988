/** How many of the selected pods are meant, and which: FilterObjectsByMode() of Chaos Mesh's pkg/selector/generic/mode.go. */

import { createHash } from "node:crypto";

/** A number from 0 up to, and without, `below`; all are equally likely. */
export type Draw = (below: number) => number;

/** Draws that are the same for the same seed, on every machine. */
export function drawsOf(seed: string): Draw {
  let count = 0;
  const bits = 48;
  return (below) => {
    const fair = 2 ** bits - (2 ** bits % below);
    for (;;) {
      const number = createHash("sha256")
        .update(`${seed}:${count++}`)
        .digest()
        .readUIntBE(0, bits / 8);
      if (number < fair) return number % below;
    }
  };
}

/** Whether it takes chance: some of several, or a percentage. */
export function isRandom(mode: string, value: string | undefined, count: number): boolean {
  return mode === "random-max-percent" || (mode !== "all" && sizeOf(mode, value, count, () => 0) < count);
}

/** The places of those that are meant, in order; `value` must be such as the mode takes. */
export function chosen(mode: string, value: string | undefined, count: number, draw: Draw): number[] {
  const size = sizeOf(mode, value, count, draw);
  if (size >= count) return Array.from({ length: count }, (_, i) => i);
  const places = new Set<number>();
  while (places.size < size) places.add(draw(count));
  return [...places].sort((a, b) => a - b);
}

function sizeOf(mode: string, value: string | undefined, count: number, draw: Draw): number {
  const number = Number(value);
  const share = (percentage: number) => Math.ceil((count * percentage) / 100);
  switch (mode) {
    case "one":
      return 1;
    case "fixed":
      return number;
    case "fixed-percent":
      return share(number);
    case "random-max-percent":
      return share(draw(number + 1));
    default:
      return count;
  }
}
