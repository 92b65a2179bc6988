/** Where an architecture keeps a call's arguments and its stack pointer, as kprobe programs see them. */

import type { Arch } from "../kernel/kernel.js";
import { type CType, ulongType } from "./ctype.js";
import type { CIdent } from "./name.js";

export interface Registers {
  /** What a kprobe's context holds, 8 bytes each. That is told to user space, too, so it never moves. */
  readonly context: string;
  /** In order of the call's parameters. */
  readonly parameters: readonly string[];
  /** The struct that a system call's wrapper is given, and its arguments there. */
  readonly saved: string;
  readonly syscall: readonly string[];
  /** What a return probe's stack pointer is above that of the entry. */
  readonly popped: number;
}

const arm64 = Array.from({ length: 8 }, (_, i) => `regs[${i}]`);

/** uapi/asm/ptrace.h of arch/x86/include and arch/arm64/include, and arch/x86/include/asm/syscall_wrapper.h. */
export const registers: Readonly<Record<Arch, Registers>> = {
  x86_64: {
    context:
      "r15, r14, r13, r12, bp, bx, r11, r10, r9, r8, ax, cx, dx, si, di, orig_ax, ip, cs, flags, sp, ss",
    parameters: ["di", "si", "dx", "cx", "r8", "r9"],
    saved: "pt_regs",
    syscall: ["di", "si", "dx", "r10", "r8", "r9"],
    popped: 8,
  },
  arm64: {
    context: "regs[31], sp, pc, pstate",
    parameters: arm64,
    saved: "pt_regs",
    syscall: arm64.slice(0, 6),
    popped: 0,
  },
};

/** The member that an access like `di` or `regs[2]` needs declared. */
export function registerMember(access: string): { readonly name: CIdent; readonly type: CType } {
  const name = access.replace(/\[\d+\]$/, "") as CIdent;
  return { name, type: name === access ? ulongType : { kind: "array", of: ulongType, length: 31 } };
}
