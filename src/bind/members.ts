/** What the programs themselves read of the kernel's types, whatever the predicates. */

import type { Backend } from "../build/manifest.js";
import type { Arch } from "../kernel/kernel.js";
import { type CType, intType, ulongType, voidType } from "./ctype.js";
import type { OwnMember } from "./declare.js";
import type { CIdent } from "./name.js";
import type { ConditionPlan } from "./plan.js";
import { registerMember, registers } from "./registers.js";

const member = (struct: string, name: string, type: CType): OwnMember => ({
  struct,
  name: name as CIdent,
  type,
});
const record = (name: string): CType => ({ kind: "struct", name });
const pointerTo = (to: CType): CType => ({ kind: "pointer", to });
const emptyArrayOf = (of: CType): CType => ({ kind: "array", of, length: 0 });

/**
 * The way to a task's ancestor cgroups where there is no helper, as for those of version 1: `ancestor_ids` up to 5.19,
 * `ancestors` from 6.1 on (include/linux/cgroup-defs.h), on which such an object may also be loaded.
 */
const cgroupMembers: readonly OwnMember[] = [
  member("task_struct", "cgroups", pointerTo(record("css_set"))),
  member("css_set", "dfl_cgrp", pointerTo(record("cgroup"))),
  member("css_set", "subsys", emptyArrayOf(pointerTo(record("cgroup_subsys_state")))),
  member("cgroup_subsys_state", "cgroup", pointerTo(record("cgroup"))),
  member("cgroup", "level", intType),
  member("cgroup", "ancestor_ids", emptyArrayOf(ulongType)),
  member("cgroup", "ancestors", emptyArrayOf(pointerTo(record("cgroup")))),
  member("cgroup", "kn", pointerTo(record("kernfs_node"))),
  member("kernfs_node", "id", ulongType),
];

/**
 * What tells of a call on a task's stack: the stack's bounds, when the task began, and the returns that its probes wait
 * for, as rethook nodes (include/linux/rethook.h) or, up to 5.17 and on arm64, as instances of kretprobes.
 */
function chainMembers(kprobe: boolean, modern: boolean): OwnMember[] {
  const listed: OwnMember[] = [
    member("task_struct", "rethooks", record("llist_head")),
    member("task_struct", "kretprobe_instances", record("llist_head")),
    member("llist_head", "first", pointerTo(record("llist_node"))),
    member("llist_node", "next", pointerTo(record("llist_node"))),
    member("rethook_node", "llist", record("llist_node")),
    member("rethook_node", "frame", ulongType),
    member("kretprobe_instance", "llist", record("llist_node")),
    member("kretprobe_instance", "fp", pointerTo(voidType)),
  ];
  return [
    member("task_struct", "stack", pointerTo(voidType)),
    ...(modern ? [] : [member("task_struct", "start_time", ulongType)]),
    ...(kprobe ? listed : []),
  ];
}

/** Who a task is, for which BPF has helpers, but none as cheap as to look. */
const identityMembers: readonly OwnMember[] = [
  member("task_struct", "tgid", intType),
  member("task_struct", "pid", intType),
  member("task_struct", "comm", { kind: "array", of: { kind: "int", size: 1, signed: true }, length: 16 }),
];

/** What the programs read beside the predicates: a system call's saved registers, and the bounds of the task's stack. */
export function ownMembers(
  arch: Arch,
  backend: Backend,
  conditions: readonly ConditionPlan[],
  chain: boolean,
  modern: boolean,
): OwnMember[] {
  const layout = registers[arch];
  const reads = conditions.flatMap((c) => c.reads);
  const kprobe = backend === "override";
  const saved = (access: string) => ({ struct: layout.saved, ...registerMember(access) });
  return [
    ...(chain ? chainMembers(kprobe, modern) : []),
    ...(modern ? identityMembers : []),
    ...cgroupMembers,
    ...reads.filter((r) => r.from === "registers").map((r) => saved(layout.syscall[r.slot]!)),
  ];
}
