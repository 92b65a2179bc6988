import { describe, expect, it } from "vitest";
import { wholeFragment } from "../../../src/source.js";
import { parsePredicate } from "../../../src/spec/c/parse.js";
import { problemsOf } from "../table.js";

function refusal(text: string) {
  const parsed = parsePredicate(wholeFragment({ name: "t", text }));
  expect(parsed.ok, text).toBe(false);
  expect(parsed.diagnostics).toHaveLength(1);
  return parsed.diagnostics[0]!;
}

/** Text, code, place, and a word of the message or the help. */
const mistakes: readonly (readonly [text: string, code: string, at: string, says: string])[] = [
  ["", "empty-predicate", "1:1", "empty"],
  ["  /* nothing */ ", "empty-predicate", "1:1", "empty"],
  ["a = 3", "assignment", "1:3", "`==` compares"],
  ["a += 3", "assignment", "1:3", "`+=`"],
  ["a <<= 3", "assignment", "1:3", "`<<=`"],
  ["*p = 3", "assignment", "1:4", "`=`"],
  ["++a", "assignment", "1:1", "`++`"],
  ["a--", "assignment", "1:2", "`--`"],
  ["({ int x = 1; x = 2; x; })", "assignment", "1:17", "`=`"],
  ["a === b", "syntax", "1:3", "C compares by `==`"],
  ["a !== b", "syntax", "1:3", "C compares by `==`"],
  ["a <> b", "syntax", "1:4", "`!=`"],
  ["a and b", "syntax", "1:3", "`&&`"],
  ["a or b", "syntax", "1:3", "`||`"],
  ["not a", "syntax", "1:5", "`!`"],
  ["if (a) b;", "statement", "1:1", "`if`"],
  ["({ for (;;) a; a; })", "statement", "1:4", "`for`"],
  ["({ return a; })", "statement", "1:4", "`return`"],
  ["a ->", "syntax", "1:5", "expected a name, found the end"],
  ["a - >b", "syntax", "1:5", "without a blank"],
  ["a.3", "syntax", "1:3", "expected a name"],
  ["a->for", "keyword-as-name", "1:4", "`for`"],
  ["a +", "syntax", "1:4", "expected an expression, found the end"],
  ["* ", "syntax", "1:3", "an expression"],
  ["a b", "syntax", "1:3", "an operator"],
  ["a, b", "syntax", "1:2", "`&&`"],
  ["a;", "syntax", "1:2", "without `;`"],
  ["a ?: b", "syntax", "1:4", "cannot be left out"],
  ["a ? b", "syntax", "1:6", "`:`"],
  ["a => b", "syntax", "1:3", "joins the frames"],
  ["p->f(x)", "syntax", "1:5", "only the built-ins"],
  ["(*f)(x)", "syntax", "1:5", "only the built-ins"],
  ["f(x)(y)", "syntax", "1:5", "only the built-ins"],
  ["f(a,)", "syntax", "1:5", "an expression"],
  ["f(a b)", "syntax", "1:5", "an operator"],
  ["{ a; }", "syntax", "1:1", "`({ …; })`"],
  ["(struct s){ 1 }.a", "syntax", "1:11", "no compound literals"],
  ["(int[]) {1, 2}[0]", "syntax", "1:9", "no compound literals"],
  ["({ a })", "syntax", "1:6", "`;`"],
  ["({ })", "syntax", "1:4", "an expression"],
  ["({ int x = 1; })", "syntax", "1:15", "the last statement"],
  ["({ int x; x; })", "syntax", "1:9", "where it is declared"],
  ["({ int x = 1, y; x; })", "syntax", "1:16", "where it is declared"],
  ["({ int 3 = 1; 3; })", "syntax", "1:8", "a name"],
  ["a[]", "syntax", "1:3", "an expression"],
  ["sizeof", "syntax", "1:7", "an expression"],
  ['L"text"', "syntax", "1:2", "no prefix"],
  ["u'c'", "syntax", "1:2", "no prefix"],
  ["(a", "unbalanced-bracket", "1:1", "never closed"],
  ["((a) && f(b)", "unbalanced-bracket", "1:1", "never closed"],
  ["f(a[1)", "unbalanced-bracket", "1:6", "does not close `[`"],
  ["a)", "unbalanced-bracket", "1:2", "closes nothing"],
  ['f("a)', "unclosed-literal", "1:3", "string"],
  ['f("a\nb")', "unclosed-literal", "1:3", "string"],
  ["a == 'b", "unclosed-literal", "1:6", "character"],
  ["a /* b", "unclosed-literal", "1:3", "comment"],
  ["a == 'bananas'", "bad-literal", "1:6", '"bananas"'],
  ["a == ''", "bad-literal", "1:6", "no character"],
  ["a == 'é'", "bad-literal", "1:6", "one byte"],
  ["a == 1.5", "bad-literal", "1:6", "floating point"],
  ["a == 1e3", "bad-literal", "1:6", "floating point"],
  ["a == 089", "bad-literal", "1:6", "octal"],
  ["a == 0xzz", "bad-literal", "1:6", "not a number"],
  ["a == 1lul", "bad-literal", "1:6", "not a number"],
  ["a == 12px", "bad-literal", "1:6", "not a number"],
  ['f("\\q")', "bad-literal", "1:4", "no such escape"],
  ['f("ab\\x")', "bad-literal", "1:6", "hexadecimal"],
  ['f("\\x100")', "bad-literal", "1:4", "byte"],
  ['f("\\777")', "bad-literal", "1:4", "byte"],
  ['f("\\u12")', "bad-literal", "1:4", "4 hexadecimal"],
  ['f("\\ud800")', "bad-literal", "1:4", "no such character"],
  ["f(“a”)", "stray-character", "1:3", '`"`'],
  ["a – b", "stray-character", "1:3", "`-`"],
  ["a # b", "stray-character", "1:3", "`#`"],
  ["a \u0001 b", "stray-character", "1:3", ""],
  ["a == 🍌", "stray-character", "1:6", "🍌"],
  ["a\n  && b = c", "assignment", "2:8", "`==` compares"],
  ["container_of(a, struct b, c)->d", "syntax", "1:17", "`container_of(p, struct x, m)` is"],
  ["offsetof(struct b, c) == 8", "syntax", "1:10", "`offsetof(struct x, m)` is"],
];

describe("mistakes in a predicate", () => {
  it.each(mistakes)("%s", (text, code, at, says) => {
    const diagnostic = refusal(text);
    expect(problemsOf([diagnostic])).toEqual([{ code, at }]);
    expect([diagnostic.message, ...diagnostic.help].join("\n")).toContain(says);
  });

  it("names what was expected in few words", () => {
    expect(refusal("a == ").message).toBe("expected an expression, found the end");
    expect(refusal("a->1").message).toBe("expected a name, found `1`");
    expect(refusal("sizeof(struct)").message).toBe("expected a name, found `)`");
    expect(refusal("f(a; b)").message).toBe("expected an operator, `,` or `)`, found `;`");
  });

  it("shows where the bracket that is closed wrongly was opened", () => {
    const [note] = refusal("f(a[1)").notes;
    expect(note?.span?.start).toBe(3);
  });
});
