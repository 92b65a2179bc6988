/** What the user wrote, and where in it something stands. */

/** One text that diagnostics can point into: a file, standard input or a command-line argument. */
export interface Source {
  /** How messages call it: a path as the user gave it, `<stdin>`, or `--spec`. */
  readonly name: string;
  readonly text: string;
}

/** A half-open range `[start, end)` of UTF-16 offsets into `source.text`. */
export interface Span {
  readonly source: Source;
  readonly start: number;
  readonly end: number;
}

/** A line and a column, both from 1; columns count Unicode code points. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A value together with the place where the user wrote it. */
export interface Located<T> {
  readonly value: T;
  readonly span: Span;
}

/**
 * A text that was cut out of a source and decoded (a YAML scalar, a shell word), with the source range of each
 * of its UTF-16 units, so that a parser of the fragment can report places in the file itself.
 */
export interface Fragment {
  readonly source: Source;
  readonly text: string;
  /** `starts[i]` and `ends[i]` bound, in the source, what decodes to `text[i]`; both have `text.length` entries. */
  readonly starts: ArrayLike<number>;
  readonly ends: ArrayLike<number>;
  /** Where the whole fragment stands; serves an empty text and its end. */
  readonly span: Span;
}

/** A source as one fragment: every unit stands for itself. */
export function wholeFragment(source: Source): Fragment {
  const { length } = source.text;
  const starts = Array.from({ length }, (_, i) => i);
  const ends = starts.map((i) => i + 1);
  return { source, text: source.text, starts, ends, span: { source, start: 0, end: length } };
}

/** The source range of `text[start, end)` of a fragment. */
export function fragmentSpan(fragment: Fragment, start: number, end: number): Span {
  const { source, text, starts, ends, span } = fragment;
  if (text.length === 0) return span;
  const first = start < text.length ? starts[start]! : ends[text.length - 1]!;
  const last = end > start ? ends[Math.min(end, text.length) - 1]! : first;
  return { source, start: first, end: Math.max(first, last) };
}

/** The smallest span that holds both; they stand in one source. */
export function joinSpans(a: Span, b: Span): Span {
  return { source: a.source, start: Math.min(a.start, b.start), end: Math.max(a.end, b.end) };
}

/** What finds lines and columns in a text, in order. */
interface Index {
  /** Where each line begins. A CRLF, a lone CR and a LF each end a line. */
  readonly lines: readonly number[];
  /** The second half of each code point that has two. */
  readonly halves: readonly number[];
}

/** Kept, since a text may have a hundred things to say of it. */
const indices = new WeakMap<Source, Index>();

function indexOf(source: Source): Index {
  const known = indices.get(source);
  if (known) return known;
  const index = { lines: [0], halves: [] as number[] };
  for (const { index: at, 0: found } of source.text.matchAll(/\r\n?|\n|[\ud800-\udbff][\udc00-\udfff]/g)) {
    if (found < "\ud800") index.lines.push(at + found.length);
    else index.halves.push(at + 1);
  }
  indices.set(source, index);
  return index;
}

/** How many of the ascending numbers are below the limit. */
function countBelow(numbers: readonly number[], limit: number): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle]! < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The line and column of an offset; what is behind the end is at the end. */
export function positionOf(source: Source, offset: number): Position {
  const { lines, halves } = indexOf(source);
  const stop = Math.min(offset, source.text.length);
  const line = countBelow(lines, stop + 1);
  const start = lines[line - 1]!;
  const pairs = countBelow(halves, stop) - countBelow(halves, start);
  return { line, column: stop - start - pairs + 1 };
}

/** A line (from 1) without its line break; empty, at the end, beyond the last line. */
export function lineSpan(source: Source, line: number): Span {
  const { text } = source;
  const { lines } = indexOf(source);
  const start = lines[line - 1] ?? text.length;
  let end = lines[line] ?? text.length;
  if (end > start && text[end - 1] === "\n") end--;
  if (end > start && text[end - 1] === "\r") end--;
  return { source, start, end };
}

/** What the user wrote there, letter by letter. */
export function spanText(span: Span): string {
  return span.source.text.slice(span.start, span.end);
}
