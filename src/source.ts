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

/** The line and column of an offset. A CRLF, a lone CR and a LF each end a line. */
export function positionOf(source: Source, offset: number): Position {
  const { text } = source;
  const stop = Math.min(offset, text.length);
  let line = 1;
  let lineStart = 0;
  for (let i = 0; i < stop; i++) {
    const unit = text.charCodeAt(i);
    const ends = unit === 10 || (unit === 13 && text.charCodeAt(i + 1) !== 10);
    if (ends) {
      line++;
      lineStart = i + 1;
    }
  }
  let column = 1;
  for (const _ of text.slice(lineStart, stop)) column++;
  return { line, column };
}

/** The text of a line (from 1), without its line break; the empty string beyond the last line. */
export function lineText(source: Source, line: number): string {
  return source.text.split(/\r\n|\r|\n/)[line - 1] ?? "";
}

/** What the user wrote there, letter by letter. */
export function spanText(span: Span): string {
  return span.source.text.slice(span.start, span.end);
}
