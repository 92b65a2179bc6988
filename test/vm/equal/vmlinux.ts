/** Groups over the booted kernel's own types, whose pointers the verifier follows. */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { readImage } from "../../../src/kernel/image.js";
import type { Kernel } from "../../../src/kernel/kernel.js";
import { openKernel } from "../../../src/kernel/open.js";
import { type Group, integers, must, variablesOf } from "./group.js";
import { rawPlace, sizeOfNamed, type World } from "./world.js";

const rows: readonly (readonly [target: string, ...declared: string[]])[] = [
  ["d_alloc_parallel", "struct dentry *parent", "const struct qstr *name"],
  ["security_inode_permission", "struct inode *inode", "int mask"],
  ["tcp_sendmsg", "struct sock *sk", "struct msghdr *msg", "size_t size"],
  ["should_fail_bio", "struct bio *bio"],
  ["security_file_ioctl", "struct file *file", "unsigned int cmd", "unsigned long arg"],
  ["security_task_setnice", "struct task_struct *p", "int nice"],
];

/** What lies in the memory. */
const types = [
  ...["dentry", "qstr", "inode", "super_block", "sock", "msghdr", "bio", "block_device", "file"],
  ...["task_struct", "cred"],
];

/** None for a kernel that has no bpf_rdonly_cast (before 6.2): nothing else makes memory of ours a pointer to follow. */
export async function kernelGroups(folder: string, image: string): Promise<Group[]> {
  const kernel = must(await openKernel(image));
  if (kernel.btf.find("function", "bpf_rdonly_cast").length === 0) return [];
  const header = join(folder, "vmlinux.h");
  writeFileSync(header, await nativeHeader(kernel, image, folder));
  const places = new Map<string, readonly number[]>();
  let at = 0;
  for (const name of types.map((tag) => `struct ${tag}`)) {
    places.set(name, [at]);
    at += Math.ceil(sizeOfNamed(kernel, name) / 256) * 256;
  }
  if (at > rawPlace) throw new Error("the kernel's types need more memory");
  return rows.map(([target, ...declared], i): Group => {
    const world: World = {
      ...{ kernel, places, integers, variables: variablesOf(target, declared, kernel) },
      ...{ constants: ["true", "false"], mark: "", trusted: true, flexible: false },
    };
    const shared = { name: target, world, target, header, fault: "should_failslab", syscall: false };
    return { ...shared, backend: "fmod_ret", wide: i % 3 < 2 };
  });
}

/** The kernel's types as bpftool writes them, but for packed enums, which it takes for plain ones, and for C's own words. */
async function nativeHeader({ btf }: Kernel, image: string, folder: string): Promise<string> {
  const raw = join(folder, "vmlinux.btf");
  writeFileSync(raw, must(await must(await readImage(readFileSync(image), image)).types()));
  const { stdout } = await execa("bpftool", ["btf", "dump", "file", raw, "format", "c"]);
  const packed = [...btf.names("enum")].filter(({ id }) => (btf.type(id) as { size: number }).size < 4);
  return packed
    .reduce(
      (text, { name }) =>
        text.replace(new RegExp(`^(enum ${name} \\{[^}]*\\});`, "m"), "$1 __attribute__((packed));"),
      stdout,
    )
    .replace(/^enum \{\n\tfalse = 0,\n\ttrue = 1,\n\};/m, "");
}
