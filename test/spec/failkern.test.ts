import { describe, expect, it } from "vitest";
import { type Problem, problems, specs } from "./table.js";

type Row = readonly [text: string, problems: readonly Problem[]];
const error = (code: string, at: string): readonly Problem[] => [{ code, at }];

const rows: readonly Row[] = [
  ['{"ftype": "PAGE"}', []],
  ['{"ftype": 2, "headers": []}', []],
  ['{"times": "0"}', []],
  ['{"ftype": null, "times": 0}', []],
  ['{\n\t"ftype": "BIO",\n\t"probability": 0.5\n}', []],
  ['{"ftype": "PAGES"}', error("unknown-value", "1:11")],
  ['{"ftype": "slab"}', error("unknown-value", "1:11")],
  ['{"ftype": 3}', error("out-of-range", "1:11")],
  ['{"ftype": true}', error("wrong-type", "1:11")],
  ['{"ftype": 0, "failtype": 0}', error("unknown-field", "1:14")],
  ['{"ftype": 0, "probability": 0}', error("zero-probability", "1:29")],
  ['{"ftype": 0, "probability": "0.0"}', error("zero-probability", "1:29")],
  ['{"ftype": 0, "probability": 10}', error("out-of-range", "1:29")],
  ['{"ftype": 0, "probability": "NaN"}', error("wrong-type", "1:29")],
  ['{"ftype": 0, "probability": 1}', error("bpfki-always", "1:29")],
  ['{"ftype": 0, "times": 5}', error("bpfki-times", "1:23")],
  ['{"ftype": 0, "times": "5"}', error("bpfki-times", "1:23")],
  ['{"ftype": 0, "times": -5}', error("out-of-range", "1:23")],
  ['{"ftype": 0, "times": 1.5}', error("wrong-type", "1:23")],
  ['{"ftype": 0, "pid": 4294967296}', error("out-of-range", "1:21")],
  ['{"ftype": 0, "headers": ["linux/mmzone.h"]}', error("headers-not-needed", "1:25")],
  ['{"callchain": [{"predicate": "order = 1"}]}', error("assignment", "1:37")],
  ['{"callchain": [{"predicate": "\\u0061 = 1"}]}', error("assignment", "1:38")],
  ['{"callchain": [{"funcname": "f", "name": "g"}]}', error("unknown-field", "1:34")],
  ['{"ftype": 0, "ftype": 1}', error("duplicate-key", "1:14")],
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
