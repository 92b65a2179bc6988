/** Well-typed specs load: a sample of random ones, and the extremes, in each lab kernel for x86-64 that there is. */

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { compile } from "../../src/build/compile.js";
import { openKernel } from "../../src/kernel/open.js";
import { packageRoot } from "../../src/root.js";
import { extremes } from "../soak/extremes.js";
import { buildInit, loadAll } from "../soak/guest.js";
import { partners, rejectionText, soak, tellingLine } from "../soak/soak.js";

const folder = join(packageRoot, "out/kernels");
const present = readdirSync(folder).filter((name) => existsSync(join(folder, name, "vmlinuz")));
const labs = present.filter((name) => name.startsWith("lab-") && !name.endsWith("-arm64"));
const init = await buildInit();

async function lab(name: string) {
  const opened = await openKernel(join(folder, name));
  if (!opened.ok) throw new Error(`no kernel ${name}`);
  return opened.value;
}

describe.concurrent("what the checker takes, clang and the verifier take", () => {
  test.each(labs)("%s", { timeout: 600_000 }, async (name) => {
    const tally = await soak(await lab(name), init, { name, seed: 1, count: 20, fixed: extremes });
    expect(tally.rejections.map(rejectionText).join("\n")).toBe("");
    expect(tally.loaded + tally.tooDeep).toBe(20 + extremes.length);
    expect(tally.shared > 0).toBe(name in partners);
    // What is refused is well typed but for a constant that happens to be 0 or too wide a shift.
    const refused = Object.values(tally.refused).reduce((sum, n) => sum + n, 0);
    expect(refused, JSON.stringify(tally.refused)).toBeLessThan(10);
  });
});

test("an object that the verifier refuses is told from one that it takes", async () => {
  const program = (result: string) =>
    `typedef unsigned char __u8;
typedef unsigned short __u16, __be16;
typedef unsigned int __u32, __be32, __wsum;
typedef int __s32;
typedef long long __s64;
typedef unsigned long long __u64;
#include <bpf/bpf_helpers.h>
char LICENSE[] SEC("license") = "GPL";
SEC("kprobe/vfs_open") int look(void *ctx) { return ${result}; }
`;
  const objects = [];
  for (const result of ["*(int *)bpf_get_current_pid_tgid()", "0"]) {
    const source = { name: "x.yaml", text: "" };
    const made = await compile({ arch: "x86_64", c: program(result), spec: { fileName: "x.yaml", source } });
    if (!made.ok) throw new Error("it does not compile");
    objects.push(made.value.object);
  }
  const outcomes = await loadAll(await lab(labs.includes("lab-6.12") ? "lab-6.12" : labs[0]!), init, objects);
  expect(outcomes.map((o) => o?.errno)).toEqual([13, 0]);
  expect(tellingLine(outcomes[0]!.log)).toBe("R0 invalid mem access 'scalar'");
});
