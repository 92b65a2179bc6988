import { describe, expect, it } from "vitest";
import { lineSpan, positionOf, spanText } from "../src/source.js";
import { seeded } from "./spec/random.js";

const source = (text: string) => ({ name: "t", text });

const rows: readonly (readonly [text: string, offset: number, at: string])[] = [
  ["", 0, "1:1"],
  ["a", 1, "1:2"],
  ["a", 9, "1:2"],
  ["a\nb", 2, "2:1"],
  ["a\n", 2, "2:1"],
  ["a\r\nb", 1, "1:2"],
  ["a\r\nb", 3, "2:1"],
  ["a\rb", 2, "2:1"],
  ["a\r\rb", 3, "3:1"],
  ["a\n\r\nb", 4, "3:1"],
  ["é🍌x", 3, "1:3"],
  ["🍌\n🍌🍌x", 7, "2:3"],
  ["🍌", 1, "1:2"],
  ["\ud83c\ud83cx", 2, "1:3"],
  ["e\u0301x", 2, "1:3"],
  ["a\u2028b", 2, "1:3"],
];

describe("positionOf", () => {
  it.each(rows)("%j, %i: %s", (text, offset, at) => {
    const { line, column } = positionOf(source(text), offset);
    expect(`${line}:${column}`).toBe(at);
  });

  it("counts as a walk from the start does", () => {
    for (let seed = 1; seed <= 300; seed++) {
      const random = seeded(seed);
      const pieces = ["a", "\n", "\r", "\r\n", "🍌", "\ud83c", "\udf4c", "é", "\u2028"];
      const text = source(Array.from({ length: random.number(30) }, () => random.pick(pieces)).join(""));
      for (let offset = 0; offset <= text.text.length; offset++) {
        const lines = text.text.slice(0, offset).split(/\r\n|\n|\r(?!\n)|\r$/);
        // Between the two letters of a CRLF the line has not ended.
        const inBreak = text.text.slice(offset - 1, offset + 1) === "\r\n";
        const last = inBreak ? `${lines.at(-2)}\r` : lines.at(-1)!;
        const expected = { line: lines.length - Number(inBreak), column: [...last].length + 1 };
        expect(positionOf(text, offset), `${offset} in ${JSON.stringify(text.text)}`).toEqual(expected);
      }
    }
  });
});

describe("lineSpan", () => {
  it.each([
    ["a\r\nb\rc\n\nd", ["a", "b", "c", "", "d", ""]],
    ["", ["", ""]],
    ["\r\n\r", ["", "", ""]],
    ["a\n\rb", ["a", "", "b"]],
  ])("of %j", (text, lines) => {
    expect(lines.map((_, i) => spanText(lineSpan(source(text), i + 1)))).toEqual(lines);
  });
});
