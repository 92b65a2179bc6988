/** A kernel function by name: which entry of the kernel's or a module's BTF it is, and its parameters. */

import type { Btf, TypeId } from "../btf/btf.js";
import { prototype } from "../btf/print.js";
import { functionPrototype } from "../btf/resolve.js";
import type { Diagnostic } from "../diagnostic.js";
import type { Kernel } from "../kernel/kernel.js";
import type { Name } from "../spec/spec.js";
import { type CType, fromBtf, sizeOfType } from "./ctype.js";
import { whyMissing } from "./missing.js";
import { type KernelSymbol, kernelSymbol } from "./name.js";
import * as codes from "./rules/codes.js";
import { typeText } from "./spelled.js";
import { asSyscall, inUserMemory, isSyscallBody, wrapperOf } from "./syscall.js";

export interface KernelParameter {
  readonly name: string;
  readonly type: CType;
  /** `undefined`: not in a register that a probe can read. */
  readonly slot: number | undefined;
}

export interface KernelFunction {
  readonly symbol: KernelSymbol;
  readonly btf: Btf;
  /** The module that has it. */
  readonly module?: string;
  readonly parameters: readonly KernelParameter[];
  readonly result: CType;
  /** As C, for messages. */
  readonly prototype: string;
  /** The system call's name, where this is its wrapper: its arguments are in the registers that its parameter points to. */
  readonly syscall?: string;
}

/** Registers that carry arguments (System V x86-64 psABI; AAPCS64). */
export const argumentRegisters = { x86_64: 6, arm64: 8 } as const;

/**
 * The function that the user's name means; a system call's old and bare names mean its wrapper on the target's architecture.
 * A name that none has is told of with those of the `others` that have one.
 */
export function findFunction(
  name: Name,
  kernel: Kernel,
  report: (d: Diagnostic) => void,
  others: readonly Kernel[] = [],
): KernelFunction | undefined {
  const call = wrapperOf(name.value, kernel);
  const wrapper = call && findNamed(call.wrapper, kernel);
  const found = wrapper ?? findNamed(name.value, kernel);
  if (!found) {
    report(codes.noSuchFunction(name.span, { name: name.value }, whyMissing(name.value, kernel, others)));
    return undefined;
  }
  // A weak function and the one that replaces it may name their parameters differently.
  const shapes = new Map(found.map((f) => [f.parameters.map((p) => typeText(p.type)).join(), f.prototype]));
  if (shapes.size > 1) {
    const notes = [...shapes.values()].map((text) => ({ text }));
    report(codes.ambiguousFunction(name.span, { name: name.value, count: shapes.size }, { notes }));
    return undefined;
  }
  const first = found[0]!;
  return call && wrapper ? asSyscall(first, call.syscall, kernel) : first;
}

/** Whether the kernel or a module has a function of that name, a system call's names included. */
export function hasFunction(name: string, kernel: Kernel): boolean {
  const { btf, modules } = kernel;
  const call = wrapperOf(name, kernel);
  const has = (types: Btf | undefined, one: string) => (types?.find("function", one).length ?? 0) > 0;
  return (call ? [call.wrapper, name] : [name]).some(
    (one) => has(btf, one) || [...kernel.modulesWith(one)].some((module) => has(modules.get(module), one)),
  );
}

function findNamed(name: string, kernel: Kernel): KernelFunction[] | undefined {
  const found = [...functionsIn(kernel.btf, name, kernel)];
  // A probe by name is put on the kernel's own function where a module has one of the same name.
  for (const module of found.length ? [] : kernel.modulesWith(name)) {
    const btf = kernel.modules.get(module);
    // A module's BTF continues the kernel's.
    for (const f of btf ? functionsIn(btf, name, kernel, kernel.btf.count) : []) found.push({ ...f, module });
  }
  return found.length ? found : undefined;
}

function* functionsIn(btf: Btf, name: string, kernel: Kernel, from = 0): Iterable<KernelFunction> {
  const symbol = kernelSymbol(name);
  if (!symbol) return;
  for (const id of btf.find("function", name)) {
    if (id >= from) yield describe(symbol, btf, id, kernel);
  }
}

function describe(symbol: KernelSymbol, btf: Btf, id: TypeId, kernel: Kernel): KernelFunction {
  const { parameters, result } = functionPrototype(btf, id);
  let next = 0;
  const described = parameters.map((p) => {
    const declared = fromBtf(btf, p.type);
    const type = isSyscallBody(symbol) ? inUserMemory(declared) : declared;
    const size = sizeOfType(type) ?? 0;
    const slot = next;
    next += Math.max(1, Math.ceil(size / 8));
    const readable = (type.kind === "int" || type.kind === "pointer") && size <= 8;
    return { name: p.name, type, slot: readable && slot < argumentRegisters[kernel.arch] ? slot : undefined };
  });
  return { symbol, btf, parameters: described, result: fromBtf(btf, result), prototype: prototype(btf, id) };
}
