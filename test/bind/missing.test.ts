import { expect, test } from "vitest";
import { whyMissing } from "../../src/bind/missing.js";
import { findMember } from "../../src/btf/resolve.js";
import { renamedFields, renames } from "../../src/kernel/renames.js";
import { bindText, framed, profile } from "./spec.js";

const names = ["lab-5.10", "lab-6.1", "lab-6.12", "lab-7.2", "lab-7.3"];
const kernels = await Promise.all(names.map(profile));

/** What is said of a name that a kernel lacks. */
const rows: readonly [name: string, kernel: string, ...help: (string | RegExp)[]][] = [
  ["do_filp_opn", "lab-6.12", "did you mean `do_filp_open`?"],
  ["ext4_fil_super", "lab-5.10", "did you mean `ext4_fill_super`?"],
  [
    "ext4_mount",
    "lab-6.12",
    "here `ext4_get_tree` is in its place: `int ext4_get_tree(struct fs_context *fc)`",
  ],
  ["ext4_get_tree", "lab-5.10", /^here `ext4_mount` is in its place/],
  ["__kmalloc", "lab-6.12", /^here `__kmalloc_noprof` is in its place/],
  ["kmalloc", "lab-6.12", /^here `__kmalloc_noprof` is in its place/],
  ["vmalloc_noprof", "lab-6.1", /^here `vmalloc` is in its place/],
  ["topa_alloc", "lab-6.12", /^the compiler has split or cloned it here: topa_alloc\.constprop\.0; /],
  ["vfs_kern_mount.part.0", "lab-6.12", /: `vfs_kern_mount` is the function itself$/],
  ["rapl_event_update.isra.0", "lab-6.12", /BTF knows none of its parameters$/],
  ["__do_sys_mount", "lab-6.12", "the compiler has put it into the system call's wrapper: write `sys_mount`"],
  [
    "__se_sys_openat",
    "lab-7.3",
    "the compiler has put it into the system call's wrapper: write `sys_openat`",
  ],
  [
    "__ia32_compat_sys_ioctl",
    "lab-6.12",
    "the kernel has no system calls for 32-bit processes: CONFIG_IA32_EMULATION is not set",
    "`sys_ioctl` is the one of 64-bit processes",
  ],
  [
    "compat_sys_ioctl",
    "lab-6.12-arm64",
    "the kernel has no system calls for 32-bit processes: CONFIG_COMPAT is not set",
    "`sys_ioctl` is the one of 64-bit processes",
  ],
  ["mount", "lab-6.12", "it is a system call, whose function is `sys_mount`"],
  ["openat", "lab-6.12-arm64", "it is a system call, whose function is `sys_openat`"],
  ["SyS_mout", "lab-6.12", "did you mean `SyS_mount`?"],
  ["__x64_sys_opennat", "lab-6.12-arm64", "did you mean `__x64_sys_openat`?"],
  ["should_fail_slab", "lab-6.12", "did you mean `should_failslab`?"],
  ["printk", "lab-6.12", /^here `_printk` is in its place/],
  ["ksys_mount", "lab-6.12", /^it was renamed, is not built into this kernel, or was inlined/],
  [
    "list_add",
    "lab-6.12",
    /^it was renamed, is not built into this kernel, or was inlined/,
    "functions of like names: `list_add_sorted`, `inode_sb_list_add`, `rt6_uncached_list_add`",
  ],
  [
    "mpage_prepare_extent_to_map_now",
    "lab-6.12",
    /^it was renamed, is not built into this kernel, or was inlined/,
    "functions of like names: `mpage_prepare_extent_to_map`",
  ],
  ["a_thing_of_nobody", "lab-6.12", /^it was renamed, is not built into this kernel, or was inlined/],
];

test.each(rows)("%s in %s", async (name, on, ...help) => {
  const told = whyMissing(name, await profile(on), []).help;
  expect(told).toEqual(help.map((h) => (typeof h === "string" ? h : expect.stringMatching(h))));
});

test("kernels that have one are named", async () => {
  const { notes } = whyMissing("ext4_mount", kernels[2]!, kernels);
  expect(notes).toEqual([{ text: "there is one in kernel 5.10.223" }]);
});

test("a macro of the kernel's sources", async () => {
  const spec = framed("parent->d_iname[0] == 'b'");
  expect(bindText(spec, [await profile("lab-7.3")]).diagnostics[0]?.help).toEqual([
    "it is a macro of the kernel's sources, which stands for `d_shortname.string`",
  ]);
});

test.each(renames)("each lab kernel has one of %s", (...row) => {
  for (const { btf, name, traceable } of kernels) {
    const there = row.filter((f) => btf.find("function", f).length > 0 && traceable!.has(f));
    expect([name, there]).toEqual([name, [expect.any(String), ...there.slice(1)]]);
  }
});

test.each(renamedFields)("each lab kernel has one field of %s", (record, ...row) => {
  for (const { btf, name } of kernels) {
    const [id] = btf.find("struct", record);
    const there = row.filter((field) => findMember(btf, id!, field));
    expect([name, there]).toEqual([name, [expect.any(String)]]);
  }
});
