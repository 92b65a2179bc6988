/** Work on many things at a time, but not on all of them. */

import { availableParallelism } from "node:os";

/**
 * Does the work on each item, at most `limit` at a time; results in the items' order. Absent, it is one a processor and
 * another, so that none idles while a file is written.
 */
export async function inParallel<T, R>(
  items: readonly T[],
  work: (item: T, index: number) => Promise<R>,
  limit = availableParallelism() + 1,
): Promise<R[]> {
  const results: R[] = [];
  const waiting = items.entries();
  const worker = async () => {
    for (const [index, item] of waiting) results[index] = await work(item, index);
  };
  await Promise.all(Array.from({ length: Math.max(1, limit) }, worker));
  return results;
}
