/** Whom a fault is for in a guest. */

import { expect, test } from "vitest";
import { nodeTargets, runOf } from "../../src/cli/boot.js";
import type { Trial } from "../../src/cli/trial.js";
import { manifest } from "../build/fixture.js";

const workload = ["--cgroup", "/sys/fs/cgroup/workload"];

test.each([
  ["nobody", {}, [], workload, []],
  ["a process and a cgroup", { pid: [1234], cgroup: ["/a"] }, [], workload, ["pid 1234", "cgroup /a"]],
  ["a thread, and a program", { tid: [7], comm: ["cat"] }, [], [...workload, "--comm", "cat"], ["tid 7"]],
  ["a program and a user", { comm: ["it's"], uid: [0] }, [], ["--comm", "it's", "--uid", "0"], []],
  ["a process, and words for the loader", { pid: [1234] }, ["--all"], ["--all"], []],
  ["a process, and other words", { pid: [1234] }, ["--events"], [...workload, "--events"], ["pid 1234"]],
])("of a spec for %s", (_, target, rest, words, absent) => {
  const none = { pid: [], tid: [], cgroup: [], comm: [], uid: [] };
  const whole = { ...manifest(), target: { ...none, ...target } };
  const trial: Trial = { bundle: "b", certificate: "c", manifest: whole, literals: [] };
  const kernel = { name: "k", arch: "x86_64", image: "i" } as const;
  expect(runOf(trial, kernel, "true", rest).loaderArguments).toEqual(words);
  expect(nodeTargets(trial, rest)).toEqual(absent);
});
