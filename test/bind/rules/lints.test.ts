import { expect, test } from "vitest";
import { bindText, framed, injection, profile, told } from "../spec.js";

const kernel = await profile("lab-6.12");

/** What each predicate over d_alloc_parallel(parent, name) is told; nothing: no lint. */
const predicates: readonly [predicate: string, ...told: string[]][] = [
  ["name->len < 0", "constant-comparison: name->len < 0"],
  ["0 > name->len || name->hash", "constant-comparison: 0 > name->len"],
  ["name->len >= 0 && name->hash", "constant-comparison: name->len >= 0"],
  ["name->len == 5000000000", "constant-comparison: name->len == 5000000000"],
  ["name->name[0] == 256", "constant-comparison: name->name[0] == 256"],
  ["name->name[0] == -1", "constant-comparison: name->name[0] == -1"],
  ["(name->len & 1) == 2", "constant-comparison: (name->len & 1) == 2"],
  ["name->len % 4 == 4", "constant-comparison: name->len % 4 == 4"],
  ["(name->len >> 24) > 255", "constant-comparison: (name->len >> 24) > 255"],
  ["!name->len == 2", "constant-comparison: !name->len == 2"],
  ["(name->len ? 1 : 2) > 0 && name->hash", "constant-comparison: (name->len ? 1 : 2) > 0"],
  ["(u8)name->len < 256 || parent", "constant-comparison: (u8)name->len < 256"],
  // What wraps, and what C converts, has these values after all.
  ["name->len == -1"],
  ["name->len + 1 == 0"],
  ["name->len - 1 > 4000000000"],
  ["(s8)name->len == -1"],
  ["parent->d_lockref.count == -1"],
  ["name->len <= 4294967294"],
  ["(name->len & 2) == 2"],
  ["name->len % 4 == 3"],
  ["name->len && 0", "constant-predicate: name->len && 0"],
  ["parent->d_flags & 1 == 2", "precedence: 1 == 2", "constant-predicate: parent->d_flags & 1 == 2"],
  ["parent->d_flags & 4 == 4", "precedence: 4 == 4"],
  ["name->len == 4 | name->len == 5", "precedence: name->len == 4", "precedence: name->len == 5"],
  ["parent->d_flags & (4 == 4)"],
  ["(name->len == 4) | ( name->len == 5 )"],
  ["(parent->d_flags & 4) == 4"],
  ["parent->d_flags & 4 && name->len == 4"],
  ["name->len * 0 || 1", "constant-predicate: name->len * 0 || 1"],
  // 40 bytes lie within a dentry.
  [`STRCMP(parent->d_iname, "${"x".repeat(39)}")`],
  [`STRCMP(parent->d_iname, "${"x".repeat(40)}")`, `unmatchable-text: "${"x".repeat(40)}"`],
  [`STRNCMP(parent->d_iname, "${"x".repeat(40)}", 40)`],
  [`STRNCMP(parent->d_iname, "${"x".repeat(41)}", 41)`, `unmatchable-text: "${"x".repeat(41)}"`],
  [`STRPREFIX(parent->d_iname, "${"x".repeat(41)}")`, `unmatchable-text: "${"x".repeat(41)}"`],
  [`STRSTR(parent->d_iname, "${"x".repeat(41)}")`, `unmatchable-text: "${"x".repeat(41)}"`],
  [`STRCMP(name->name, "${"x".repeat(100)}")`],
  ["parent->d_iname[40] == 'x'", "beyond-array: 40"],
  ["parent->d_iname[39] == 'x'"],
  ["parent->d_iname[-1] == 'x'", "beyond-array: -1"],
  ["100[parent->d_iname] == 'x'", "beyond-array: 100"],
  ["parent->d_iname[(name->len & 3) + 40] == 'x'", "beyond-array: (name->len & 3) + 40"],
  ["parent->d_iname[(name->len & 3) + 37] == 'x'"],
  ["parent->d_iname[name->len] == 'x'"],
  // C has the address behind the last element, and sizes of elements that are not there.
  ["&parent->d_iname[40] == name->name", "pointer-strings: =="],
  ["&parent->d_iname[41] != NULL", "beyond-array: 41"],
  ["sizeof(parent->d_iname[40]) == 1 && name->len"],
  ["((struct mm_struct *)parent)->cpu_bitmap[100] == 1"],
  ["((struct linux_dirent *)parent)->d_name[2] == 1"],
  ["((struct input_absinfo (*)[2])parent)[0][2].value == 1", "beyond-array: 2"],
  ["((struct mm_struct *)parent)->rss_stat[4].count == 1", "beyond-array: 4"],
  ["((struct cpumask *)parent)->bits[1] == 1"],
  ["((struct swap_info_struct *)parent)->frag_cluster_nr[1] == 1", "beyond-array: 1"],
  ["name->name[1000] == 1"],
  ["({ int n = 3; n == name->len; })"],
  ["({ int name = 3; name == 3; })", "shadowed-name: name"],
  ["({ int n = 3; ({ int n = 4; n == name->len; }); })", "shadowed-name: n"],
  ["({ int n = 3; int n = 4; n == name->len; })", "duplicate-local: n"],
  ["({ int EIO = name->len; EIO == 3; })", "shadowed-name: EIO"],
  ["parent->d_iname == name->name", "pointer-strings: =="],
  ["parent->d_iname == NULL && name"],
  ["parent < 0", "constant-comparison: parent < 0"],
  ["0 > parent || name->len", "constant-comparison: 0 > parent"],
  ["parent >= NULL && name->len", "constant-comparison: parent >= NULL"],
  ["0 <= parent->d_parent", "constant-comparison: 0 <= parent->d_parent"],
  ["parent > 0 && 0 < name && parent->d_inode <= 0 && NULL != name"],
  ["(long)parent < 0 || (unsigned long)parent >= -4095UL"],
];

test.each(predicates)("%s", (predicate, ...expected) => {
  expect(told(bindText(framed(predicate), [kernel]))).toEqual(expected);
});

/** What a call chain is told. */
const chains: readonly [fault: string, frame: Record<string, string> | string, ...told: string[]][] = [
  ["slab", "vfs_kern_mount", "cloned-function: vfs_kern_mount"],
  ["slab", "proc_single_open", "shared-name: proc_single_open"],
  ["proc_single_open", "path_mount", "shared-name: proc_single_open", "not-injectable: proc_single_open"],
  ["slab", "path_mount"],
  // On x86-64, this is what a system call without arguments goes by.
  ["slab", "__do_sys_fork"],
  ["syscall:fork", "path_mount"],
  ["syscall:fork", "__do_sys_fork", "misplaced-fault: __do_sys_fork"],
  ["slab", "sys_fork"],
  [
    "slab",
    { function: "vfs_link", parameters: "struct dentry *new_dentry, struct mnt_idmap *idmap" },
    "swapped-names: new_dentry",
  ],
  [
    "slab",
    { function: "vfs_link", parameters: "struct mnt_idmap *idmap, struct dentry *old_dentry" },
    "parameter-mismatch: struct mnt_idmap *idmap",
    "parameter-mismatch: struct dentry *old_dentry",
  ],
  [
    "slab",
    { function: "lock_rename", parameters: "struct dentry *p2, struct dentry *p1" },
    "swapped-names: p2",
    "swapped-names: p1",
  ],
  ["slab", { function: "lock_rename", parameters: "struct dentry *p1, struct dentry *p2" }],
  ["slab", { function: "lock_rename", parameters: "struct dentry *GFP_KERNEL" }, "shadowed-name: GFP_KERNEL"],
  [
    "slab",
    { function: "lock_rename", parameters: "int p, struct dentry *q", when: "p && q" },
    "parameter-mismatch: int p",
  ],
];

test.each(chains)("a fault of %s within %o", (fault, frame, ...expected) => {
  const one = typeof frame === "string" ? { function: frame } : frame;
  const spec = injection({ fault, return: "ENOMEM", callchain: [one] });
  expect(told(bindText(spec, [kernel]))).toEqual(expected);
});
