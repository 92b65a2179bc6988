/** What a guest tells, read and judged without a guest. */

import { expect, test } from "vitest";
import { readStep, type Step, transcript } from "../../../src/vm/frames.js";
import type { Ending } from "../../../src/vm/qemu.js";
import { verdict } from "../../../src/vm/verdict.js";

const limits = {
  bootSeconds: 1,
  attachSeconds: 2,
  detachSeconds: 3,
  phaseSeconds: 4,
  deadlineSeconds: 5,
};

/** What init writes, without its sign. */
const good = [
  "init 6.12.95",
  "start before",
  "end before 0",
  "load",
  `data loader stdout ${Buffer.from('{"event":"attached"}\n').toString("base64")}`,
  "loader attached",
  "start attached",
  "end attached 1",
  `data loader stdout ${Buffer.from('{"event":"detached"}\n').toString("base64")}`,
  "loader exit 0",
  "start after",
  "end after 0",
  "done",
];

function steps(lines: readonly string[]): Step[] {
  return lines.map((line) => readStep(`injectc ${line}\r`)!);
}

interface Case {
  readonly name: string;
  /** How much of `good` was told. */
  readonly until?: string;
  readonly ending?: Ending;
  readonly log?: string;
  readonly phase: "boot" | "setup" | "case";
  readonly reason: string | null;
}

const cases: readonly Case[] = [
  { name: "all told", phase: "case", reason: null },
  {
    name: "what the kernel logs before the loader starts is no complaint",
    log: "[    0.1] WARNING: CPU: 0\n[    2.0] injectc: loading\n[    2.1] injectc: attached\n",
    phase: "case",
    reason: null,
  },
  {
    name: "an oops while attaching",
    log: "[    2.0] injectc: loading\n[    2.1][   T77] BUG: unable to handle page fault\n[    2.2] injectc: attached",
    phase: "case",
    reason: "the kernel complained while the bundle was being attached: BUG: unable to handle page fault",
  },
  {
    name: "the guest's own init is hit",
    until: "start attached",
    log: "injectc: loading\ninjectc: attached\nKernel panic - not syncing: Attempted to kill init! exitcode=0x200\n",
    phase: "case",
    reason:
      "the kernel panicked while the workload's phase `attached` ran: Attempted to kill init! exitcode=0x200; " +
      "the fault hit the guest's own init, so its target is too wide for a proof",
  },
  {
    name: "a panic while attaching",
    until: "load",
    log: "injectc: loading\nKernel panic - not syncing: Fatal exception\n",
    phase: "setup",
    reason: "the kernel panicked while inject-load was attaching the bundle: Fatal exception",
  },
  {
    name: "the deadline while the workload runs",
    until: "start before",
    ending: { kind: "deadline" },
    phase: "case",
    reason: "the guest was not done within 5 s; it was cut off while the workload's phase `before` ran",
  },
  {
    name: "aborted while detaching",
    until: "end attached 1",
    ending: { kind: "aborted" },
    phase: "case",
    reason: "the run was aborted while inject-load was detaching",
  },
  {
    name: "gone before the workload",
    until: "init 6.12.95",
    phase: "setup",
    reason: "the guest went away while the guest was being set up",
  },
  {
    name: "QEMU dies",
    until: "loader exit 0",
    ending: { kind: "failed", message: "qemu: \u0007killed" },
    phase: "case",
    reason: "qemu: \\u0007killed (after inject-load had ended)",
  },
  {
    name: "no driver for the report's port",
    until: "",
    log: "injectc: no report port /dev/ttyS1\n",
    phase: "boot",
    reason: "the kernel has no driver for the port that reports go to",
  },
  {
    name: "silence after some words",
    until: "",
    ending: { kind: "silent" },
    log: "[    0.5] last words of a kernel\n\n",
    phase: "boot",
    reason: "the kernel did not reach its init within 1 s; its last words: last words of a kernel",
  },
];

for (const { name, until = "done", log = "", phase, reason, ...rest } of cases) {
  test(name, () => {
    const ending: Ending = rest.ending ?? { kind: "exited" };
    const told = transcript(steps(good.slice(0, good.indexOf(until) + 1)));
    expect(verdict({ transcript: told, ending, log, limits })).toEqual({
      phase,
      ok: reason === null,
      reason,
    });
  });
}

test("lines that are none of init's are no steps", () => {
  const lines = ["", "hello", "injectc", "injectc start never", "injectc loader runs", "injectc nonsense 1"];
  expect(lines.map(readStep)).toEqual(lines.map(() => undefined));
});

test("loader lines may come in pieces, and those that are no JSON objects are left out", () => {
  const piece = (text: string) => `data loader stdout ${Buffer.from(text).toString("base64")}`;
  const told = transcript(steps([piece('{"event":'), piece('"attached"}\nnoise\n[1]\n'), piece('{"a":1}')]));
  expect(told.loader).toEqual([{ event: "attached" }, { a: 1 }]);
});
