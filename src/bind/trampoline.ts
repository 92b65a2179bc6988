/** Which functions a BPF trampoline can be put into: fentry, fexit and fmod_ret, but not kprobes, need one. */

import type { Kernel } from "../kernel/kernel.js";
import { type CType, isRecord, sizeOfType } from "./ctype.js";
import type { KernelFunction, KernelParameter } from "./function.js";

/** btf_id_deny and noreturn_deny of kernel/bpf/verifier.c: a trampoline calls the former, and never comes back from the latter. */
const denied = new Set(
  (
    "migrate_disable migrate_enable ___migrate_enable rcu_read_unlock_strict preempt_count_add preempt_count_sub " +
    "__rcu_read_lock __rcu_read_unlock __x64_sys_exit __x64_sys_exit_group __ia32_sys_exit __ia32_sys_exit_group " +
    "__arm64_sys_exit __arm64_sys_exit_group __kunit_abort kunit_try_catch_throw __module_put_and_kthread_exit do_exit " +
    "do_group_exit kthread_complete_and_exit kthread_exit make_task_dead"
  ).split(" "),
);

/** MAX_BPF_FUNC_ARGS of include/linux/bpf.h. */
const mostArguments = 12;

/** Why none can be put into the function; `undefined` where one can (kernel/bpf/btf.c, btf_distill_func_proto()). */
export function trampolineObstacle(target: KernelFunction, kernel: Kernel): string | undefined {
  const { symbol, parameters, result, syscall } = target;
  if (denied.has(symbol)) return `${symbol} is one of the functions that the kernel lets no trampoline into`;
  // A system call's wrapper takes a pointer to its registers, and that is all.
  if (syscall) return undefined;
  if (parameters.at(-1)?.type.kind === "void") return `${symbol} takes a variable number of arguments`;
  if (isRecord(result)) return `${symbol} returns a ${result.kind} by value`;
  if (isUnfinished(target))
    return `the types at hand lack the prototype by which the kernel checks ${symbol}`;
  const wide = parameters.find(({ type }) => !isPassable(type, kernel));
  if (wide) return `${symbol} is given \`${wide.name}\` by value`;
  if (argumentSlots(target) > most(kernel))
    return `${symbol} takes more arguments than fit the kernel's trampolines`;
  return undefined;
}

/**
 * Functions for BPF programs that are given more than these pass (KF_IMPLICIT_ARGS, 7.0). The verifier takes their prototype
 * from a twin, `NAME_impl`; resolve_btfids adds the twin to the types and takes what is not passed away from their own. In a
 * kernel whose types were made by a pahole older than that, there is no twin, or an old one in which they are `void *`
 * (tools/bpf/resolve_btfids/main.c; kernel/bpf/verifier.c, find_kfunc_impl_proto()).
 */
function isUnfinished({ symbol, parameters }: KernelFunction): boolean {
  const isGiven = ({ name, type }: KernelParameter, i: number) => {
    const record = type.kind === "pointer" && type.to.kind === "struct" && type.to.name;
    const isLast = i === parameters.length - 1;
    return record === "btf_struct_meta" || (record === "bpf_prog_aux" && name === "aux" && isLast);
  };
  return !symbol.endsWith("_impl") && parameters.some(isGiven);
}

/** How many 8-byte slots a call's arguments take. */
export function argumentSlots({ parameters, syscall }: KernelFunction): number {
  if (syscall) return 1;
  return parameters.reduce((sum, { type }) => sum + Math.ceil((sizeOfType(type) ?? 8) / 8), 0);
}

/** Structs of at most two words since 6.1, which brought this ring buffer; unions and floating point never. */
function isPassable(type: CType, { btf }: Kernel): boolean {
  const size = sizeOfType(type) ?? 0;
  if (type.kind === "pointer") return true;
  if (type.kind === "int") return size <= 8;
  return type.kind === "struct" && size > 0 && size <= 16 && has(btf, "BPF_MAP_TYPE_USER_RINGBUF");
}

/** Those in registers; on x86-64 also those on the stack since 6.6, which brought uprobes in numbers. */
function most({ btf, arch }: Kernel): number {
  if (arch === "arm64") return 8;
  return has(btf, "BPF_TRACE_UPROBE_MULTI") ? mostArguments : 6;
}

function has(btf: Kernel["btf"], enumerator: string): boolean {
  return btf.enumerator(enumerator) !== undefined;
}
