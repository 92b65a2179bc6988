import { join } from "node:path";
import { expect, test } from "vitest";
import { openKernel } from "../../../src/kernel/open.js";
import { builtIn, made } from "../../kernel/lab.js";
import { bindText, injection, told } from "../spec.js";

test.each([
  ["of a kernel without error injection refuse", join(made("debian"), "vmlinux.btf"), "not-injectable"],
  [
    "of one that has it leave open which functions",
    join(builtIn, "lab-6.12/vmlinux.btf.gz"),
    "injectability-unknown",
  ],
])("types alone, %s", async (_, path, code) => {
  const kernel = await openKernel(path);
  if (!kernel.ok) throw new Error(`${path} is no kernel`);
  const hook = injection({ fault: "security_file_open", return: "EACCES", when: "file != NULL" });
  const function_ = injection({ fault: "should_fail_bio", return: "EIO", when: "bio->bi_iter.bi_size > 0" });
  expect(told(bindText(function_, [kernel.value]))).toContain(`${code}: should_fail_bio`);
  expect(bindText(hook, [kernel.value]).ok).toBe(true);
});
