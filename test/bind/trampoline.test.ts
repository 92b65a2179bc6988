/** Which functions have the one backend only since no trampoline can be put into them. */

import { expect, test } from "vitest";
import { bindText, injection, profile } from "./spec.js";

test.each([
  ["do_exit", "lab-6.12", "override"],
  ["___migrate_enable", "lab-7.2", "override"],
  ["bpf_wq_set_callback", "lab-7.2", "override"],
  ["bpf_refcount_acquire", "lab-7.2", "override"],
  ["bpf_cgroup_storage_assign", "lab-7.2", "fmod_ret"],
  ["bpf_dev_bound_kfunc_check", "lab-7.2", "fmod_ret"],
  ["bpf_wq_set_callback", "lab-7.3", "fmod_ret"],
  ["bpf_refcount_acquire", "lab-7.3", "fmod_ret"],
])("%s on %s: %s", async (name, kernel, backend) => {
  const plan = bindText(injection({ fault: "slab", callchain: [{ function: name }] }), [
    await profile(kernel),
  ]);
  expect(plan.ok && plan.value.variants.map((variant) => variant.backend)).toEqual([backend]);
});
