/** A kernel function by name: which entry of the kernel's or a module's BTF it is, and its parameters. */

import type { Btf, TypeId } from "../btf/btf.js";
import { prototype } from "../btf/print.js";
import { functionPrototype } from "../btf/resolve.js";
import type { Diagnostic } from "../diagnostic.js";
import type { Kernel } from "../kernel/kernel.js";
import type { Name } from "../spec/spec.js";
import { nearest } from "../spelling.js";
import * as codes from "./codes.js";
import { type CType, fromBtf, sizeOfType, typeText } from "./ctype.js";
import { type KernelSymbol, kernelSymbol } from "./name.js";
import { asSyscall, wrapperOf } from "./syscall.js";

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

/** The function that the user's name means; a system call's old and bare names mean its wrapper on the target's architecture. */
export function findFunction(
  name: Name,
  kernel: Kernel,
  report: (d: Diagnostic) => void,
): KernelFunction | undefined {
  const call = wrapperOf(name.value, kernel);
  const wrapper = call && findNamed(call.wrapper, kernel);
  const found = wrapper ?? findNamed(name.value, kernel);
  if (!found) {
    report(codes.noSuchFunction(name.span, { name: name.value }, { help: suggestions(name.value, kernel) }));
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

function findNamed(name: string, kernel: Kernel): KernelFunction[] | undefined {
  const found = [...functionsIn(kernel.btf, name, kernel)];
  for (const [module, btf] of kernel.modules) {
    // A module's BTF continues the kernel's, whose functions were found already.
    for (const f of functionsIn(btf, name, kernel, kernel.btf.count)) found.push({ ...f, module });
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
    const type = fromBtf(btf, p.type);
    const size = sizeOfType(type) ?? 0;
    const slot = next;
    next += Math.max(1, Math.ceil(size / 8));
    const readable = (type.kind === "int" || type.kind === "pointer") && size <= 8;
    return { name: p.name, type, slot: readable && slot < argumentRegisters[kernel.arch] ? slot : undefined };
  });
  return { symbol, btf, parameters: described, result: fromBtf(btf, result), prototype: prototype(btf, id) };
}

/** What the user may have meant: a clone that the compiler made of it, or the nearest name. */
function suggestions(name: string, kernel: Kernel): string[] {
  const clones = [...(kernel.traceable ?? [])].filter((t) => t.startsWith(`${name}.`));
  if (clones.length) {
    return [
      `the compiler has split or cloned it here: ${clones.join(", ")}; a probe on its callers will work instead`,
    ];
  }
  const near = nearest(name, functionNames(kernel.btf));
  return near ? [`did you mean \`${near}\`?`] : [];
}

/** All of a kernel's functions, decoded once: there are a hundred thousand, and many specs may ask for relatives. */
const known = new WeakMap<Btf, readonly string[]>();

function functionNames(btf: Btf): readonly string[] {
  const names = known.get(btf) ?? [...btf.names("function")].map(({ name }) => name);
  known.set(btf, names);
  return names;
}
