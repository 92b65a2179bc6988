/** Workloads that do not end, and guests that do not outlive them. */

import { readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { boot } from "../../../src/vm/boot.js";
import { bootScripts, lab, run } from "./lab.js";

test("a workload that never ends while attached is stopped, and the rest still runs", async () => {
  const workload = "echo $1; [ $1 != attached ] || while :; do sleep 1; done";
  const report = await bootScripts({ workload }, { phaseSeconds: 2 });
  const reason = "the workload's phase `attached` did not end within 2 s";
  expect(report).toMatchObject({ phase: "case", ok: false, reason });
  expect(report.phases).toMatchObject({
    attached: { exit: null, stdout: "attached\n" },
    after: { exit: 0, stdout: "after\n" },
  });
});

test("a workload that never ends before anything was attached ends the case", async () => {
  const report = await bootScripts({ workload: "sleep 1000" }, { phaseSeconds: 1 });
  const reason = "the workload's phase `before` did not end within 1 s";
  expect(report).toMatchObject({ phase: "case", ok: false, reason, phases: { before: { exit: null } } });
  expect(report.phases.attached).toBeUndefined();
});

test("a kernel that panics under the workload", async () => {
  const workload = `[ $1 != attached ] || { echo 2 >/proc/sys/vm/panic_on_oom; tail /dev/zero; }`;
  const report = await bootScripts({ workload }, { memoryMiB: 160 });
  expect(report).toMatchObject({ phase: "case", ok: false, phases: { attached: { exit: null } } });
  expect(report.reason).toMatch(
    /^the kernel panicked while the workload's phase `attached` ran: Out of memory/,
  );
});

test("a kernel that complains under the workload", async () => {
  const workload = `[ $1 = before ] || echo "<1>BUG: made up in $1" >/dev/kmsg`;
  const report = await bootScripts({ workload });
  const reason = "the kernel complained after the bundle was attached: BUG: made up in attached";
  expect(report).toMatchObject({ phase: "case", ok: false, reason, phases: { after: { exit: 0 } } });
});

/** QEMUs of ours, by their parent's pid in /proc. */
function guests(): string[] {
  const ours = (pid: string) => {
    try {
      const [, name, state, parent] = /^\d+ \((.*)\) (\S) (\d+)/.exec(
        readFileSync(`/proc/${pid}/stat`, "utf8"),
      )!;
      return name!.startsWith("qemu-system") && state !== "Z" && Number(parent) === process.pid;
    } catch {
      return false;
    }
  };
  return readdirSync("/proc").filter((pid) => /^\d+$/.test(pid) && ours(pid));
}

test("an aborted run leaves neither a guest nor a file", async () => {
  const abort = new AbortController();
  let seen = 0;
  const onProgress = (line: string) => {
    if (!line.includes("is up")) return;
    seen = guests().length;
    abort.abort();
  };
  const report = await boot(lab(), await run({ workload: "sleep 1000" }), {
    signal: abort.signal,
    onProgress,
  });
  expect(report.ok).toBe(false);
  expect(report.reason).toMatch(/^the run was aborted /);
  expect(seen).toBe(1);
  expect(guests()).toEqual([]);
  expect(
    readdirSync(tmpdir()).filter((name) => name.startsWith("injectc-") && name.endsWith(".cpio")),
  ).toEqual([]);
});
