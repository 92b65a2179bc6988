/** Fragments put together and cut apart; each unit keeps its place in the source. */

import type { Fragment, Source, Span } from "../source.js";
import { fragmentSpan } from "../source.js";

/** Collects decoded text with the source range that each UTF-16 unit came from. */
export interface Builder {
  readonly units: string[];
  readonly starts: number[];
  readonly ends: number[];
}

/** A builder that holds nothing yet. */
export function builder(): Builder {
  return { units: [], starts: [], ends: [] };
}

/** Adds decoded text that all came from one source range. */
export function put(to: Builder, text: string, start: number, end: number): void {
  for (let i = 0; i < text.length; i++) {
    to.units.push(text[i]!);
    to.starts.push(start);
    to.ends.push(end);
  }
}

/** Adds `text`, which stands letter by letter in the source from `start` on. */
export function copy(to: Builder, text: string, start: number): void {
  for (let i = 0; i < text.length; i++) put(to, text[i]!, start + i, start + i + 1);
}

/** The collected text as a fragment; `span` is where the whole of it stands. */
export function finish(from: Builder, source: Source, start: number, end: number): Fragment {
  const { units, starts, ends } = from;
  return { source, text: units.join(""), starts, ends, span: { source, start, end } };
}

/** The fragment of `text[start, end)`. */
export function cut(fragment: Fragment, start: number, end: number): Fragment {
  const { source, text, starts, ends } = fragment;
  const slice = (places: ArrayLike<number>) => Array.prototype.slice.call(places, start, end) as number[];
  return {
    source,
    text: text.slice(start, end),
    starts: slice(starts),
    ends: slice(ends),
    span: fragmentSpan(fragment, start, end),
  };
}

/** The fragment without the blanks around it. */
export function trim(fragment: Fragment): Fragment {
  const start = fragment.text.length - fragment.text.trimStart().length;
  return cut(fragment, start, Math.max(start, fragment.text.trimEnd().length));
}

/** A whole text that stands for itself, with its place. */
export function located(fragment: Fragment): { readonly value: string; readonly span: Span } {
  return { value: fragment.text, span: fragment.span };
}
