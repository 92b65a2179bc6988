/** Which objects there are for a kernel, by what is known of its own BTF. */

import { expect, test } from "vitest";
import { readBtf } from "../../src/btf/read.js";
import type { Backend } from "../../src/build/manifest.js";
import type { Kernel } from "../../src/kernel/kernel.js";
import { bindText, framed, injection, profile } from "./spec.js";

const newer = await profile("lab-6.12");
const older = await profile("lab-5.10");

/** The kernel, with other options; absent: nobody knows them. */
function configured(kernel: Kernel, config?: Kernel["config"]): Kernel {
  const { config: _, ...rest } = kernel;
  return config ? { ...rest, config } : rest;
}

const without = new Map([...newer.config!].filter(([option]) => option !== "DEBUG_INFO_BTF"));
const chain = framed("name->len == 7");
const bare = injection({ fault: "slab" });

/** For each object, what it needs the kernel to be able to do. */
test.each<[string, string, Backend, Kernel, ...string[]]>([
  ["its own BTF", chain, "override", newer, "task_storage,atomic_fetch"],
  ["its own BTF", bare, "override", newer, "task_btf,atomic_fetch"],
  ["no BTF", chain, "override", configured(newer, without), ""],
  ["no BTF", bare, "override", configured(newer, without), ""],
  ["options nobody knows", chain, "override", configured(newer), "task_storage,atomic_fetch", ""],
  ["options nobody knows", bare, "override", configured(newer), "task_btf,atomic_fetch", ""],
  // No trampoline is attached without the kernel's own BTF.
  ["options nobody knows", chain, "fmod_ret", configured(newer), "task_storage,atomic_fetch"],
  ["options nobody knows, and 5.10", chain, "override", configured(older), ""],
])("a kernel with %s: %s by %s", (_, text, backend, kernel, ...features) => {
  const plan = bindText(text, [kernel], { backend });
  expect(plan.ok && plan.value.variants.map(({ needs }) => needs.features.join())).toEqual(features);
});

test("a kernel whose types have not all functions that every program asks for: no backend", () => {
  const bytes = Buffer.from(older.btf.bytes);
  bytes.write("-", bytes.indexOf("BPF_FUNC_ktime_get_boot_ns\0"));
  const btf = readBtf(bytes, "vmlinux.btf");
  if (!btf.ok) throw new Error(btf.diagnostics[0]?.message);
  const plan = bindText(chain, [{ ...older, btf: btf.value }]);
  expect(plan.diagnostics.map(({ code, message }) => `${code}: ${message}`)).toEqual([
    "no-backend: no backend can fail `should_failslab`: both need Linux 5.8, by the list of BPF functions in the kernel's types",
  ]);
});
