/** Which parameters lead to the task's own memory where the kernel's BTF does not tell: gcc leaves `__user` out of it. */

import type { KernelFunction } from "./function.js";

/** Functions that the kernel declares with `char __user *`, by the names of these parameters: fs/ and mm/util.c. */
const handedIn: Readonly<Record<string, readonly string[]>> = {
  do_sys_open: ["filename"],
  do_sys_openat2: ["filename"],
  getname: ["filename"],
  getname_flags: ["filename"],
  getname_uflags: ["filename"],
  user_path_at: ["name"],
  user_path_at_empty: ["name"],
  do_faccessat: ["filename"],
  do_fchmodat: ["filename"],
  do_fchownat: ["filename"],
  do_readlinkat: ["pathname", "buf"],
  do_utimes: ["filename"],
  do_mount: ["dir_name"],
  strncpy_from_user: ["src"],
  strnlen_user: ["str"],
  strndup_user: ["s"],
  vfs_read: ["buf"],
  vfs_write: ["buf"],
};

/** Whether the function's argument in the slot is a text of the task's own. */
export function isHandedIn({ symbol, parameters }: KernelFunction, slot: number | undefined): boolean {
  const parameter = slot === undefined ? undefined : parameters.find((p) => p.slot === slot);
  if (parameter?.type.kind !== "pointer" || parameter.type.to.kind !== "int") return false;
  return Object.hasOwn(handedIn, symbol) && handedIn[symbol]!.includes(parameter.name);
}
