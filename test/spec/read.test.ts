import { describe, expect, it } from "vitest";
import { readSpecs } from "../../src/spec/read.js";
import { plainData } from "../../src/spec/tree.js";
import { readYaml } from "../../src/spec/yaml.js";
import { type Problem, problems, specs } from "./table.js";

type Row = readonly [what: string, text: string, problems: readonly Problem[]];
const error = (code: string, at: string): readonly Problem[] => [{ code, at }];

const injection = "apiVersion: injectc.dev/v1\nkind: Injection\nspec: { fault: slab }\n";
const chaos =
  "apiVersion: chaos-mesh.org/v1alpha1\nkind: KernelChaos\nspec: { mode: one, selector: {}, failKernRequest: { failtype: 0 } }\n";

const kinds: readonly Row[] = [
  ["our own kind", injection, []],
  ["JSON", '{"apiVersion": "injectc.dev/v1", "kind": "Injection", "spec": {"fault": "slab"}}', []],
  ["several documents", `---\n${injection}---\n# nothing\n---\n${chaos}...\n`, []],
  [
    "a List",
    `apiVersion: v1\nkind: List\nitems:\n- ${chaos.replaceAll("\n", "\n  ")}\n- ${injection.replaceAll("\n", "\n  ").replace("slab", "1")}`,
    error("wrong-type", "10:18"),
  ],
  ["a List of nothing", "apiVersion: v1\nkind: List\nitems: []\n", error("no-spec", "1:1")],
  [
    "a List that is none",
    "apiVersion: v1\nkind: List\nitems: 3\n",
    [...error("no-spec", "1:1"), ...error("skipped-document", "2:7")],
  ],
  ["nothing", "", error("no-spec", "1:1")],
  ["comments", "# nothing\n", error("no-spec", "1:1")],
  ["empty documents", "---\n---\n", error("no-spec", "1:1")],
  ["a list", "- a\n", error("wrong-type", "1:1")],
  ["a bare argument line", "kmalloc -P 0.5", error("wrong-type", "1:1")],
  ["a misspelt kind", chaos.replace("KernelChaos", "KernalChaos"), error("unknown-kind", "2:7")],
  [
    "a kind of ours that is not there",
    injection.replace("kind: Injection", "kind: Fault"),
    error("unknown-kind", "2:7"),
  ],
  ["another version", chaos.replace("v1alpha1", "v1"), error("unknown-kind", "1:13")],
  ["another group", chaos.replace("chaos-mesh.org", "pingcap.com"), error("unknown-kind", "1:13")],
  ["no kind", injection.replace("kind: Injection\n", ""), error("missing-field", "1:1")],
  ["no version", injection.replace("apiVersion: injectc.dev/v1\n", ""), error("missing-field", "1:1")],
  ["a kind that is a number", injection.replace("Injection", "1"), error("missing-field", "1:1")],
  [
    "an object of another kind",
    `${injection}---\napiVersion: v1\nkind: Pod\nspec: {}\n`,
    error("skipped-document", "6:7"),
  ],
  [
    "other chaos",
    `${injection}---\n${chaos.replace("KernelChaos", "PodChaos")}`,
    error("skipped-document", "6:7"),
  ],
  [
    "only other objects",
    "apiVersion: v1\nkind: Pod\n",
    [
      { code: "no-spec", at: "1:1" },
      { code: "skipped-document", at: "2:7" },
    ],
  ],
  [
    "mistakes in several documents",
    `${injection}---\n${injection.replace("slab", "1")}---\n${injection.replace("fault", "falt")}`,
    [
      { code: "wrong-type", at: "7:16" },
      { code: "missing-field", at: "11:1" },
      { code: "unknown-field", at: "11:9" },
    ],
  ],
];

const texts: readonly Row[] = [
  ["a tab as indentation", "a:\n\tb: 1\n", error("yaml-syntax", "2:1")],
  ["an open quote", 'a: "b', error("yaml-syntax", "1:6")],
  ["an open list", "a: [b", error("yaml-syntax", "1:6")],
  ["two mappings on a line", "a: b: c", error("yaml-syntax", "1:4")],
  ["an unknown tag", `${injection}x: !foo bar`, error("yaml-syntax", "4:4")],
  ["a bad escape", 'a: "\\q"', error("yaml-syntax", "1:5")],
  ["a key twice", `${injection}kind: Injection\n`, error("duplicate-key", "4:1")],
  ["a list as a key", `${injection}? [a]\n: b\n`, error("bad-key", "4:3")],
  ["a number as a key", `${injection}1: b\n`, error("unknown-field", "4:1")],
  ["an alias before its anchor", `${injection}metadata: { name: *a }`, error("unknown-alias", "4:19")],
  ["an alias of itself", `${injection}metadata: &a { labels: *a }`, error("unknown-alias", "4:24")],
  [
    "an alias of another document",
    `${injection}metadata: { name: &a b }\n---\n${injection}metadata: { name: *a }`,
    error("unknown-alias", "9:19"),
  ],
  ["a text that YAML takes for an anchor", "a: &b->c # d\n", error("empty-anchor", "1:4")],
  ["an anchor on a list", `${injection}metadata: { labels: &a\n  { b: &c d } }`, []],
  [
    "a number to base 8 or 10",
    injection.replace("slab", "slab, trigger: { times: -010 }"),
    error("leading-zero", "3:40"),
  ],
  ["a NUL by its escape", `${injection}metadata: { name: "é\\x00b" }`, error("nul-escape", "4:21")],
  ["a NUL in JSON", '{ "apiVersion": "b\\u0000" }', error("nul-escape", "1:19")],
  ["half a character", '{ "apiVersion": "\\ud83d\\ude00\\ud83d" }', error("half-character", "1:30")],
  ["half a character in a key", `${injection}"\\udc00": 1\n`, error("half-character", "4:2")],
  ["a merge of a word", `${injection}metadata: { <<: a }`, error("bad-key", "4:17")],
  ["too deep a list", `a: ${"[".repeat(100)}`, error("document-too-deep", "1:68")],
  ["steps without end", "- ".repeat(1000), error("document-too-deep", "1:131")],
  ["a list of too many", `a: [${"1,".repeat(140_000)}]`, error("document-too-long", "1:266667")],
  ["too many empty lines", "\n".repeat(400_001), error("document-too-long", "400001:1")],
  ["only the first of many mistakes", '"a" "b" "c" [', error("yaml-syntax", "1:5")],
  ["a mistake inside of others once", "a: [{b: 'c}]", error("yaml-syntax", "1:13")],
  ["a directive before nothing", "%YAML 1.2\n", error("yaml-syntax", "2:1")],
  ["a stray control character's place", "a: \u0002 b: c", error("yaml-syntax", "1:4")],
];

/** What is said to be done about YAML that cannot be read. */
const slips: readonly (readonly [text: string, help: string | undefined])[] = [
  ["when: *s == 1", "is put in quotes as a whole"],
  ["when: &s->name != 0", "is put in quotes as a whole"],
  ["when: !s->name", "is put in quotes as a whole"],
  ["when: @s", "is put in quotes as a whole"],
  ["when: |s", "is put in quotes as a whole"],
  ['when: "s" && 1', "is put in quotes as a whole"],
  ['when: "STRCMP(p, "x")"', 'a `"` is written `\\"`'],
  ["when: 'c == 'x''", "a `'` is written `''`"],
  ['when: "\\q"', "a backslash is written"],
  ["when: a ? b : c", "with `: ` in it"],
  ['a:\n  when: "s\n  && t"\n', "indented deeper"],
  ["a: { b: c d: e }", "separated by `,`"],
  ['{"ftype": 0}\n{"ftype": 1}\n', "a line `---`"],
  ["a: b\rc: d\r", "save the file with LF"],
  ['when: "s', undefined],
  ["a:\n\tb: c", undefined],
];

describe("readSpecs", () => {
  it.each(slips)("tells what may be meant by %j", (text, help) => {
    const [first] = readSpecs({ name: "a.yaml", text }).diagnostics;
    expect(first?.code).toBe("yaml-syntax");
    expect(first?.help.join()).toEqual(help ? expect.stringContaining(help) : "");
  });

  it.each(kinds)("%s", (_what, text, expected) => {
    expect(problems(text)).toEqual(expected);
  });

  it.each(texts)("reports %s at its place", (_what, text, expected) => {
    expect(problems(text).filter((p) => expected.some((e) => e.code === p.code))).toEqual(expected);
  });

  it("counts lines behind CRLF and columns in characters", () => {
    const text = `${injection.replaceAll("\n", "\r\n")}metadata: { labels: { a: '🍌🍌' }, nam: b }`;
    expect(problems(text)).toEqual(error("unknown-field", "4:34"));
  });

  const names: readonly (readonly [file: string, names: readonly string[]])[] = [
    ["a/b/bananas.yaml", ["bananas", "bananas-2"]],
    ["bananas", ["bananas", "bananas-2"]],
    [".hidden", [".hidden", ".hidden-2"]],
    ["<stdin>", ["stdin", "stdin-2"]],
  ];

  it.each(names)("calls nameless specs of %s after it", (file, expected) => {
    expect(specs(`${injection}---\n${chaos}`, file).map((s) => s.name)).toEqual(expected);
  });

  it("follows aliases and merges to where the text stands", () => {
    const text = `apiVersion: injectc.dev/v1
kind: Injection
metadata: { name: a, labels: { x: &p "a = 1" } }
spec:
  fault: slab
  callchain:
    - &f { function: f, when: *p }
    - { <<: *f, function: g }
    - <<: [{ function: h }, *f]
`;
    expect(problems(text)).toEqual(Array(3).fill({ code: "assignment", at: "3:41" }));
    const fine = specs(text.replace("a = 1", "a == 1"))[0];
    expect(fine?.callchain.map((f) => f.function.value)).toEqual(["f", "g", "h"]);
  });

  it("does not write out aliases of aliases without end", () => {
    const level = (n: number) =>
      `l${n}: &l${n} [${Array(10)
        .fill(`*l${n - 1}`)
        .join(", ")}]`;
    const bomb = `l0: &l0 lol\n${Array.from({ length: 9 }, (_, i) => level(i + 1)).join("\n")}\n`;
    expect(problems(bomb).filter((p) => p.code === "aliases-too-large")).toEqual(
      error("aliases-too-large", "7:15"),
    );
  });

  it("reads what stands before a mistake in the text", () => {
    const text = `${injection.replace("slab", "1")}---\na: [\n---\n${injection.replace("slab", "2")}`;
    expect(problems(text)).toEqual([
      { code: "wrong-type", at: "3:16" },
      { code: "yaml-syntax", at: "6:1" },
    ]);
  });

  it("shows a hundred problems at most, errors before others", () => {
    const fields = Array.from({ length: 300 }, (_, i) => `x${i}: 1`).join("\n");
    const found = problems(`${injection}${fields}`);
    expect(found).toHaveLength(101);
    expect(found.at(-1)?.code).toBe("more-problems");
  });

  it("keeps the order of the text", () => {
    const lines = problems(`a: 1\n${injection}b: 2\n`).map((p) => Number(p.at.split(":")[0]));
    expect(lines).toEqual([1, 5]);
  });
});

describe("plainData", () => {
  it("has keys such as __proto__ as keys", () => {
    const [tree] = readYaml(
      { name: "t", text: '{ "__proto__": { "x": [1, null, true] } }' },
      () => undefined,
    );
    const data = plainData(tree!) as object;
    expect(Object.keys(data)).toEqual(["__proto__"]);
    expect(JSON.stringify(data)).toBe('{"__proto__":{"x":[1,null,true]}}');
    expect("x" in data).toBe(false);
  });
});

/** Much of anything is answered, if only by a refusal. */
const floods: readonly (readonly [what: string, text: string])[] = [
  ["brackets", "[".repeat(1 << 17)],
  ["closing brackets", "]".repeat(1 << 17)],
  ["dashes", "- ".repeat(1 << 16)],
  ["keys", Array.from({ length: 8_000 }, (_, i) => `k${i}: 1`).join("\n")],
  ["merges", `${injection}metadata: &m { a: b }\nx: {${"<<: *m, ".repeat(8_000)}}`],
  ["equal keys", "k: 1\n".repeat(12_000)],
  ["anchors and aliases", Array.from({ length: 3_000 }, (_, i) => `- &a${i} b\n- *a${i}`).join("\n")],
  [
    "a predicate",
    `${injection.replace("spec: { fault: slab }", "spec:\n  fault: slab\n  when: ")}${"(".repeat(1 << 16)}`,
  ],
  [
    "templates",
    `apiVersion: chaos-mesh.org/v1alpha1\nkind: Workflow\nspec:\n  entry: a\n  templates:\n${"  - { name: x, templateType: Serial, children: [b,c,d,e,f] }\n".repeat(1_500)}`,
  ],
];

describe("a flood", () => {
  it.each(floods)("of %s", (_what, text) => {
    expect(readSpecs({ name: "t.yaml", text }).ok).toBe(false);
    expect(readSpecs({ name: "t.inject", text }).ok).toBe(false);
  });
});
