import { describe, expect, it } from "vitest";
import { type Problem, problems, specs } from "./table.js";

/** A document whose spec starts on line 6, behind `fault` on line 5. */
function injection(spec = "", fault = "slab"): string {
  return `apiVersion: injectc.dev/v1
kind: Injection
metadata: { name: bananas }
spec:
  fault: ${fault}
${spec.replace(/^(?=.)/gm, "  ")}`;
}

type Row = readonly [spec: string, problems: readonly Problem[]];
const error = (code: string, at: string): readonly Problem[] => [{ code, at }];

const rows: readonly Row[] = [
  ["", []],
  ["return: EIO", []],
  ["return: NULL", []],
  ["return: null", []],
  ["return: true", []],
  ['return: "true"', []],
  ["return: ENOMME", error("unknown-errno", "6:11")],
  ["return: -ENOMEM", error("unknown-errno", "6:11")],
  ["return: -12", error("unknown-errno", "6:11")],
  ["return: false", error("unknown-errno", "6:11")],
  ["return: enomem", error("unknown-errno", "6:11")],
  ["return: [EIO]", error("wrong-type", "6:11")],
  ["when: s->object_size >= 64", []],
  ["when: true", []],
  ["when: 1", []],
  ['when: ""', error("empty-predicate", "6:9")],
  ["when:", []],
  ["when: |\n  s->object_size\n    = 64", error("assignment", "8:7")],
  ["when: [a]", error("wrong-type", "6:9")],
  ["callchain: [{ function: f, parameters: int a, when: a > 1 }]", []],
  ["callchain: [{ function: f, when: a > 1 }]", []],
  ["callchain: [{ parameters: int a }]", error("missing-field", "6:15")],
  ["callchain: [{ function: f, predicate: a }]", error("unknown-field", "6:30")],
  ["callchain: [{ function: f, when: a b }]", error("syntax", "6:38")],
  ["callchain: [f]", error("wrong-type", "6:15")],
  ["callchain: [{ function: should_failslab }, { function: f }]", error("misplaced-fault", "6:15")],
  ["when: s\ncallchain: [{ function: should_failslab, when: s }]", error("two-predicates", "7:15")],
  ["when: s\ncallchain: [{ function: should_failslab }]", []],
  ["trigger: { probability: 10% }", []],
  ["trigger: { probability: 0.5 % }", []],
  ["trigger: { probability: 100% }", []],
  ["trigger: { probability: 0.1 }", []],
  ["trigger: { probability: .5 }", []],
  ["trigger: { probability: 1 }", error("bad-probability", "6:27")],
  ["trigger: { probability: 10 }", error("bad-probability", "6:27")],
  ["trigger: { probability: 101% }", error("bad-probability", "6:27")],
  ["trigger: { probability: often }", error("bad-probability", "6:27")],
  ["trigger: { probability: -1% }", error("bad-probability", "6:27")],
  ["trigger: { probability: 0 }", error("zero-probability", "6:27")],
  ["trigger: { probability: 0% }", error("zero-probability", "6:27")],
  ["trigger: { times: 0, interval: 1, space: 0, once-per-stack: false }", []],
  ["trigger: { times: 100, interval: 5, space: 4096, once-per-stack: true }", []],
  ["trigger: { times: -1 }", error("out-of-range", "6:21")],
  ["trigger: { interval: 0 }", error("out-of-range", "6:24")],
  ["trigger: { space: 4k }", error("wrong-type", "6:21")],
  ["trigger: { times: 1e99 }", error("out-of-range", "6:21")],
  ["trigger: { once-per-stack: yes }", error("wrong-type", "6:30")],
  ["trigger: { oncePerStack: true }", error("unknown-field", "6:14")],
  ["target: { pid: [1, 2], tid: [3], cgroup: [/a], comm: [cat], uid: [0] }", []],
  ["target: { pid: [] }", []],
  [`target: { pid: [${"1, ".repeat(1024)}] }`, []],
  [`target: { pid: [${"1, ".repeat(1025)}] }`, error("out-of-range", "6:18")],
  ["target: { pid: 1 }", error("wrong-type", "6:18")],
  ["target: { pid: [0] }", error("out-of-range", "6:19")],
  ["target: { pid: [cat] }", error("wrong-type", "6:19")],
  ["target: { uid: [4294967295] }", error("out-of-range", "6:19")],
  ["target: { comm: [a-name-that-is-long] }", error("out-of-range", "6:20")],
  ["target: { comm: [éééééééé] }", error("out-of-range", "6:20")],
  ['target: { comm: [""] }', error("wrong-type", "6:20")],
  ["target: { user: [0] }", error("unknown-field", "6:13")],
  ["duration: 30s", []],
  ["duration: 0", error("bad-duration", "6:13")],
  ["duration: 0.5ns", error("bad-duration", "6:13")],
  ["duration: 30", error("bad-duration", "6:13")],
  ["duration: -1s", error("bad-duration", "6:13")],
  ["proof: { run: cat /tmp/bananas, attached: ENOMEM }", []],
  ["proof: { run: cat /tmp/bananas }", error("missing-field", "6:3")],
  ["proof: { run: cat /tmp/bananas, attached: fails }", error("unknown-errno", "6:45")],
  ["proof: { attached: EIO }", error("missing-field", "6:3")],
  ["headers: []", error("unknown-field", "6:3")],
];

const faults: readonly (readonly [fault: string, kind: object | string])[] = [
  ["slab", { kind: "slab" }],
  ["page", { kind: "page" }],
  ["bio", { kind: "bio" }],
  ["should_failslab", { kind: "slab" }],
  ["should_fail_bio", { kind: "bio" }],
  ["syscall:openat", { kind: "syscall", name: { value: "openat" } }],
  ["security_file_open", { kind: "function", name: { value: "security_file_open" } }],
  ["open_ctree.isra.0", { kind: "function", name: { value: "open_ctree.isra.0" } }],
  ['""', "wrong-type"],
  ["1", "wrong-type"],
  ["open file", "bad-name"],
  ["'syscall:'", "bad-name"],
  ["'syscall: openat'", "bad-name"],
  ["syscall:__x64_sys/openat", "bad-name"],
];

describe("Injection", () => {
  it.each(rows)("%s", (spec, expected) => {
    expect(problems(injection(spec))).toEqual(expected);
  });

  it.each(faults)("fault: %s", (fault, expected) => {
    const text = injection("", fault);
    if (typeof expected === "string")
      expect(problems(text)).toEqual(
        error(expected, expected === "bad-name" && fault === "open file" ? "5:14" : "5:10"),
      );
    else expect(specs(text)[0]?.fault).toMatchObject(expected);
  });

  it("counts bytes only for slab, page and bio", () => {
    expect(problems(injection("trigger: { space: 4096 }", "syscall:openat"))).toEqual(
      error("space-not-counted", "6:21"),
    );
    expect(problems(injection("trigger: { space: 4096 }", "bio"))).toEqual([]);
  });

  it("needs a fault", () => {
    expect(problems(injection().replace("fault: slab", "duration: 1s"))).toEqual(
      error("missing-field", "4:1"),
    );
  });

  it("reads everything into the spec", () => {
    const text = injection(`return: ENOMEM
when: s->object_size >= 64
callchain:
  - function: outer
  - function: d_alloc_parallel
    parameters: struct dentry *parent, const struct qstr *name
    when: STRNCMP(name->name, "bananas", 8)
trigger: { probability: 10%, times: 100, interval: 5, space: 4096, once-per-stack: true }
target: { pid: [1], tid: [2], cgroup: [/a/b], comm: [cat], uid: [1000] }
duration: 30s
proof: { run: cat /tmp/bananas, attached: ENOMEM }`);
    expect(specs(text)).toMatchObject([
      {
        input: "Injection",
        name: "bananas",
        return: { value: "ENOMEM" },
        when: { predicate: { text: "s->object_size >= 64" } },
        callchain: [{ function: { value: "outer" } }, { function: { value: "d_alloc_parallel" }, when: {} }],
        trigger: {
          probability: { value: 0.1 },
          times: { value: 100 },
          interval: { value: 5 },
          space: { value: 4096 },
          oncePerStack: { value: true },
        },
        target: {
          pid: [{ value: 1 }],
          tid: [{ value: 2 }],
          cgroup: [{ value: "/a/b" }],
          comm: [{ value: "cat" }],
          uid: [{ value: 1000 }],
        },
        duration: { value: 30_000_000_000n },
        proof: { run: { value: "cat /tmp/bananas" }, attached: { value: "ENOMEM" } },
      },
    ]);
  });

  it("leaves out what does not limit", () => {
    expect(specs(injection("trigger: { times: 0, interval: 1, space: 0 }"))[0]?.trigger).toEqual({});
  });

  it("counts YAML's null as NULL", () => {
    for (const written of ["NULL", "null", "~", ""]) {
      expect(specs(injection(`return: ${written}`, "kmem_cache_alloc"))[0]?.return?.value).toBe("NULL");
    }
  });

  it("folds a frame for the fault function, by any of a system call's names", () => {
    for (const name of ["sys_openat", "SyS_openat", "__x64_sys_openat", "__arm64_sys_openat"]) {
      const chain = `callchain: [{ function: ${name}, parameters: int d, when: d == 3 }]`;
      const [spec] = specs(injection(chain, "syscall:openat"));
      expect(spec?.callchain).toEqual([]);
      expect(spec?.when).toMatchObject({ parameters: {}, predicate: { text: "d == 3" } });
    }
  });

  it("knows the documented parameters of a fault for what they are", () => {
    const cast = (text: string) =>
      specs(injection(`when: ${text}`, "page"))[0]?.when?.predicate.expression.kind;
    expect(cast("(order) & 1")).toBe("binary");
    expect(cast("(gfp_t) & order")).toBe("cast");
  });
});
