import { describe, expect, it } from "vitest";
import { isScalar, parseDocument, type Scalar, visit } from "yaml";
import { scalarFragment } from "../../src/spec/scalar.js";
import { type Random, seeded } from "./random.js";

/** All scalars of a text that the library takes without errors. */
function scalarsOf(text: string): Scalar[] {
  const document = parseDocument(text, { keepSourceTokens: true, prettyErrors: false, logLevel: "silent" });
  const found: Scalar[] = [];
  if (document.errors.length === 0) visit(document, { Scalar: (_key, node) => void found.push(node) });
  return found.filter((node) => isScalar(node) && node.source !== undefined);
}

/** Checks what holds for each fragment: the library's text, and places in order that hold the letters themselves. */
function check(text: string): number {
  const source = { name: "t.yaml", text };
  const scalars = scalarsOf(text);
  for (const scalar of scalars) {
    const { text: decoded, starts, ends } = scalarFragment(source, scalar);
    expect(decoded, JSON.stringify(text)).toBe(scalar.source);
    for (let i = 0; i < decoded.length; i++) {
      const where = `unit ${i} of ${JSON.stringify(text)}`;
      expect(ends[i]! > starts[i]! || starts[i] === text.length, where).toBe(true);
      if (i > 0) expect(starts[i]! >= starts[i - 1]!, where).toBe(true);
      const isEscaped = scalar.type === "QUOTE_DOUBLE" && text[starts[i]!] === "\\";
      const isOrdinary = /[^\s\\]/.test(decoded[i]!) && !isEscaped;
      if (isOrdinary) expect(text[starts[i]!], where).toBe(decoded[i]);
    }
  }
  return scalars.length;
}

const table = [
  "plain text",
  "a: plain over\n  two lines\n\n\n  and a gap",
  "a: plain \t\n  \t folded",
  "'it''s ''quoted'''",
  "'over\n\n  lines '' here  '",
  `"escapes \\n \\t \\x41 \\u00e9 \\U0001f34c \\" \\\\ \\/ \\_"`,
  `"folded  \n  here \\\n   and joined\n\n  gap"`,
  `"tail blanks  "`,
  "- |\n  literal\n    more\n\n  end\n",
  "- |2\n    indented by two\n  end\n",
  "- |-\n  stripped\n\n",
  "- |+\n  kept\n\n\n",
  "- >\n  folded\n  text\n\n  gap\n    more\n    indented\n  back\n",
  "- >-2\n   one more\n  back\n",
  "- |\n\n\n  leading gap\n",
  "- >+\n\n  a\n\n   \n",
  "- |\n  \ttab first\n  b\n",
  "- >\n  a\n  \tb\n  c\n",
  "- |+\n\n",
  "- |\n",
  "a: bananas 🍌 \u00e9\nb: '🍌''🍌'\nc: \"🍌\\u00e9\"\nd: |\n  🍌\n",
  "# comment\na: |  # comment behind the mark\n  text\n",
  "--- |\nat the left\n",
];

describe("scalarFragment", () => {
  it.each(table)("decodes %j as the library does", (text) => {
    expect(check(text)).toBeGreaterThan(0);
  });

  it.each(table)("decodes %j with CRLF", (text) => {
    expect(check(text.replaceAll("\n", "\r\n"))).toBeGreaterThan(0);
  });

  it("places escapes and pairs on the whole of what stands for a letter", () => {
    const text = `["\\x41b", 'a''b']`;
    const [double, single] = scalarsOf(text).map((s) => scalarFragment({ name: "t", text }, s));
    expect([double!.text, double!.starts, double!.ends]).toEqual(["Ab", [2, 6], [6, 7]]);
    expect([single!.text, single!.starts, single!.ends]).toEqual(["a'b", [11, 12, 14], [12, 14, 15]]);
  });

  it("agrees with the library on random scalars", () => {
    const cases = Number(process.env.FUZZ_CASES ?? 3000);
    let checked = 0;
    for (let seed = 1; seed <= cases; seed++) checked += check(randomText(seeded(seed)));
    expect(checked).toBeGreaterThan(cases / 3);
  });
});

const pieces = [
  "a",
  "b",
  " ",
  "  ",
  "\t",
  "\n",
  "\n\n",
  "\r\n",
  "é",
  "🍌",
  "''",
  "\\n",
  "\\\\",
  '\\"',
  "\\\n",
  "\\x41",
  "#",
  ": ",
  "-",
];

function randomText(random: Random): string {
  const body = Array.from({ length: random.number(12) }, () => random.pick(pieces)).join("");
  const newline = random.pick(["\n", "\r\n"]);
  const indented = `${" ".repeat(random.number(3))}${body}`
    .split(/\r?\n/)
    .join(`${newline}${" ".repeat(1 + random.number(3))}`);
  const mark = random.pick(["|", ">"]) + random.pick(["", "-", "+"]) + random.pick(["", "", "1", "2"]);
  const key = random.pick(["", "a: ", "- "]);
  return random.pick([
    `${key}${body.replaceAll("\n", "\n ")}`,
    `${key}'${body.replaceAll("\n", "\n ")}'`,
    `${key}"${body.replaceAll("\n", "\n ")}"`,
    `${key}${mark}${newline} ${indented}${random.pick(["", newline, newline + newline])}`,
  ]);
}
