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

/** Rows of `distance`, kept from call to call, since a kernel has a hundred thousand names. */
const rows = [0, 1, 2].map(() => new Uint16Array(longest + 8));

/**
 * Optimal string alignment distance; any number above `limit` where it is more than that. Cells further than `limit` from
 * the diagonal cannot be on a path that is short enough, and are left out. Lengths differ by `limit` at most.
 */
function distance(a: string, b: string, limit: number): number {
  let [beforeLast, last, row] = rows as [Uint16Array, Uint16Array, Uint16Array];
  const far = limit + 1;
  for (let j = 0; j <= Math.min(b.length, limit); j++) last[j] = j;
  for (let i = 1; i <= a.length; i++) {
    const [from, to] = [Math.max(1, i - limit), Math.min(b.length, i + limit)];
    row[from - 1] = from === 1 ? i : far;
    if (to === i + limit) last[to] = far;
    let least = row[from - 1]!;
    for (let j = from; j <= to; j++) {
      const change = a.charCodeAt(i - 1) === b.charCodeAt(j - 1) ? 0 : 1;
      let cost = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + change);
      const swapped =
        i > 1 &&
        j > 1 &&
        a.charCodeAt(i - 1) === b.charCodeAt(j - 2) &&
        a.charCodeAt(i - 2) === b.charCodeAt(j - 1);
      if (swapped) cost = Math.min(cost, beforeLast[j - 2]! + 1);
      row[j] = cost;
      if (cost < least) least = cost;
    }
    if (least > limit) return far;
    [beforeLast, last, row] = [last, row, beforeLast];
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
  return near.length ? near : thereAre(candidates);
}

/** Help that lists all that there is, but the empty word, which is another for none. */
export function thereAre(candidates: readonly string[]): string[] {
  const words = candidates.filter((c) => c !== "");
  return [`there are ${words.map((c) => `\`${c}\``).join(", ")}`];
}
