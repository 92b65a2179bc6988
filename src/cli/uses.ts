/** What can be done with a kernel's function, in sentences. */

import { injectability } from "../bind/fault.js";
import { findFunction, type KernelFunction } from "../bind/function.js";
import { clonesOf } from "../bind/missing.js";
import type { Kernel } from "../kernel/kernel.js";
import type { Span } from "../source.js";

/** Where a name that was typed on the command line stands. */
function typed(text: string): Span {
  return { source: { name: "NAME", text }, start: 0, end: text.length };
}

/** The function that a name means here: a system call's name means its wrapper. */
export function functionOf(name: string, kernel: Kernel): KernelFunction | undefined {
  return findFunction({ value: name, span: typed(name) }, kernel, () => {});
}

/** Whether it can be failed and traced, and what stands in the way of a spec that names it. */
export function usesOf(kernel: Kernel, symbol: string): string[] {
  const span = typed(symbol);
  const target = functionOf(symbol, kernel);
  const allowed =
    target && injectability(target, { kind: "function", name: { value: symbol, span }, span }, kernel);
  const others = kernel.btf.find("function", symbol).length;
  const clones = clonesOf(symbol, kernel);
  return [
    ...(target?.syscall ? [`the wrapper of system call ${target.prototype}`] : []),
    ...(allowed ? [injectabilityText(allowed)] : []),
    traceText(kernel.traceable?.has(symbol)),
    ...(target && !target.syscall && kernel.traceable?.isShared(symbol)
      ? ["the kernel has several functions of this name, and a program is attached to one at the most"]
      : []),
    ...(clones.length ? [`some callers call its clone ${clones.join(", ")} instead`] : []),
    ...(target ? [] : [`${others} functions have this name, so a spec cannot tell which of them is meant`]),
  ];
}

function traceText(traceable: boolean | undefined): string {
  if (traceable === undefined) return "whether it can be traced is not known of this kernel";
  return traceable ? "can be traced" : "cannot be traced: ftrace has no hook in it";
}

function injectabilityText(allowed: ReturnType<typeof injectability>): string {
  switch (allowed.kind) {
    case "listed":
      return `can be failed: it is on the error-injection list, class ${allowed.effect}`;
    case "security":
      return `can be failed: it is a security hook, class ${allowed.effect}, by fmod_ret`;
    case "unknown":
      return "whether it can be failed is not known of this kernel";
    case "refused":
      return `cannot be failed: ${allowed.help[0] ?? "the kernel does not allow it"}`;
    default:
      return allowed satisfies never;
  }
}
