import { describe, expect, it } from "vitest";
import { type Problem, problems, specs } from "./table.js";

/** A document whose lines 8 to 10 are the request; `spec` and `request` are further lines of theirs. */
function chaos(request = "", spec = ""): string {
  return `apiVersion: chaos-mesh.org/v1alpha1
kind: KernelChaos
metadata:
  name: test
spec:
  mode: one
  selector: {}
  failKernRequest:
    failtype: 0
${request.replace(/^(?=.)/gm, "    ")}${request ? "\n" : ""}${spec.replace(/^(?=.)/gm, "  ")}`;
}

type Row = readonly [what: string, text: string, problems: readonly Problem[]];
const error = (code: string, at: string): readonly Problem[] => [{ code, at }];

const requests: readonly Row[] = [
  ["nothing more", "", []],
  ["percent", "probability: 10", []],
  ["a probability of 0", "probability: 0", error("zero-probability", "10:18")],
  ["more than 100 %", "probability: 101", error("out-of-range", "10:18")],
  ["half a percent", "probability: 0.5", error("wrong-type", "10:18")],
  ["a negative probability", "probability: -1", error("out-of-range", "10:18")],
  ["a probability in quotes", 'probability: "10"', error("wrong-type", "10:18")],
  ["certainty", "probability: 100", error("bpfki-always", "10:18")],
  ["limited certainty", "probability: 100\ntimes: 3", error("bpfki-always", "10:18")],
  ["null for nothing", "probability: null\ntimes: ~\ncallchain:", []],
  ["no limit", "times: 0", []],
  ["a limit", "times: 3", error("bpfki-times", "10:12")],
  ["a limit in binary", "times: 0b1_1", error("bpfki-times", "10:12")],
  ["a limit in hexadecimal", "times: 0xf_f", error("bpfki-times", "10:12")],
  ["what no YAML has for a number", "times: 0b2", error("wrong-type", "10:12")],
  ["a negative limit", "times: -3", error("out-of-range", "10:12")],
  ["more than 32 bits", "times: 4294967296", error("out-of-range", "10:12")],
  ["headers", "headers: [linux/mmzone.h, linux/blkdev.h]", error("headers-not-needed", "10:14")],
  ["no headers", "headers: []", []],
  ["headers of another type", "headers: linux/mmzone.h", error("wrong-type", "10:14")],
  ["an unknown field", "probabilty: 10", error("unknown-field", "10:5")],
  ["a frame", "callchain:\n  - funcname: f", []],
  ["an unknown field of a frame", "callchain:\n  - funcnam: f", error("unknown-field", "11:9")],
  ["a frame that is a string", "callchain:\n  - f", error("wrong-type", "11:9")],
  ["a call chain that is a mapping", "callchain:\n  funcname: f", error("wrong-type", "11:7")],
  ["a function with brackets", "callchain:\n  - funcname: f()", error("bad-name", "11:20")],
  ["a clone", "callchain:\n  - funcname: f.isra.0", error("bpfki-clone-name", "11:19")],
  ["a predicate on the fault function", "callchain:\n  - predicate: gfpflags & 1", []],
  ["an empty name", 'callchain:\n  - funcname: ""\n    predicate: s', []],
  [
    "an empty name before the last frame",
    "callchain:\n  - predicate: s\n  - funcname: f",
    error("misplaced-predicate", "11:9"),
  ],
  [
    "a predicate behind frames",
    "callchain:\n  - funcname: f\n  - predicate: s",
    error("bpfki-never-fires", "12:9"),
  ],
  [
    "the fault function",
    "callchain:\n  - funcname: should_failslab\n    predicate: s",
    error("bpfki-fault-frame", "11:9"),
  ],
  [
    "the fault function too early",
    "callchain:\n  - funcname: should_failslab\n  - funcname: f",
    error("misplaced-fault", "11:9"),
  ],
  [
    "a predicate on the last frame",
    "callchain:\n  - funcname: f\n    parameters: int a\n    predicate: a == 1",
    error("bpfki-pasted-predicate", "13:20"),
  ],
  [
    "a predicate further out",
    "callchain:\n  - funcname: f\n    parameters: int a\n    predicate: a\n  - funcname: g",
    [],
  ],
  [
    "a predicate on the last frame that has the fault function's names",
    "callchain:\n  - funcname: f\n    parameters: int s\n    predicate: s == 1",
    error("bpfki-pasted-predicate", "13:20"),
  ],
  [
    "a predicate on the last frame that reads nothing",
    "callchain:\n  - funcname: f\n    predicate: MKDEV(1, 2) == 3",
    [],
  ],
  [
    "a predicate on what is not declared",
    "callchain:\n  - funcname: f\n    predicate: name->len == FOO",
    error("parameters-needed", "12:20"),
  ],
  [
    "the fault function's parameters under other names",
    "callchain:\n  - parameters: struct kmem_cache *cache\n    predicate: cache",
    error("bpfki-fault-parameters", "11:40"),
  ],
  [
    "the fault function's parameters by name",
    "callchain:\n  - parameters: struct kmem_cache *s, gfp_t gfpflags\n    predicate: s",
    [],
  ],
  [
    "a function twice",
    "callchain:\n  - funcname: f\n  - funcname: g\n  - funcname: f",
    error("bpfki-repeated-frame", "13:9"),
  ],
  [
    "a parameter that bpfki has",
    "callchain:\n  - funcname: f\n    parameters: int pid, int p",
    error("bpfki-parameter-name", "12:25"),
  ],
  [
    "built-ins that bpfki has not",
    'callchain:\n  - predicate: STRCMP(s->name, "a") || STRNCMP(s->name, "b", 1)',
    error("bpfki-builtin", "11:20"),
  ],
  [
    "a system call's argument",
    "callchain:\n  - funcname: __x64_sys_mount\n    parameters: char *dev\n    predicate: dev\n  - funcname: g",
    error("wrapper-arguments", "13:20"),
  ],
  ["a system call", "callchain:\n  - funcname: __x64_sys_mount", []],
  ["a chance in a call chain", "probability: 10\ncallchain:\n  - funcname: f", error("rolled-once", "10:18")],
  ["an empty predicate", 'callchain:\n  - funcname: f\n    predicate: ""', []],
  ["a blank predicate", 'callchain:\n  - predicate: " "', error("empty-predicate", "11:20")],
  ["a predicate that is a number", "callchain:\n  - predicate: 1", error("wrong-type", "11:20")],
  ["an assignment", "callchain:\n  - predicate: order = 1", error("assignment", "11:26")],
  [
    "an assignment in quotes",
    "callchain:\n  - predicate: 'a == ''b'' && c = 1'",
    error("assignment", "11:37"),
  ],
  [
    "an assignment behind an escape",
    'callchain:\n  - predicate: "a == \\"b\\" &&\\n c = 1"',
    error("assignment", "11:39"),
  ],
  [
    "an assignment in a block",
    "callchain:\n  - predicate: |\n      a ==\n        b && c = 1",
    error("assignment", "13:20"),
  ],
  [
    "an assignment in folded lines",
    "callchain:\n  - predicate: a ==\n      b &&\n      c = 1",
    error("assignment", "13:13"),
  ],
  ["a bad parameter list", "callchain:\n  - funcname: f\n    parameters: int a,,", error("syntax", "12:27")],
  [
    "two parameters of one name",
    "callchain:\n  - funcname: f\n    parameters: int a, int a",
    error("duplicate-parameter", "12:32"),
  ],
  [
    "several mistakes at once",
    "times: x\nprobability: 0\ncallchain:\n  - funcname: a b\n    parameters: int (\n    predicate: a =",
    [
      { code: "wrong-type", at: "10:12" },
      { code: "zero-probability", at: "11:18" },
      { code: "bad-name", at: "13:20" },
      { code: "unbalanced-bracket", at: "14:25" },
      { code: "assignment", at: "15:22" },
    ],
  ],
];

const placements: readonly Row[] = [
  ["a duration", "duration: 1.5h", []],
  ["an empty duration", 'duration: ""', error("bad-duration", "10:13")],
  ["a negative duration", "duration: -5s", error("bad-duration", "10:13")],
  ["days", "duration: 1d", error("bad-duration", "10:13")],
  ["a duration without a unit", "duration: 30", error("bad-duration", "10:13")],
  ["no length", "duration: 0s", error("bad-duration", "10:13")],
  ["containers and a cluster", "containerNames: [a, b]\nremoteCluster: c", []],
  ["a container that is a number", "containerNames: [1]", error("wrong-type", "10:20")],
  ["a useless value", 'value: "5"', error("unused-value", "10:10")],
  ["an unknown field", "selctor: {}", error("unknown-field", "10:3")],
];

const modes: readonly (readonly [mode: string, value: string | undefined, code: string | undefined])[] = [
  ["all", undefined, undefined],
  ["fixed", '"1"', undefined],
  ["fixed", '"+5"', undefined],
  ["fixed", undefined, "missing-field"],
  ["fixed", '"0"', "bad-selector-value"],
  ["fixed", '"-1"', "bad-selector-value"],
  ["fixed", '"1.5"', "bad-selector-value"],
  ["fixed", '"many"', "bad-selector-value"],
  ["fixed", '""', "bad-selector-value"],
  ["fixed", "5", "wrong-type"],
  ["fixed-percent", '"100"', undefined],
  ["fixed-percent", '"101"', "bad-selector-value"],
  ["fixed-percent", '"0"', "bad-selector-value"],
  ["random-max-percent", '"1"', undefined],
  ["random-max-percent", '"50%"', "bad-selector-value"],
  ["some", undefined, "unknown-value"],
];

const selectors: readonly (readonly [selector: string, code: string | undefined])[] = [
  ["{ namespaces: [a], nodes: [b], pods: { ns: [p] } }", undefined],
  [
    "{ labelSelectors: { app: web }, fieldSelectors: { a: b }, annotationSelectors: {}, nodeSelectors: {} }",
    undefined,
  ],
  ["{ podPhaseSelectors: [Running, Pending] }", undefined],
  [
    "{ expressionSelectors: [{ key: tier, operator: In, values: [a] }, { key: x, operator: Exists }] }",
    undefined,
  ],
  ["{ labelSelectors: { version: 1 } }", "wrong-type"],
  ["{ labelSelectors: [app] }", "wrong-type"],
  // Booleans to Kubernetes, whose YAML is 1.1.
  ["{ labelSelectors: { app: yes } }", "wrong-type"],
  ["{ namespaces: [a, Off] }", "wrong-type"],
  ["{ namespaces: [N] }", "wrong-type"],
  ["{ labelSelectors: { a: 1_000 } }", "wrong-type"],
  ["{ labelSelectors: { a: 1_000a, b: _1, c: '1_0' } }", undefined],
  ["{ labelSelectors: { a: \"yes\", b: yEs, c: 'off', d: !!str on, e: yesterday } }", undefined],
  ["{ pods: { no: [p] } }", "wrong-type"],
  ["{ labelSelectors: { a: b, Y: c } }", "wrong-type"],
  ["{ labelSelectors: { 1_0: c } }", "wrong-type"],
  ['{ pods: { "no": [p], nope: [p] }, labelSelectors: { true: a, 10: b, yEs: c } }', undefined],
  ["{ pods: { ns: p } }", "wrong-type"],
  ["{ podPhaseSelectors: [Runing] }", "unknown-value"],
  ["{ expressionSelectors: [{ key: tier, operator: Inn }] }", "unknown-value"],
  ["{ expressionSelectors: [{ key: tier, operator: In }] }", "selector-values"],
  ["{ expressionSelectors: [{ key: tier, operator: Exists, values: [a] }] }", "selector-values"],
  ["{ expressionSelectors: [{ operator: Exists }] }", "missing-field"],
  ["{ labels: {} }", "unknown-field"],
  ["[]", "wrong-type"],
];

const documents: readonly Row[] = [
  ["no failtype", chaos().replace("failtype: 0", "times: 0"), error("missing-field", "8:3")],
  ["a failtype in quotes", chaos().replace("failtype: 0", 'failtype: "0"'), error("wrong-type", "9:15")],
  [
    "a failtype of 3, and a predicate that is wrong, too",
    chaos("callchain: [{ predicate: a = 1 }]").replace("failtype: 0", "failtype: 3"),
    [...error("out-of-range", "9:15"), ...error("assignment", "10:32")],
  ],
  ["a failtype by its name", chaos().replace("failtype: 0", "failtype: slab"), error("wrong-type", "9:15")],
  ["a failtype of 3", chaos().replace("failtype: 0", "failtype: 3"), error("out-of-range", "9:15")],
  ["no request", chaos().replace(/ {2}failKernRequest:[\s\S]*/, ""), error("missing-field", "5:1")],
  ["no mode", chaos().replace("  mode: one\n", ""), error("missing-field", "5:1")],
  ["no selector", chaos().replace("  selector: {}\n", ""), error("missing-field", "5:1")],
  ["no spec", chaos().replace(/^spec:[\s\S]*/m, ""), error("missing-field", "1:1")],
  ["a spec that is a list", chaos().replace(/^spec:[\s\S]*/m, "spec: []"), error("wrong-type", "5:7")],
  ["a status", `${chaos()}status: { conditions: [] }`, []],
  ["an unknown field", `${chaos()}specs: {}`, error("unknown-field", "10:1")],
  ["no metadata", chaos().replace(/metadata:\n.*\n/, ""), []],
  [
    "all of metadata",
    chaos().replace(
      "name: test",
      "name: test\n  namespace: a\n  labels: { a: b }\n  uid: x\n  generation: 1",
    ),
    [],
  ],
  [
    "an unknown field of metadata",
    chaos().replace("name: test", "nmae: test"),
    error("unknown-field", "4:3"),
  ],
  ["a name that Kubernetes refuses", chaos().replace("name: test", "name: Test_1"), error("bad-name", "4:9")],
  ["a field twice", chaos("failtype: 1"), error("duplicate-key", "10:5")],
];

describe("KernelChaos", () => {
  it.each(requests)("request: %s", (_what, request, expected) => {
    expect(problems(chaos(request))).toEqual(expected);
  });

  it.each(placements)("placement: %s", (_what, spec, expected) => {
    expect(problems(chaos("", spec))).toEqual(expected);
  });

  it.each(modes)("mode %s with value %s", (mode, value, code) => {
    const text = chaos("", value === undefined ? "" : `value: ${value}`).replace(
      "mode: one",
      `mode: ${mode}`,
    );
    expect(problems(text).map((p) => p.code)).toEqual(code ? [code] : []);
  });

  it.each(selectors)("selector %s", (selector, code) => {
    expect(problems(chaos().replace("selector: {}", `selector: ${selector}`)).map((p) => p.code)).toEqual(
      code ? [code] : [],
    );
  });

  it.each(documents)("document: %s", (_what, text, expected) => {
    expect(problems(text)).toEqual(expected);
  });

  it("reads everything into the spec", () => {
    const request = `probability: 25
times: 3
callchain:
  - funcname: outer
  - funcname: inner
    parameters: struct qstr *q
    predicate: q->len == 3
  - predicate: gfpflags != 0`;
    const [spec] = specs(
      chaos(request, 'duration: 2m\nvalue: ""\ncontainerNames: [a]\nremoteCluster: far').replace(
        "selector: {}",
        "selector: { pods: { ns: [p] } }",
      ),
    );
    expect(spec).toMatchObject({
      input: "KernelChaos",
      name: "test",
      fault: { kind: "slab" },
      when: { predicate: { text: "gfpflags != 0" } },
      callchain: [
        { function: { value: "outer" } },
        {
          function: { value: "inner" },
          parameters: { parameters: [{ name: { value: "q" } }] },
          when: { text: "q->len == 3" },
        },
      ],
      trigger: { probability: { value: 0.25 }, times: { value: 3 } },
      target: { pid: [], tid: [], cgroup: [], comm: [], uid: [] },
      duration: { value: 120_000_000_000n },
      placement: {
        value: {
          mode: "one",
          value: "",
          selector: { pods: { ns: ["p"] } },
          containerNames: ["a"],
          remoteCluster: "far",
        },
      },
    });
    expect(spec?.when?.parameters).toBeUndefined();
  });

  it("folds the fault function as the last frame into the condition, with the user's names", () => {
    const frame =
      "callchain:\n  - funcname: f\n  - funcname: should_fail_bio\n    parameters: struct bio *b\n    predicate: b->bi_vcnt > 1";
    const [spec] = specs(chaos(frame).replace("failtype: 0", "failtype: 2"));
    expect(spec).toMatchObject({
      fault: { kind: "bio" },
      callchain: [{ function: { value: "f" } }],
      when: { parameters: { parameters: [{ name: { value: "b" } }] }, predicate: { text: "b->bi_vcnt > 1" } },
    });
    expect(spec?.callchain).toHaveLength(1);
  });

  it("has no limit and no probability where none is written", () => {
    expect(specs(chaos("times: 0"))[0]?.trigger).toEqual({});
  });

  it("keeps headers, labels and annotations for conversions", () => {
    const text = chaos("headers: [a.h]").replace(
      "name: test",
      'name: test\n  labels: { app: web }\n  annotations: { a: "1" }',
    );
    expect(specs(text)[0]).toMatchObject({
      headers: ["a.h"],
      metadata: { value: { labels: { app: "web" }, annotations: { a: "1" } } },
    });
    expect(specs(chaos())[0]?.metadata).toBeUndefined();
  });

  it("takes 16 frames and no more", () => {
    const chain = (n: number) =>
      `callchain:\n${Array.from({ length: n }, (_, i) => `  - funcname: f${i}`).join("\n")}`;
    expect(problems(chaos(chain(16)))).toEqual([]);
    expect(problems(chaos(chain(17)))).toEqual(error("too-many-frames", "27:9"));
  });
});
