import { describe, expect, it } from "vitest";
import { wholeFragment } from "../../../src/source.js";
import { parseChain, parseParameters, parsePredicate } from "../../../src/spec/c/parse.js";

function codeOf(text: string): string | undefined {
  return parsePredicate(wholeFragment({ name: "t", text })).diagnostics[0]?.code;
}

const around = (n: number, open: string, inner: string, close: string) =>
  open.repeat(n) + inner + close.repeat(n);
const row = (n: number, operator: string) => `${`a${operator}`.repeat(n)}a`;

/** At the limit, and one beyond. */
const limits: readonly (readonly [what: string, at: string, beyond: string, code: string])[] = [
  ["brackets", around(64, "(", "a", ")"), around(65, "(", "a", ")"), "predicate-too-deep"],
  ["calls", around(64, "f(", "a", ")"), around(65, "f(", "a", ")"), "predicate-too-deep"],
  ["indices", around(64, "a[", "0", "]"), around(65, "a[", "0", "]"), "predicate-too-deep"],
  ["compounds", around(32, "({", "a", ";})"), around(33, "({", "a", ";})"), "predicate-too-deep"],
  ["unary operators", `${"!".repeat(64)}a`, `${"!".repeat(65)}a`, "predicate-too-deep"],
  ["unary operators apart", `${"- ".repeat(64)}a`, `${"- ".repeat(65)}a`, "predicate-too-deep"],
  ["sums", row(64, "+"), row(65, "+"), "predicate-too-deep"],
  ["members", `a${"->b".repeat(64)}`, `a${"->b".repeat(65)}`, "predicate-too-deep"],
  ["casts", `${"(u8)".repeat(64)}a`, `${"(u8)".repeat(65)}a`, "predicate-too-deep"],
  [
    "conditions in turn",
    around(32, "a && (a || ", "a", ")"),
    around(33, "a && (a || ", "a", ")"),
    "predicate-too-deep",
  ],
  ["values of cases", around(64, "a ? ", "a", " : a"), around(65, "a ? ", "a", " : a"), "predicate-too-deep"],
  ["words", row(511, "&&"), `!${row(511, "&&")}&&a`, "predicate-too-long"],
  ["letters", `a${" ".repeat(16383)}`, `a${" ".repeat(16384)}`, "predicate-too-long"],
  ["a string", `f("${"x".repeat(255)}")`, `f("${"x".repeat(256)}")`, "string-too-long"],
  [
    "adjacent strings",
    `f("${"x".repeat(200)}" "${"\\n".repeat(55)}")`,
    `f("${"x".repeat(200)}" "${"\\n".repeat(56)}")`,
    "string-too-long",
  ],
  ["a string of wide letters", `f("${"é".repeat(127)}")`, `f("${"é".repeat(128)}")`, "string-too-long"],
];

/** Each would take a naive parser for ever, or its whole stack. */
const bombs = [
  around(10_000, "(", "a", ")"),
  "(".repeat(10_000),
  around(5_000, "({", "a", ";})"),
  `${"(a)".repeat(300)}@`,
  `${"(u8)".repeat(250)}+`,
  `${"(u8)(".repeat(60)}+`,
  `${"f(".repeat(64)}${")".repeat(63)}]`,
  `${"({ int x = ".repeat(32)}1; x`,
  `${"({ int x = (u8)(".repeat(20)}=${"); x; })".repeat(20)}`,
  around(31, "({ u8 x = (u8)(", "a b", "); x; })"),
  `${"a?".repeat(500)}b`,
  `${"a?".repeat(250)}b${":c".repeat(249)}=`,
  `${"!".repeat(10_000)}a`,
  `${"sizeof ".repeat(10_000)}a`,
  `${"(a * ".repeat(60)}b${")".repeat(60)} = 3`,
  `${"[".repeat(64)}${"]".repeat(64)}`,
  `${"(*".repeat(60)}a${")(b)".repeat(60)}`,
  `int (${"*(".repeat(60)}a${")".repeat(61)}`,
  `(int ${"(*(".repeat(30)}${"))()".repeat(30)})a=`,
];

describe("limits", () => {
  it.each(limits)("of %s", (_what, at, beyond, code) => {
    expect(codeOf(at)).toBeUndefined();
    expect(codeOf(beyond)).toBe(code);
  });

  it.each(bombs.map((text) => [text.slice(0, 30), text]))("refuses %s…", (_shown, text) => {
    expect(codeOf(text)).toBeDefined();
    expect(parseParameters(wholeFragment({ name: "t", text }))).toHaveProperty("ok");
  });

  it.each([
    ["a ? b : ".repeat(250)],
    ["f(a) || ".repeat(200)],
    ["a && ".repeat(500)],
    ["a && b || ".repeat(250)],
  ])("takes long rows of cases and conditions: %s…", (cases) => {
    expect(codeOf(`${cases}x`)).toBeUndefined();
  });

  it("guards a call chain like a predicate", () => {
    expect(
      parseChain(wholeFragment({ name: "t", text: `f${"(".repeat(10_000)}` })).diagnostics[0]?.code,
    ).toBe("predicate-too-deep");
  });
});
