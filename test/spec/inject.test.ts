import { describe, expect, it } from "vitest";
import { readOneLiner, readSpecs } from "../../src/spec/read.js";
import { print } from "./c/print.js";
import { type Problem, problems, problemsOf, specs } from "./table.js";

type Row = readonly [text: string, problems: readonly Problem[]];
const error = (code: string, at: string): readonly Problem[] => [{ code, at }];
const file = (text: string) => specs(text, "dir/one.inject")[0]!;

const argumentLines: readonly Row[] = [
  ["kmalloc 'f()'", []],
  ["'kmalloc' \"f()\"\n", []],
  ["# a comment\n\nkmalloc # another\n  'f()'\n", []],
  ["kmalloc \\\n  'f()'", []],
  ["kmalloc 'f() =>\n  g()'", []],
  ["kmalloc f\\(\\)", []],
  ["-v kmalloc -P 0.5 'f()' -c 3", error("rolled-once", "1:15")],
  ["-vP 0.5 kmalloc 'f()'", error("rolled-once", "1:5")],
  ["kmalloc 'f()' -P0.5 -c3 --verbose", error("rolled-once", "1:17")],
  ["kmalloc 'f()' --probability=0.5 --count 3", error("rolled-once", "1:29")],
  ["kmalloc 'f()' --prob 0.5 --cou=3", error("rolled-once", "1:22")],
  ["kmalloc 'f()' -P=0.5 -c=3", error("rolled-once", "1:18")],
  ["kmalloc 'f()' -vP=0.5", error("out-of-range", "1:18")],
  ["kmalloc -- 'f()'", []],
  ["sudo inject kmalloc 'f()'", error("unexpected-argument", "1:13")],
  ["inject kmalloc 'f()'", []],
  ["./inject.py kmalloc -v 'f()'", []],
  ["/usr/sbin/inject-bpfcc kmalloc 'f()'", []],
  ["kmalloc 'f()' -I linux/mm.h -I 'linux/fs.h'", error("headers-not-needed", "1:18")],
  ["kmalloc", error("missing-argument", "1:1")],
  ["# nothing", error("missing-argument", "1:1")],
  ["kmalloc 'f()' 'g()'", error("unexpected-argument", "1:15")],
  ["kmalloc 'f()' --probabilty 0.5", error("unexpected-argument", "1:15")],
  ["kmalloc 'f()' -x", error("unexpected-argument", "1:15")],
  ["kmalloc 'f()' -h", error("unexpected-argument", "1:15")],
  ["kmalloc 'f()' -P", error("missing-argument", "1:15")],
  ["kmaloc 'f()'", error("unknown-value", "1:1")],
  ["slab 'f()'", error("unknown-value", "1:1")],
  ["constructor 'f()'", error("unknown-value", "1:1")],
  ["kmalloc 'f()' -P 0", error("zero-probability", "1:18")],
  ["kmalloc 'f()' -P 2", error("out-of-range", "1:18")],
  ["kmalloc 'f()' -P -1", error("out-of-range", "1:18")],
  ["kmalloc 'f()' -P half", error("out-of-range", "1:18")],
  ["kmalloc 'f()' -P 1", []],
  ["kmalloc 'f()' -P 1e-2", error("rolled-once", "1:18")],
  ["kmalloc 'f()' -c 0", error("bcc-count-zero", "1:18")],
  ["kmalloc 'f()' -c -1", error("out-of-range", "1:18")],
  ["kmalloc 'f()' -c abc", error("out-of-range", "1:18")],
  ["kmalloc 'f()' -c 1.5", error("out-of-range", "1:18")],
  ["kmalloc f()", error("shell-syntax", "1:10")],
  ["kmalloc 'f()", error("shell-syntax", "1:9")],
  ['kmalloc "f()', error("shell-syntax", "1:9")],
  ['kmalloc "f(int $a)"', error("shell-syntax", "1:16")],
  ["kmalloc $X", error("shell-syntax", "1:9")],
  ["kmalloc 'f()' | cat", error("shell-syntax", "1:15")],
  ["kmalloc 'f()' > out", error("shell-syntax", "1:15")],
];

/** Call chains in mode kmalloc; the places are in `--spec`. */
const chains: readonly Row[] = [
  ["f()", []],
  ["f() => g()", []],
  [" f() =>  g(int a) (a) ", []],
  ["f ()", error("bcc-blank", "1:2")],
  ["f() => g\n(int a)", error("bcc-blank", "1:9")],
  ["(true) => f()(true)", []],
  ["(true)", []],
  ["f(int a)(a == 1) => g()", []],
  ["f.isra.0()", error("bcc-clone-name", "1:1")],
  ["", error("syntax", "1:1")],
  ["f", error("syntax", "1:2")],
  ["f => g()", error("syntax", "1:3")],
  ["f() =>", error("syntax", "1:7")],
  ["f() => => g()", error("syntax", "1:8")],
  ["f() g()", error("syntax", "1:5")],
  ["f() -> g()", error("syntax", "1:5")],
  ["f() = > g()", error("syntax", "1:5")],
  ["f(", error("unbalanced-bracket", "1:2")],
  ["f())", error("unbalanced-bracket", "1:4")],
  ["f(int a)(a == 1", error("unbalanced-bracket", "1:9")],
  ["1f()", error("syntax", "1:1")],
  ["f()()", error("empty-predicate", "1:5")],
  ["()", error("empty-predicate", "1:2")],
  ["f(int a)(a)(a)", error("extra-predicate", "1:12")],
  ["(s)(s)", error("extra-predicate", "1:4")],
  ["f() => (s)", error("misplaced-predicate", "1:8")],
  ["f() => should_failslab()", [...error("misplaced-fault", "1:8"), ...error("bcc-fault-frame", "1:8")]],
  ["should_failslab(struct kmem_cache *s, gfp_t gfpflags)(s) => f()", []],
  ["should_failslab(struct kmem_cache *c)(c) => f()", error("bcc-fault-frame", "1:1")],
  ["f(int a)(a = 1)", error("assignment", "1:12")],
  ["f(int)(1)", []],
  ["f(int p)(p)", error("bcc-parameter-name", "1:7")],
  ["f(int a, int a)", error("duplicate-parameter", "1:14")],
  ["f(char *a)(STRCMP(a, bananas))", []],
  ["f(char *a)(STRCMP(a, 'bananas'))", error("bcc-literal", "1:22")],
  ["f(char *a)(STRCMP(a, it\\n))", error("bcc-literal", "1:22")],
  ["f(char *a, int b)((b) && STRCMP(a, bananas))", []],
  ["f(char *a, int b)(b == 1 && (b) && STRCMP(a, bananas))", error("bcc-literal", "1:46")],
  ["f(char *a)(STRCMP((char *)a, bananas))", error("bcc-literal", "1:30")],
  ["f(char *a)(STRCMP(a, b) || STRCMP(a, c))", []],
  ["f(char *a)(STRCMP(a, b) || (10) || STRCMP(a, c))", error("bcc-literal", "1:46")],
  ["f(struct q *a)(STRCMP(a->b, b))", []],
  ['f(char *a)(STRCMP(a, "bananas"))', error("bcc-literal", "1:22")],
  ['f(char *a)(STRCMP(a, "a,b)"))', error("bcc-literal", "1:22")],
  ["f(char *a)(STRNCMP(a, 'bananas', 8))", error("bad-literal", "1:23")],
  ["f(char *a)(STRNCMP(a, bananas, 8))", error("bcc-builtin", "1:12")],
  [
    'f(char *a)(STRPREFIX(a, "b") || STRSTR(a, "b"))',
    [...error("bcc-builtin", "1:12"), ...error("bcc-builtin", "1:33")],
  ],
  ["f(struct a *a)(exists(a->b))", error("bcc-builtin", "1:16")],
  ["f()(a == 1)", error("parameters-needed", "1:5")],
  ["f()(FOO == 1)", []],
  ["f()(({ int a = 1; a; }))", []],
  ["(gfpflags == 1)", []],
  ["f(int a)(a) => f(int a)(!a)", []],
  ["f(int a)(a) => f(int b)(!b)", error("bcc-repeated-frame", "1:16")],
  ["f(int a)(a) => f()", error("bcc-repeated-frame", "1:16")],
  ["SyS_mount()", []],
  ["sys_mount(char *dev)", []],
  ["__x64_sys_mount(const struct pt_regs *regs)(regs->di)", []],
  ["sys_mount(char *dev)(dev)", error("wrapper-arguments", "1:22")],
  [
    "__x64_sys_mount()(dev_name)",
    [...error("parameters-needed", "1:19"), ...error("wrapper-arguments", "1:19")],
  ],
  ["f(size_t count)", []],
  ["f(struct mount *m)", error("bcc-parameter-name", "1:17")],
  ["f(int a)(a == 'bananas')", error("bad-literal", "1:15")],
  ["f(char *a)(STRCMP(a, ))", error("syntax", "1:22")],
  ["f(char *a)(STRCMP(a))", []],
  ["f(char *a)(STRCMP(a, it's))", error("unclosed-literal", "1:24")],
  [`f${"()=>f".repeat(16)}()`, error("too-many-frames", "1:1")],
  ["f(int a)(/* a) */ a) => g() // end", []],
  ["f(int if)(a)", error("keyword-as-name", "1:7")],
  ["should_fail_bio() => f()", error("other-fault", "1:1")],
];

/** What bcc's string arguments mean. */
const literals: readonly (readonly [predicate: string, tree: string])[] = [
  ["STRCMP(a, bananas)", 'STRCMP(a, "bananas")'],
  ["STRCMP( a->b ,  two words )", 'STRCMP((a->b), "two words")'],
  ["STRCMP(a, 'bananas')", 'STRCMP(a, "bananas")'],
  ["STRCMP(a, 'a,b)')", 'STRCMP(a, "a,b)")'],
  ["STRCMP(a, a\\nb)", 'STRCMP(a, "a\\\\nb")'],
  ["STRCMP(a, 'a\\tb')", 'STRCMP(a, "a\\tb")'],
  ["STRCMP(a, foo-1.2/x@y)", 'STRCMP(a, "foo-1.2/x@y")'],
  ["STRCMP(f(a, b)[1], x) && !STRCMP(a, y)", '(STRCMP((f(a, b)[1]), "x") && (!STRCMP(a, "y")))'],
  ["STRCMP((char *)a, b)", 'STRCMP(((char*)a), "b")'],
  ["MYSTRCMP(a, b)", "MYSTRCMP(a, b)"],
  ['STRNCMP(a, "STRCMP(x, y)", 3)', 'STRNCMP(a, "STRCMP(x, y)", 3)'],
  ['STRCMP(a, "STRCMP(x, y)") && STRCMP(a, z)', '(STRCMP(a, "STRCMP(x, y)") && STRCMP(a, "z"))'],
];

/** What to do about a sign that a shell would take for its own. */
it.each([
  ["kmalloc f()", "put the call chain in single quotes"],
  ["kmalloc f => g", "put the call chain in single quotes"],
  ["kmalloc 'f()'; ls", "each call stands on a line of its own, and nothing else: take it away"],
])("%s: %s", (text, help) => {
  expect(readSpecs({ name: "t.inject", text }).diagnostics.map((d) => d.help)).toEqual([[help]]);
});

/** What was given, and the fraction that a percentage is: not what dividing makes of it, 0.011000000000000001. */
it.each([
  ["1.1", "`1.1` is not possible here: it must be a fraction above 0, at most 1", ["1.1 % is 0.011"]],
  ["5%", "`5%` is not possible here: it must be a fraction above 0, at most 1", []],
  ["''", "`` is not possible here: it must be a fraction above 0, at most 1", []],
])("-P %s", (value, message, help) => {
  const { diagnostics } = readSpecs({ name: "t.inject", text: `kmalloc 'f()' -P ${value}` });
  expect(diagnostics).toEqual([expect.objectContaining({ message, help })]);
});

describe("an argument line", () => {
  it.each(argumentLines)("%s", (text, expected) => {
    expect(problems(text, "one.inject")).toEqual(expected);
  });

  it("is read into a spec", () => {
    expect(file("alloc_page -P 0.5 -c 100 'f() => g()'")).toMatchObject({
      input: "inject",
      name: "one",
      fault: { kind: "page" },
      trigger: { probability: { value: 0.5 }, times: { value: 100 } },
      target: { pid: [], cgroup: [] },
    });
  });

  it("may be several, each on a line that begins with the program", () => {
    const text =
      "# two\ninject kmalloc 'f()'\n  ./inject.py bio -P 0.5 \\\n  'inject() =>\ninject()' -I inject\n";
    expect(specs(text, "dir/one.inject")).toMatchObject([
      { name: "one", fault: { kind: "slab" }, callchain: [{ function: { value: "f" } }] },
      { name: "one-2", fault: { kind: "bio" }, callchain: [{}, { function: { value: "inject" } }] },
    ]);
    expect(problems("inject kmalloc 'f()'\ninject bio 'f('", "one.inject")).toEqual(
      error("unbalanced-bracket", "2:14"),
    );
    expect(problems("kmalloc 'f()'\n-I inject", "one.inject")).toEqual(error("headers-not-needed", "2:4"));
  });

  it("does not take its time over what is long", () => {
    const many = "inject ".repeat(100_000);
    expect(problems(`kmalloc 'f()' ${many}`, "one.inject")).not.toEqual([]);
    const comments = `STRCMP(a, ${"/* */ ".repeat(2000)} x)`;
    expect(problems(`kmalloc 'f(char *a)(${comments})'`, "one.inject")).not.toEqual([]);
  });

  it("has the last of an option that is there twice", () => {
    expect(file("kmalloc 'f()' -c 1 -c 2").trigger.times?.value).toBe(2);
  });

  it("keeps places through quotes and joined lines", () => {
    expect(problems('kmalloc \\\n "f(char *a)(STRCMP(a, \\"x\\") = 1)"', "one.inject")).toEqual([
      { code: "bcc-literal", at: "2:24" },
      { code: "assignment", at: "2:31" },
    ]);
  });

  it("reads bcc's manual as the shell would", () => {
    const spec = file(
      "kmalloc -v 'd_alloc_parallel(struct dentry *parent, const struct\nqstr *name)(STRCMP(name->name, 'bananas'))'",
    );
    expect(print(spec.callchain[0]!.when!.expression)).toBe('STRCMP((name->name), "bananas")');
  });
});

describe("a call chain", () => {
  it.each(chains)("%s", (spec, expected) => {
    expect(problemsOf(readOneLiner({ mode: "kmalloc", spec }).diagnostics)).toEqual(expected);
  });

  it("is written innermost first and kept outermost first", () => {
    const { callchain, when } = file("bio '(bio) => a() => b() => c()'");
    expect(callchain.map((f) => f.function.value)).toEqual(["c", "b", "a"]);
    expect(when?.predicate.text).toBe("bio");
  });

  it("takes bcc's own spelling of the fault function for a condition", () => {
    const spec = file(
      'alloc_page "should_fail_alloc_page(gfp_t gfp_mask, unsigned int order) (order == 1) => f()"',
    );
    expect(spec.callchain.map((f) => f.function.value)).toEqual(["f"]);
    expect(spec.when).toMatchObject({ predicate: { text: "order == 1" } });
    expect(spec.when?.parameters?.parameters.map((p) => p.name?.value)).toEqual(["gfp_mask", "order"]);
  });

  it.each(literals)("has %s for the string", (predicate, tree) => {
    const read = readOneLiner({ mode: "kmalloc", spec: `f(char *a)(${predicate})` });
    expect(read.ok && print(read.value.callchain[0]!.when!.expression)).toBe(tree);
  });
});

describe("a one-liner's options", () => {
  it("have places of their own", () => {
    const read = readOneLiner({
      mode: "disk",
      spec: "f(",
      probability: "0",
      count: "x",
      headers: ["linux/fs.h"],
    });
    const places = read.diagnostics.map((d) => `${d.span?.source.name} ${d.code}`);
    expect(places.sort()).toEqual([
      "--mode unknown-value",
      "--spec unbalanced-bracket",
      "-I headers-not-needed",
      "-P zero-probability",
      "-c out-of-range",
    ]);
  });

  it("roll for a spec of one frame, too, where bcc does not", () => {
    const read = readOneLiner({ mode: "bio", spec: "(true)", probability: "0.01" });
    expect(problemsOf(read.diagnostics)).toEqual(error("bcc-probability", "1:1"));
    expect(read.ok && read.value.trigger.probability?.value).toBe(0.01);
    const other = readOneLiner({ mode: "bio", spec: "f()", probability: "0.01" });
    expect(problemsOf(other.diagnostics)).toEqual(error("rolled-once", "1:1"));
  });
});
