/** Boots that go well: what the report then holds. */

import { expect, test } from "vitest";
import { boot, bootAll } from "../../../src/vm/boot.js";
import { reportDiagnostics, reportLines } from "../../../src/vm/report.js";
import { bootScripts, lab, loader, run } from "./lab.js";

test("a good run has all three phases, the loader's lines and its counters", async () => {
  const workload = `echo "$1 $(cut -d: -f3 /proc/self/cgroup) $(pwd)"
[ $$ = "$(cat /run/workload.pid)" ] && echo "its pid is known"
echo complaint >&2
[ $1 != attached ] || exit 3
`;
  const attach =
    'echo "for people: $*" >&2; od -An -tx1 /bundle >&2; ls /proc/$(cat /run/workload.pid)/exe >&2';
  const report = await bootScripts({
    workload,
    loader: loader({ attach }),
    loaderArguments: ["--comm", "it's"],
  });
  expect(report).toMatchObject({ kernel: "lab-6.12", phase: "case", ok: true, reason: null });
  expect(report.release).toMatch(/^6\.12\./);
  const said = (phase: string) => `${phase} /workload /tmp\nits pid is known\n`;
  expect(report.phases).toEqual({
    before: { exit: 0, stdout: said("before"), stderr: "complaint\n" },
    attached: { exit: 3, stdout: said("attached"), stderr: "complaint\n" },
    after: { exit: 0, stdout: said("after"), stderr: "complaint\n" },
  });
  expect(report.loader.map((line) => line.event)).toEqual(["attached", "detached"]);
  expect(report.counters).toMatchObject({ injected: 2 });
  expect(report.loaderText).toContain("for people: /bundle --trust /trust.pem --comm it's");
  expect(report.loaderText).toContain("00 01 02 ff");
  expect(report.loaderText).toContain("/exe");
  expect(report.log).toContain("injectc: attached");
  const { init, attached, total } = report.seconds;
  expect([init, attached, total]).toEqual([init, attached, total].toSorted((a, b) => a! - b!));
  expect(reportDiagnostics(report)).toEqual([]);
  expect(reportLines(report).slice(1)).toEqual([
    "  before: exit status 0: complaint",
    "  attached: exit status 3: complaint",
    "  after: exit status 0: complaint",
    "  counters: seen 3, eligible 2, rolledOut 0, injected 2, observed 0, missed 0",
  ]);
});

test("what a phase writes is kept within bounds, whatever it is, and what it leaves behind does not hold it up", async () => {
  const workload = `case $1 in
  before) head -c 1048576 /dev/zero | tr '\\0' x; echo lost >&2 ;;
  attached) printf '\\001\\377\\000\\nend' ;;
  after) (while :; do echo again; sleep 1; done) & sleep 0.5 ;;
esac`;
  const report = await bootScripts({ workload });
  expect(report.reason).toBeNull();
  expect(report.phases.before?.stdout).toBe(`${"x".repeat(65536)}\n[cut after 65536 bytes]\n`);
  expect(report.phases.before?.stderr).toBe("lost\n");
  expect(report.phases.attached?.stdout).toBe("\u0001\ufffd\u0000\nend");
  expect(report.phases.after?.stdout).toMatch(/^again\n/);
  expect(report.phases.after?.exit).toBe(0);
});

test("several runs share a guest, each with nothing left of the one before, until one takes the guest down", async () => {
  const tidy = "ls /tmp; pidof sleep; touch /tmp/left; sleep 100 &";
  const runs = [
    await run({ workload: `echo one; ${tidy}` }),
    await run({ workload: `echo two; ${tidy}`, loaderArguments: ["--comm", "second"] }),
    await run({ workload: "[ $1 != attached ] || { echo 2 >/proc/sys/vm/panic_on_oom; tail /dev/zero; }" }),
    await run({ workload: "echo four; cat /cases/0/workload" }),
  ];
  // Memory that is soon filled.
  const reports = await bootAll(lab(), runs, { memoryMiB: 192 });
  expect(reports.map(({ ok, phase }) => [ok, phase])).toEqual([
    [true, "case"],
    [true, "case"],
    [false, "case"],
    [true, "case"],
  ]);
  const [one, two, three, four] = reports;
  expect(one!.phases.before?.stdout).toBe("one\n");
  expect(two!.phases.before?.stdout).toBe("two\n");
  expect(two!.seconds.attached).toBeGreaterThan(one!.seconds.attached!);
  expect(two!.log).not.toContain("injectc: case 0");
  expect(three!.reason).toMatch(/panicked while the workload's phase `attached` ran/);
  // It is alone in a guest.
  expect(four!.phases.attached?.stdout).toContain("four\necho four; cat");
});

test("what fails after another was there is tried once more, without it", async () => {
  const picky = loader({ attach: '[ "$(hostname)" != spoiled ] || exit 1' });
  const runs = [
    await run({ loader: picky, workload: "[ $1 != after ] || hostname spoiled" }),
    await run({ loader: picky, workload: "hostname" }),
  ];
  const reports = await bootAll(lab(), runs);
  expect(reports.map(({ ok, reason }) => [ok, reason])).toEqual([
    [true, null],
    [true, null],
  ]);
});

test("Debian's own kernel, whose drivers are modules", async () => {
  const report = await boot(lab("debian"), await run());
  expect(report).toMatchObject({ ok: true, phases: { attached: { exit: 0, stdout: "attached\n" } } });
});
