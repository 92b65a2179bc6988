/** What a user may have meant by a word that is not known. */

const longest = 200;

/**
 * The candidate nearest to a word: the fewest letters inserted, removed, replaced or swapped with their neighbour,
 * case aside; `undefined` where all are further off than a third of the word (and than four letters), and for words that
 * are longer than any name. The first of equals.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length > longest) return undefined;
  const wanted = word.toLowerCase();
  let limit = Math.min(4, Math.floor((word.length + 1) / 3));
  let best: string | undefined;
  for (const candidate of candidates) {
    if (candidate === word || Math.abs(candidate.length - word.length) > limit) continue;
    const found = distance(wanted, candidate.toLowerCase(), limit);
    if (found > limit || (best !== undefined && found === limit)) continue;
    best = candidate;
    limit = found;
  }
  return best;
}

/** Optimal string alignment distance; any number above `limit` where it is more than that. */
function distance(a: string, b: string, limit: number): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      let cost = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + change);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) cost = Math.min(cost, beforeLast[j - 2]! + 1);
      row.push(cost);
    }
    if (Math.min(...row) > limit) return limit + 1;
    beforeLast = last;
    last = row;
  }
  return last[b.length]!;
}

/** Help for a word that is not known: the nearest candidate, or nothing. */
export function didYouMean(word: string, candidates: Iterable<string>): string[] {
  const near = nearest(word, candidates);
  return near === undefined ? [] : [`did you mean \`${near}\`?`];
}

/** Help for a word that is none of a few: the nearest of them, or all. */
export function oneOfThese(word: string, candidates: readonly string[]): string[] {
  const near = didYouMean(word, candidates);
  return near.length ? near : [`there are ${candidates.map((c) => `\`${c}\``).join(", ")}`];
}
