/** The line that a diagnostic speaks of, with its place underlined. */

import { lineSpan, positionOf, type Span, spanText } from "./source.js";
import { oneLine, printable, widthOf } from "./terminal.js";

/** Letters of a line that are shown at once; of a longer one, those around the place. */
const mostLetters = 160;

/** How wide a number of the line is. */
export function numberWidth({ source, start }: Span): number {
  return String(positionOf(source, start).line).length;
}

/** Four lines; line numbers stand in a column as wide as `margin`. `paint` colours the carets. */
export function excerpt(span: Span, margin: string, paint: (text: string) => string): string[] {
  const { source } = span;
  const { line, column } = positionOf(source, span.start);
  const whole = lineSpan(source, line);
  // A place may lie in the line break, or go on behind it.
  const start = Math.min(span.start, whole.end);
  const end = Math.min(Math.max(span.end, start), whole.end);
  const part = around(whole, start);
  const text = (from: number, to: number) => shown(spanText({ source, start: from, end: to }));
  const before = `${part.start > whole.start ? "…" : ""}${text(part.start, start)}`;
  const inside = text(start, Math.min(end, part.end));
  const behind = `${text(Math.min(end, part.end), part.end)}${part.end < whole.end ? "…" : ""}`;
  const carets = "^".repeat(Math.max(1, widthOf(inside)));
  return [
    `${margin}--> ${oneLine(source.name)}:${line}:${column}`,
    `${margin} |`,
    `${String(line).padStart(margin.length)} | ${before}${inside}${behind}`,
    `${margin} | ${" ".repeat(widthOf(before))}${paint(carets)}`,
  ];
}

/** As much of a line as is shown; it holds the offset, and no half of a pair. */
function around(line: Span, offset: number): Span {
  const { source } = line;
  if (line.end - line.start <= mostLetters) return line;
  const furthest = line.end - mostLetters;
  const from = Math.max(line.start, Math.min(offset - mostLetters / 2, furthest));
  const isHalf = (at: number) => /[\udc00-\udfff]/.test(source.text[at] ?? "");
  const start = isHalf(from) ? from - 1 : from;
  const end = from + mostLetters;
  return { source, start, end: isHalf(end) ? end + 1 : end };
}

/** A tab as blanks: how wide it is depends on what stands before it. */
function shown(text: string): string {
  return printable(text).replaceAll("\t", "    ");
}
