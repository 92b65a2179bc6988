import { describe, expect, it } from "vitest";
import { spanText, wholeFragment } from "../../../src/source.js";
import { parseParameters } from "../../../src/spec/c/parse.js";
import { problemsOf } from "../table.js";
import { printType } from "./print.js";

function parse(text: string): string[] {
  const parsed = parseParameters(wholeFragment({ name: "t", text }));
  if (!parsed.ok) throw new Error(parsed.diagnostics.map((d) => d.message).join("; "));
  return parsed.value.parameters.map(({ type, name }) => `${name?.value ?? "-"}: ${printType(type)}`);
}

const lists: readonly (readonly [text: string, parameters: readonly string[]])[] = [
  ["", []],
  [" /* none */ ", []],
  ["void", []],
  ["void *p", ["p: void*"]],
  ["struct dentry *parent, const struct qstr *name", ["parent: struct dentry*", "name: struct qstr*"]],
  ["struct kmem_cache *s, gfp_t gfpflags", ["s: struct kmem_cache*", "gfpflags: gfp_t"]],
  ["gfp_t gfp_mask, unsigned int order", ["gfp_mask: gfp_t", "order: unsigned int"]],
  [
    "unsigned order, long unsigned x, long long y",
    ["order: unsigned int", "x: unsigned long", "y: long long"],
  ],
  ["unsigned const int x, signed char c, short int s", ["x: unsigned int", "c: signed char", "s: short"]],
  ["const char __user *buf", ["buf: user char*"]],
  ["char * __user * __restrict argv", ["argv: user char**"]],
  [
    "struct task_struct __rcu *t, int __percpu *n, void __iomem *r",
    ["t: struct task_struct*", "n: int*", "r: void*"],
  ],
  ["enum zone_type zone, union u u", ["zone: enum zone_type", "u: union u"]],
  ["int, struct file *, size_t", ["-: int", "-: struct file*", "-: size_t"]],
  [
    "int a[4], char *b[], u8 mac[ETH_ALEN], int m[2][3]",
    ["a: int[4]", "b: char*[]", "mac: u8[]", "m: int[3][2]"],
  ],
  ["int (*fn)(struct file *, int), void *arg", ["fn: int()*", "arg: void*"]],
  ["void (*fns[2])(void)", ["fns: void()*[2]"]],
  ["int (*)(int), int []", ["-: int()*", "-: int[]"]],
  ["void (*(*get)(int))(char)", ["get: void()*()*"]],
  ["const char *fmt, ...", ["fmt: char*"]],
  ["int int a, short char b", ["a: int int", "b: short char"]],
  ["bool on, _Bool off, __int128 big", ["on: bool", "off: _Bool", "big: __int128"]],
];

const mistakes: readonly (readonly [text: string, code: string, at: string])[] = [
  ["struct dentry *parent,", "syntax", "1:23"],
  ["struct *p", "syntax", "1:8"],
  ["a b c", "syntax", "1:5"],
  ["int a b", "syntax", "1:7"],
  ["int register", "keyword-as-name", "1:5"],
  ["struct file *default", "keyword-as-name", "1:14"],
  ["int a = 3", "syntax", "1:7"],
  ["...", "syntax", "1:1"],
  ["struct { int a; } *p", "syntax", "1:8"],
  ["*p", "syntax", "1:1"],
  ["int (*f)(int", "unbalanced-bracket", "1:9"],
  ["int a)", "unbalanced-bracket", "1:6"],
  ["int é", "stray-character", "1:5"],
  ["..., int a", "syntax", "1:1"],
  [`${"int,".repeat(600)}int`, "predicate-too-long", "1:2049"],
];

describe("parameters", () => {
  it.each(lists)("parses %s", (text, parameters) => {
    expect(parse(text)).toEqual(parameters);
  });

  it.each(mistakes)("refuses %s", (text, code, at) => {
    const parsed = parseParameters(wholeFragment({ name: "t", text }));
    expect(problemsOf(parsed.diagnostics)).toEqual([{ code, at }]);
  });

  it("gives each parameter, its type and its name a place", () => {
    const parsed = parseParameters(
      wholeFragment({ name: "t", text: " const struct qstr * name , int (*f)(int) " }),
    );
    const places = parsed.ok
      ? parsed.value.parameters.map((p) => [p.span, p.type.span, p.name!.span].map(spanText))
      : [];
    expect(places).toEqual([
      ["const struct qstr * name", "const struct qstr *", "name"],
      ["int (*f)(int)", "int (*f)(int)", "f"],
    ]);
  });
});
