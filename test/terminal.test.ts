import { describe, expect, it } from "vitest";
import { oneLine, printable, widthOf } from "../src/terminal.js";

const shown: readonly (readonly [what: string, text: string, expected: string])[] = [
  ["C0", "\u0000\u001b[31m\b\r", "\\u0000\\u001b[31m\\u0008\\u000d"],
  ["DEL and C1", "\u007f\u0085\u009b31m", "\\u007f\\u0085\\u009b31m"],
  [
    "bidi",
    "\u202ea\u202c\u2066\u2069\u200e\u200f\u061c",
    "\\u202ea\\u202c\\u2066\\u2069\\u200e\\u200f\\u061c",
  ],
  ["Unicode's line breaks", "\u2028\u2029", "\\u2028\\u2029"],
  ["blanks that C and YAML do not know", "a\u00a0b\u2003c\u3000 d", "a\\u00a0b\\u2003c\\u3000 d"],
  ["what hides", "a\u200bb\ufeff\u00ad", "a\\u200bb\\ufeff\\u00ad"],
  ["tags", "\u{e0041}", "\\udb40\\udc41"],
  ["halves", "\ud83c!\udf4c", "\\ud83c!\\udf4c"],
  ["nothing of a text", "é 🍌 漢 e\u0301 👨\u200d👩 \\ \"'`$", "é 🍌 漢 e\u0301 👨\u200d👩 \\ \"'`$"],
];

describe("printable", () => {
  it.each(shown)("escapes %s", (_what, text, expected) => {
    expect(printable(text)).toBe(expected);
  });

  it("keeps newlines and tabs, which one line cannot have", () => {
    expect(printable("a\n\tb")).toBe("a\n\tb");
    expect(oneLine("a\n\tb")).toBe("a\\u000a\\u0009b");
  });

  it("says the same in JSON", () => {
    const text = shown.map(([, raw]) => raw).join("\n");
    expect(JSON.parse(printable(JSON.stringify({ text })))).toEqual({ text });
  });
});

describe("widthOf", () => {
  it.each([
    ["", 0],
    ["abc", 3],
    ["é", 1],
    ["e\u0301", 1],
    ["漢字", 4],
    ["ｶﾅ", 2],
    ["カナ", 4],
    ["ＡＢ", 4],
    ["한글", 4],
    ["\u1112\u1161\u11ab", 2],
    ["🍌", 2],
    ["⌚", 2],
    ["©→", 2],
    ["🇩", 1],
    ["\u{20000}", 2],
    ["हि", 2],
  ])("of %s is %i", (text, width) => {
    expect(widthOf(text)).toBe(width);
  });
});
