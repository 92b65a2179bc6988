/** The declared arguments of system calls, for kernels that tell none of theirs: `make syscalls` makes the lists. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../root.js";
import type { Arch, SyscallParameter } from "./kernel.js";
import { lazy } from "./lazy.js";
import { syscallList } from "./lists.js";

type Syscalls = ReadonlyMap<string, readonly SyscallParameter[]>;

const x86 = lazy(() => listOf("x86_64"));
const arm64 = lazy((): Syscalls => new Map([...x86(), ...listOf("arm64")]));

/** By name, as the newest of the lab kernels declares them; a system call's arguments are the same in all releases. */
export function commonSyscalls(arch: Arch): Syscalls {
  return { x86_64: x86, arm64 }[arch]();
}

function listOf(arch: Arch): Syscalls {
  return syscallList.collect(readFileSync(join(packageRoot, "src/kernel/syscalls", `${arch}.txt`), "utf8"));
}
