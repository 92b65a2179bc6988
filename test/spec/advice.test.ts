import { describe, expect, it } from "vitest";
import { readOneLiner, readSpecs } from "../../src/spec/read.js";
import { type Problem, problemsOf } from "./table.js";

const error = (code: string, at: string): readonly Problem[] => [{ code, at }];
const all = (text: string) => problemsOf(readSpecs({ name: "t.yaml", text }).diagnostics);

/** A KernelChaos whose request is on line 8; `request` and `spec` are flow mappings' insides. */
function chaos(request: string, spec = "mode: one, selector: {}, duration: 1m"): string {
  return `apiVersion: chaos-mesh.org/v1alpha1
kind: KernelChaos
metadata: { name: test }
spec: {
  ${spec},
  # what fails
  failKernRequest:
    { ${request} }
}`;
}

const narrow = "failtype: 0, callchain: [{ funcname: f }]";

const requests: readonly (readonly [request: string, problems: readonly Problem[]])[] = [
  ["failtype: 0", error("broad-fault", "8:17")],
  ["failtype: 1", error("broad-fault", "8:17")],
  ["failtype: 2, probability: 50", error("broad-fault", "8:17")],
  ["failtype: 2, probability: 49", []],
  ["failtype: 2, times: 5", error("bpfki-times", "8:27")],
  ["failtype: 0, callchain: [{ predicate: s }]", []],
  [narrow, []],
];

const placements: readonly (readonly [spec: string, problems: readonly Problem[]])[] = [
  ["mode: one, selector: {}", []],
  ["mode: all, selector: {}", error("every-pod", "5:24")],
  ["mode: all, selector: { namespaces: [], pods: {} }", error("every-pod", "5:24")],
  ["mode: all, selector: { namespaces: [a] }", []],
  ["mode: all, selector: { labelSelectors: { app: web } }", []],
  ['mode: fixed-percent, value: "100", selector: {}', error("every-pod", "5:48")],
  ['mode: random-max-percent, value: "99", selector: {}', []],
  ["mode: one, selector: {}, duration: 24h", []],
  ["mode: one, selector: {}, duration: 24h1s", error("long-duration", "5:38")],
];

const endings: readonly (readonly [request: string, problems: readonly Problem[]])[] = [
  ["failtype: 0, probability: 10", error("no-duration", "8:17")],
  ["failtype: 0, probability: 10, callchain: [{ predicate: s }]", []],
  [narrow, []],
];

describe("advice", () => {
  it.each(requests)("on a fault: %s", (request, expected) => {
    expect(all(chaos(request))).toEqual(expected);
  });

  it.each(placements)("on pods and time: %s", (spec, expected) => {
    expect(all(chaos(narrow, spec))).toEqual(expected);
  });

  it.each(endings)("on a fault without a duration: %s", (request, expected) => {
    expect(all(chaos(request, "mode: one, selector: {}"))).toEqual(expected);
  });

  it("wants a duration of what is scheduled, and takes a deadline for one", () => {
    const scheduled = `apiVersion: chaos-mesh.org/v1alpha1
kind: Schedule
metadata: { name: test }
spec:
  schedule: "@hourly"
  type: KernelChaos
  kernelChaos: { mode: one, selector: {}, failKernRequest: { ${narrow} } }
`;
    expect(all(scheduled)).toEqual(error("no-duration", "5:13"));
    expect(all(scheduled.replace("{ mode", "{ duration: 1m, mode"))).toEqual([]);
    const workflow = `apiVersion: chaos-mesh.org/v1alpha1
kind: Workflow
metadata: { name: test }
spec:
  entry: a
  templates:
    - name: a
      templateType: KernelChaos
      deadline: 1m
      kernelChaos: { mode: one, selector: {}, failKernRequest: { failtype: 0, probability: 10 } }
`;
    expect(all(workflow)).toEqual([]);
    expect(all(workflow.replace("      deadline: 1m\n", ""))).toEqual(error("no-duration", "9:76"));
  });

  it("is for every format", () => {
    const native = (spec: string) =>
      all(`{ apiVersion: injectc.dev/v1, kind: Injection, spec: { fault: ${spec} } }`);
    expect(native("bio")).toEqual(error("broad-fault", "1:63"));
    expect(native("bio, trigger: { interval: 2 }")).toEqual([]);
    expect(native("bio, trigger: { once-per-stack: true }")).toEqual([]);
    expect(native("bio, trigger: { probability: 10% }")).toEqual([]);
    expect(native("syscall:openat, return: EIO")).toEqual([]);
    expect(all('{"ftype": "BIO", "pid": 7}')).toEqual(error("broad-fault", "1:11"));
    const liner = (spec: string) => problemsOf(readOneLiner({ mode: "bio", spec }).diagnostics);
    expect(liner("should_fail_bio(struct bio *bio)")).toEqual(error("broad-fault", "1:1"));
    expect(liner("(true)")).toEqual([]);
  });

  it("waits until there are no errors", () => {
    expect(all(chaos("failtype: 0, times: x"))).toEqual(error("wrong-type", "8:27"));
  });

  it("sees requests that share bpfki's program", () => {
    const two = (first: string, second: string) => all(`${first}\n---\n${second}\n`).map((p) => p.code);
    const request = (ftype: string, predicate: string) =>
      JSON.stringify({
        ftype,
        callchain: [{ funcname: "f", parameters: "int a", predicate }, { funcname: "g" }],
        pid: 7,
      });
    expect(two(request("SLAB", "a"), request("PAGE", "a"))).toEqual(["bpfki-shared-program"]);
    expect(two(request("SLAB", "a"), request("SLAB", "a"))).toEqual([]);
    expect(two(request("SLAB", "a"), request("PAGE", "!a"))).toEqual([]);
  });
});
