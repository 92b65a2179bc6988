/** The proofs that injectc knows: what they ask, how they are judged, and whether they meet the kernel's own faults. */

import { expect, test } from "vitest";
import type { Diagnostic } from "../../../src/diagnostic.js";
import { type BootReport, boot } from "../../../src/vm/boot.js";
import { noKnownProof, proofFailed } from "../../../src/vm/codes.js";
import type { Entry } from "../../../src/vm/cpio.js";
import { type Proof, type Provable, proofFor } from "../../../src/vm/proof.js";
import { reportDiagnostics, reportLines } from "../../../src/vm/report.js";
import { lab, loader, run } from "./lab.js";

const always = { probability: 2 ** 32, times: 0, interval: 1, space: 0, oncePerStack: false };

const faults = {
  slab: { kind: "slab", function: "should_failslab", value: -12, return: "ENOMEM" },
  page: { kind: "page", function: "should_fail_alloc_page", value: 1, return: "true" },
  bio: { kind: "bio", function: "should_fail_bio", value: -5, return: "EIO" },
} as const;

function security(name: string, value = "EPERM"): Provable["fault"] {
  return { kind: "function", function: name, value: -1, return: value };
}

function provable(fault: Provable["fault"], rest: Partial<Provable> = {}): Provable {
  return { fault, frames: [], trigger: always, proof: null, ...rest };
}

function known(manifest: Provable, literals: readonly string[] = []): Proof {
  const proof = proofFor(manifest, literals);
  if (!proof.ok) throw new Error(proof.diagnostics[0]!.message);
  return proof.value;
}

function chain(...functions: string[]): Partial<Provable> {
  return { frames: functions.map((name) => ({ function: name })) };
}

test.each([
  ["a function that nothing is known of", provable(security("security_task_alloc")), []],
  ["a chain that nothing is known of", provable(faults.slab, chain("btrfs_commit")), []],
  ["a literal that is no file's name does not help", provable(faults.slab, chain("btrfs_commit")), ["../x"]],
])("no proof: %s", (_, manifest, literals) => {
  const proof = proofFor(manifest, literals);
  expect(proof.ok).toBe(false);
  expect(proof.diagnostics.map((d: Diagnostic) => d.code)).toEqual([noKnownProof.code]);
});

test.each([
  [
    "a name of the predicate, and one that is not",
    provable(faults.slab),
    ["bananas", "a/b"],
    ["'bananas' 1", "'a/b' 1", "'other-name' 2"],
  ],
  [
    "names that might do harm are not used",
    provable(faults.slab),
    ["/proc/x", "-rf", "a b", "x/../y"],
    ["'injectc-proof' 1"],
  ],
  ["bio is about a disk", provable(faults.bio), ["bananas"], ["'/dev/ram0' 1"]],
])("the files: %s", (_, manifest, literals, tallies) => {
  const { workload } = known(manifest, literals);
  expect([...workload.matchAll(/^tally (.*)$/gm)].map((match) => match[1])).toEqual(tallies);
});

test.each([
  [{}, 3],
  [{ probability: 2 ** 31 }, 200],
  [{ probability: 2 ** 24 }, 5120],
  [{ interval: 100 }, 2000],
  [{ space: 65536 }, 1044],
  [{ probability: 1 }, 20000],
])("attempts for %o", (trigger, tries) => {
  const { workload } = known(provable(faults.slab, { trigger: { ...always, ...trigger } }));
  expect(workload).toContain(`attached ]; then\n  tries=${tries}\n`);
});

function report(
  attached: string,
  complaint: string,
  rest: Partial<BootReport> = {},
  heading = "== bananas\n",
): BootReport {
  const calm = { exit: 0, stdout: "bananas 0 3\nother-name 0 3\n", stderr: "== bananas\n== other-name\n" };
  const hit = { exit: 1, stdout: attached, stderr: `${heading}${complaint}\n== other-name\n` };
  return {
    ...{ kernel: "k", release: "6.12.95", phase: "case", ok: true, reason: null },
    ...{ phases: { before: calm, attached: hit, after: calm }, counters: { injected: 3 }, why: null },
    ...{ loader: [], loaderText: "", seconds: { init: 1, attached: 2, total: 3 }, log: "" },
    ...rest,
  };
}

const enomem = "can't open bananas: Cannot allocate memory";
const hit = "bananas 3 3\nother-name 0 3\n";
const unexpected = "  <-- not as it should be";

test.each([
  ["the effect", report(hit, enomem), [], true],
  ["musl's words", report(hit, "can't open bananas: Out of memory"), [], true],
  ["the effect on its heading, too", report(hit, enomem, {}, ""), [], true],
  ["no effect", report("bananas 0 3\nother-name 0 3\n", ""), ["attached: open bananas: ok"], false],
  [
    "not always",
    report("bananas 1 3\nother-name 0 3\n", enomem),
    ["attached: open bananas: 1 of 3 failed: Cannot allocate memory (ENOMEM)"],
    false,
  ],
  [
    "another errno",
    report(hit, "can't open bananas: Permission denied"),
    ["attached: open bananas: 3 of 3 failed: can't open bananas: Permission denied, which is not ENOMEM"],
    false,
  ],
  [
    "the control, too",
    report("bananas 3 3\nother-name 1 3\n", enomem),
    ["attached: open other-name: 1 of 3 failed: without a word, which is not ENOMEM"],
    false,
  ],
  ["nothing counted", report(hit, enomem, { counters: { injected: 0 } }), ["counters: injected 0"], false],
  [
    "nothing counted, and why",
    report(hit, enomem, { counters: { injected: 0 }, why: "no target has called d_alloc() yet" }),
    ["counters: injected 0: no target has called d_alloc() yet"],
    false,
  ],
  ["no counters", report(hit, enomem, { counters: null }), ["counters: injected unknown"], false],
  [
    "no after",
    report(hit, enomem, { phases: { ...report(hit, enomem).phases, after: undefined! } }),
    ["after: did not run"],
    false,
  ],
  ["a boot that broke", report(hit, enomem, { ok: false, reason: "it broke" }), [], false],
])("judges a deed: %s", (_, seen, wrong, ok) => {
  const judgement = known(provable(faults.slab), ["bananas"]).judge(seen);
  expect(judgement.lines.filter((line) => line.endsWith(unexpected))).toEqual(
    wrong.map((line) => line + unexpected),
  );
  expect(judgement.ok).toBe(ok);
  const codes = reportDiagnostics(seen, judgement).map((d) => d.code);
  expect(codes).toEqual(ok ? [] : [seen.ok ? proofFailed.code : "boot-failed"]);
});

test.each([
  ["the effect", [0, 1, 0], "cat: can't open '/tmp/bananas': Input/output error", true],
  ["it succeeds while attached", [0, 0, 0], "", false],
  ["it fails otherwise", [0, 1, 0], "cat: can't open '/tmp/bananas': No such file or directory", false],
  ["it never works", [1, 1, 0], "Input/output error", false],
  ["it stays broken", [0, 1, 1], "Input/output error", false],
])("judges a command: %s", (_, exits, stderr, ok) => {
  const [before, attached, after] = exits.map((exit) => ({ exit, stdout: "", stderr }));
  const phases = { before: before!, attached: attached!, after: after! };
  const proof = { run: "cat /tmp/bananas", attached: "EIO" };
  expect(known(provable(faults.slab, { proof })).judge(report("", "", { phases })).ok).toBe(ok);
});

test("says of a command that was cut off that it did not end", () => {
  const [ended, cut] = [0, null].map((exit) => ({ exit, stdout: "", stderr: "Killed" }));
  const phases = { before: ended!, attached: cut!, after: ended! };
  const proof = known(provable(faults.slab, { proof: { run: "sleep 99", attached: "EIO" } }));
  const { ok, lines } = proof.judge(report("", "", { phases }));
  expect([ok, lines[1]]).toEqual([false, `attached: sleep 99: did not end${unexpected}`]);
});

/** A loader that has the kernel's own framework (lib/fault-inject.c) fail the workload's task. */
function kernelFault(folder: string, ...settings: readonly string[]): string {
  const set = ["1 >task-filter", "0 >verbose", "-1 >times", "100 >probability", ...settings];
  const attach = [
    `cd /sys/kernel/debug/${folder}`,
    ...set.map((setting) => `echo ${setting}`),
    "echo 1 >/proc/$(cat /run/workload.pid)/make-it-fail",
  ];
  return loader({ attach: attach.join("\n"), detach: "echo 0 >probability" });
}

const effects = [
  [
    "slab",
    kernelFault("failslab", "N >ignore-gfp-wait"),
    "open injectc-proof: 3 of 3 failed: Cannot allocate memory (ENOMEM)",
  ],
  [
    "page",
    kernelFault("fail_page_alloc", "N >ignore-gfp-wait", "N >ignore-gfp-highmem", "0 >min-order"),
    "write injectc-proof: exit status 1, no output",
  ],
  [
    "bio",
    kernelFault("fail_make_request", "1 >/sys/block/ram0/make-it-fail"),
    "read /dev/ram0: 3 of 3 failed: Input/output error (EIO)",
  ],
] as const;

test.each(
  effects,
)("the proof for %s sees the kernel fail every such request of the workload", async (kind, script, line) => {
  const proof = known(provable(faults[kind]));
  const seen = await boot(lab(), await run({ loader: script, workload: proof.workload }));
  const judgement = proof.judge(seen);
  expect(reportLines(seen, judgement)).toContain(`  attached: ${line}`);
  expect(judgement.ok).toBe(true);
});

test("the command of a manifest gets the files that it names, and meets the fault", async () => {
  const proof = known(provable(faults.slab, { proof: { run: "cat /tmp/deep/bananas", attached: "ENOMEM" } }));
  const script = kernelFault("failslab", "N >ignore-gfp-wait");
  const seen = await boot(lab(), await run({ loader: script, workload: proof.workload }));
  expect(seen.phases).toMatchObject({ before: { exit: 0, stdout: "injectc\n" }, after: { exit: 0 } });
  expect(proof.judge(seen).ok).toBe(true);
});

const deeds = "mkdir rmdir unlink readlink symlink link rename create mknod setattr getattr".split(" ");
const others = ["security_bprm_check", "security_sb_mount", "security_file_permission", "security_file_open"];

test("every deed succeeds where nothing is attached, and is then judged to have missed the fault", async () => {
  const functions = [...deeds.map((deed) => `security_inode_${deed}`), ...others, "__x64_sys_write"];
  const proofs = functions.map((name) => known(provable(security(name)), ["bananas"]));
  const files = proofs.map(
    ({ workload }, i): Entry => ({
      kind: "file",
      path: `proof/${i}`,
      mode: 0o644,
      data: Buffer.from(workload),
    }),
  );
  const workload = `for i in $(seq 0 ${proofs.length - 1}); do mkdir -p $i; (cd $i; sh /proof/$i $1) || echo "$i failed"; done`;
  const seen = await boot(lab(), { ...(await run({ workload })), files });
  const calm = "bananas 0 3\nother-name 0 3\n".repeat(proofs.length);
  expect(seen.phases.attached).toEqual({
    exit: 0,
    stdout: calm,
    stderr: "== bananas\n== other-name\n".repeat(proofs.length),
  });
  expect(proofs.map(({ judge }) => judge(seen).ok)).toEqual(proofs.map(() => false));
});
