import { describe, expect, it } from "vitest";
import { type Diagnostic, defineCode, diagnosticJson, formatDiagnostic } from "../src/diagnostic.js";
import { readSpecs } from "../src/spec/read.js";
import { widthOf } from "../src/terminal.js";

const wrong = defineCode<{ text: string }>("wrong", "error", ({ text }) => `\`${text}\` is wrong`, "Wrong.");

/** Of the last two lines of an excerpt, what stands over the carets. */
function underlined(d: Diagnostic): string {
  const lines = formatDiagnostic(d).split("\n");
  const carets = lines.findIndex((line) => /^ *\| *\^+$/.test(line));
  const [shown, marks] = [lines[carets - 1]!, lines[carets]!];
  const [from, to] = [marks.indexOf("^"), marks.length];
  let column = 0;
  return [...shown].reduce((all, letter) => {
    const inside = column >= from && column < to;
    column += widthOf(letter);
    return inside ? all + letter : all;
  }, "");
}

const inScalars: readonly (readonly [what: string, when: string])[] = [
  ["plain", "a == nope->x"],
  ["plain over lines", "a ==\n        nope->x"],
  ["single quotes", "'a == ''b'' && nope->x'"],
  ["double quotes with escapes", '"a == \\"\\x41\\u00e9\\" && nope->x"'],
  ["double quotes over lines", '"a == 1 \\\n        && nope->x"'],
  ["a literal block", "|\n        a == 1 &&\n        nope->x\n"],
  ["a folded block", ">-\n        a == 1 &&\n\n        nope->x\n"],
  ["a folded block with more indentation", ">\n        a == 1\n          && nope->x\n"],
  ["a block with tabs", "|\n        a ==\t1 &&\t\tnope->x\n"],
  ["wide letters before it", `'STRCMP(a, "漢字カナ") && nope->x'`],
  ["pictures before it", `'STRCMP(a, "🍌🍌") && nope->x'`],
  ["letters over letters before it", `'STRCMP(a, "e\u0301e\u0301") && nope->x'`],
  ["a joined picture before it", `'STRCMP(a, "👨\u200d👩") && nope->x'`],
  ["controls before it", `'STRCMP(a, "\u009b31m\u202e") && nope->x'`],
  ["the end of a long line", `'${"a == 1 && ".repeat(90)}nope->x'`],
  ["the middle of a long line", `'${"a == 1 && ".repeat(45)}nope->x${" && a == 1".repeat(45)}'`],
  [
    "a long line of pictures",
    `'STRCMP(a, "${"🍌".repeat(60)}") && nope->x && STRCMP(a, "${"🍌".repeat(60)}")'`,
  ],
];

/** Makes the `x` behind `nope->` a keyword, which the grammar refuses at its place. */
function refused(when: string, break_: string): readonly Diagnostic[] {
  const lines = [
    "apiVersion: injectc.dev/v1",
    "kind: Injection",
    "spec:",
    "  fault: slab",
    "  callchain:",
    `    - function: f\n      when: ${when.replace("nope->x", "nope->struct")}`,
    "",
  ];
  return readSpecs({ name: "t.yaml", text: lines.join("\n").replaceAll("\n", break_) }).diagnostics;
}

describe("carets", () => {
  it.each(inScalars)("stand under the mistake in %s", (_what, when) => {
    for (const lineBreak of ["\n", "\r\n"]) {
      const found = refused(when, lineBreak);
      expect(found.map(({ code, span }) => [code, span?.source.text.slice(span.start, span.end)])).toEqual([
        ["keyword-as-name", "struct"],
      ]);
      expect(underlined(found[0]!)).toBe("struct");
    }
  });

  it("stand under a flow scalar's mistake", () => {
    const text = `apiVersion: injectc.dev/v1\nkind: Injection\nspec: { fault: slab, when: "é\\t🍌" }\n`;
    const [found] = readSpecs({ name: "t.yaml", text }).diagnostics;
    expect(underlined(found!)).toBe("é");
    expect(diagnosticJson(found!)).toMatchObject({ start: { line: 3, column: 29 }, end: { column: 30 } });
  });

  it("stop at the end of the line, and stand behind it for what is missing there", () => {
    const at = (start: number, end: number) => ({ source: { name: "t", text: "ab\r\ncd\r\n" }, start, end });
    expect(underlined(wrong(at(1, 6), { text: "" }))).toBe("b");
    expect(formatDiagnostic(wrong(at(2, 3), { text: "" }))).toMatch(/\n {2}\| {3}\^$/);
    expect(formatDiagnostic(wrong(at(8, 8), { text: "" }))).toMatch(/t:3:1\n {2}\|\n3 \| \n {2}\| \^$/);
  });
});

describe("what is printed", () => {
  const nasty = "\u001b]0;x\u0007\u009b31m\u202e\n\t\r`";
  const diagnostic = wrong(
    { source: { name: `a${nasty}`, text: `b${nasty.replace(/[\n\r]/g, "")}` }, start: 0, end: 1 },
    { text: nasty },
    { help: [nasty], notes: [{ text: nasty }], kernels: [nasty, nasty] },
  );

  it("has nothing that steers a terminal", () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is the point
    expect(formatDiagnostic(diagnostic)).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/);
  });

  it("begins no line with what a user wrote", () => {
    const lines = formatDiagnostic(diagnostic).split("\n");
    expect(lines.slice(1).filter((line) => !/^(?: |1 \|)/.test(line))).toEqual([]);
  });

  it("is no longer than anyone reads", () => {
    const text = "x".repeat(1 << 20);
    const long = wrong({ source: { name: "t", text }, start: 9, end: 1 << 19 }, { text }, { help: [text] });
    expect(long.message).toMatch(/^`x{1999} … x+` is wrong$/);
    expect(formatDiagnostic(long).length).toBeLessThan(10_000);
  });
});
