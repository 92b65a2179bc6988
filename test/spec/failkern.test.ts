import { describe, expect, it } from "vitest";
import { type Problem, problems, specs } from "./table.js";

type Row = readonly [text: string, problems: readonly Problem[]];
const error = (code: string, at: string): readonly Problem[] => [{ code, at }];

const rows: readonly Row[] = [
  ['{"ftype": "PAGE", "pid": 7}', []],
  ['{"ftype": 2, "headers": [], "pid": 7}', []],
  ['{"times": "0", "pid": 7}', []],
  ['{"ftype": null, "times": 0, "pid": 7}', []],
  ['{\n\t"ftype": "BIO",\n\t"pid": "7"\n}', []],
  ['{"ftype": "PAGES", "pid": 7}', error("unknown-value", "1:11")],
  [
    '{"ftype": "PAGES", "callchain": [{"predicate": "order = 1"}], "pid": 7}',
    [...error("unknown-value", "1:11"), ...error("assignment", "1:55")],
  ],
  ['{"ftype": "slab", "pid": 7}', error("unknown-value", "1:11")],
  ['{"ftype": 3, "pid": 7}', error("out-of-range", "1:11")],
  ['{"ftype": true, "pid": 7}', error("wrong-type", "1:11")],
  ['{"ftype": 0, "failtype": 0, "pid": 7}', error("unknown-field", "1:14")],
  ['{"ftype": 0, "probability": 0, "pid": 7}', error("zero-probability", "1:29")],
  ['{"ftype": 0, "probability": "0.0", "pid": 7}', error("zero-probability", "1:29")],
  ['{"ftype": 0, "probability": 10, "pid": 7}', error("out-of-range", "1:29")],
  ['{"ftype": 0, "probability": "NaN", "pid": 7}', error("wrong-type", "1:29")],
  ['{"ftype": 0, "probability": 1, "pid": 7}', error("bpfki-always", "1:29")],
  ['{"ftype": 0, "times": 5, "pid": 7}', error("bpfki-times", "1:23")],
  ['{"ftype": 0, "times": "5", "pid": 7}', error("bpfki-times", "1:23")],
  ['{"ftype": 0, "times": -5, "pid": 7}', error("out-of-range", "1:23")],
  ['{"ftype": 0, "times": 1.5, "pid": 7}', error("wrong-type", "1:23")],
  ['{"ftype": 0, "pid": 4194304}', []],
  ['{"ftype": 0, "pid": 4194305}', error("out-of-range", "1:21")],
  ['{"ftype": 0, "tid": 7}', []],
  ['{"ftype": 0}', error("bpfki-no-task", "1:2")],
  ['{"ftype": 0, "pid": 0, "tid": null}', error("bpfki-no-task", "1:2")],
  ['{"ftype": 0, "times": 4294967296, "pid": 7}', error("out-of-range", "1:23")],
  ['{"ftype": 0, "times": 1e1, "pid": 7}', error("bpfki-times", "1:23")],
  ['{"ftype": 0, "times": "1e1", "pid": 7}', error("bpfki-times", "1:23")],
  ['{"ftype": "0", "pid": 7}', error("unknown-value", "1:11")],
  ['{"ftype": 0, "probability": 1, "times": 5, "pid": 7}', error("bpfki-always", "1:29")],
  [
    '{"ftype": 0, "probability": 0.5, "callchain": [{"funcname": "f"}], "pid": 7}',
    error("rolled-once", "1:29"),
  ],
  ['{"callchain": null, "headers": null, "pid": 7}', []],
  ['{"callchain": [null], "pid": 7}', error("wrong-type", "1:16")],
  ['{"ftype": 0, "headers": ["linux/mmzone.h"], "pid": 7}', error("headers-not-needed", "1:25")],
  ['{"callchain": [{"predicate": "order = 1"}], "pid": 7}', error("assignment", "1:37")],
  ['{"callchain": [{"predicate": "\\u0061 = 1"}], "pid": 7}', error("assignment", "1:38")],
  ['{"callchain": [{"funcname": "f", "name": "g"}], "pid": 7}', error("unknown-field", "1:34")],
  ['{"ftype": 0, "ftype": 1, "pid": 7}', error("duplicate-key", "1:14")],
  [
    "{}",
    [
      { code: "missing-field", at: "1:1" },
      { code: "missing-field", at: "1:1" },
    ],
  ],
  ['{"ftype": 0', error("yaml-syntax", "1:12")],
];

describe("FailKernRequest", () => {
  it.each(rows)("%s", (text, expected) => {
    expect(problems(text, "t.json")).toEqual(expected);
  });

  it("reads everything into the spec", () => {
    const text = JSON.stringify({
      pid: 7,
      ftype: "PAGE",
      callchain: [{ funcname: "f", parameters: "int a" }, { funcname: "g" }],
      probability: 0.25,
    });
    expect(specs(text, "dir/big.request.json")).toMatchObject([
      {
        input: "FailKernRequest",
        name: "big.request",
        fault: { kind: "page" },
        callchain: [{ function: { value: "f" } }, { function: { value: "g" } }],
        trigger: { probability: { value: 0.25 } },
        target: { pid: [{ value: 7 }], tid: [] },
      },
    ]);
  });

  const targets: readonly (readonly [fields: object, pid: readonly number[], tid: readonly number[]])[] = [
    [{}, [], []],
    [{ pid: 0, tid: 0 }, [], []],
    [{ pid: 7, tid: 0 }, [7], []],
    [{ pid: 7, tid: 7 }, [7], []],
    [{ pid: 7, tid: 8 }, [], [8]],
    [{ tid: "8" }, [], [8]],
  ];

  it.each(targets)("means the task that bpfki would with %j", (fields, pid, tid) => {
    const [spec] = specs(JSON.stringify({ ftype: 0, ...fields }));
    expect(spec?.target.pid.map((p) => p.value)).toEqual(pid);
    expect(spec?.target.tid.map((t) => t.value)).toEqual(tid);
  });

  it("is a slab fault where no type is written, as in proto3", () => {
    expect(specs('{"probability": 0.5}')[0]?.fault.kind).toBe("slab");
  });
});
