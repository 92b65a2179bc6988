/** The user's parameter list against the kernel's prototype: binding is by position, types must agree. */

import type { Diagnostic } from "../diagnostic.js";
import type { Kernel } from "../kernel/kernel.js";
import type { Span } from "../source.js";
import type { ParameterList } from "../spec/spec.js";
import * as codes from "./codes.js";
import { agrees, type CType, decay, typeLabel } from "./ctype.js";
import type { KernelFunction, KernelParameter } from "./function.js";
import { inUserMemory } from "./syscall.js";
import { resolveType } from "./typename.js";

/** A parameter under the name that the user's predicate calls it by. */
export interface BoundParameter {
  readonly name: string;
  readonly type: CType;
  readonly slot: number | undefined;
  /** The kernel's own type for it is this pointer type, not merely one that agrees. */
  readonly exact: boolean;
  readonly span?: Span;
}

/** The function's parameters by the user's names, or by the kernel's where the user gave none. */
export function bindParameters(
  target: KernelFunction,
  list: ParameterList | undefined,
  kernel: Kernel,
  report: (d: Diagnostic) => void,
): readonly BoundParameter[] {
  if (!list) return target.parameters.filter((p) => p.name).map((p) => ({ ...p, exact: true }));
  const { parameters } = list;
  if (parameters.length > target.parameters.length) {
    const counts = { name: target.symbol, given: parameters.length, actual: target.parameters.length };
    const at = parameters[target.parameters.length]!.span;
    report(codes.tooManyParameters(at, counts, { help: [`the kernel has \`${target.prototype}\``] }));
  }
  const bound: BoundParameter[] = [];
  const mismatches: Diagnostic[] = [];
  for (const [i, written] of parameters.entries()) {
    const actual = target.parameters[i];
    const named = decay(resolveType(written.type, kernel, target.btf, report));
    const type = target.syscall ? inUserMemory(named) : named;
    if (!actual || type.kind === "invalid") continue;
    if (!agrees(type, actual.type)) mismatches.push(mismatch(target, i, written.span, type, actual));
    else if (written.name) {
      const exact =
        typeLabel(type) === typeLabel(actual.type) && actual.type.kind === "pointer" && !actual.type.tagged;
      const slot = actual.slot;
      bound.push({
        name: written.name.value,
        type: preferKernel(type, actual.type),
        slot,
        exact,
        span: written.name.span,
      });
    }
  }
  const order = orderHint(target, list);
  for (const d of mismatches) report(order ? { ...d, help: [order, ...d.help] } : d);
  if (!mismatches.length) for (const d of swaps(target, list)) report(d);
  return bound;
}

/** The user's `void *` stays one; else the kernel's type, which knows its tags and definition. */
function preferKernel(user: CType, kernel: CType): CType {
  if (user.kind !== "pointer" || kernel.kind !== "pointer") return kernel.kind === "int" ? kernel : user;
  return user.to.kind === "void" || kernel.to.kind === "void" || user.user ? user : kernel;
}

function mismatch(
  target: KernelFunction,
  i: number,
  at: Span,
  user: CType,
  actual: KernelParameter,
): Diagnostic {
  const labels = {
    name: target.symbol,
    position: i + 1,
    user: typeLabel(user),
    kernel: typeLabel(actual.type),
  };
  return codes.parameterMismatch(at, labels, { help: [`the kernel has \`${target.prototype}\``] });
}

/** Where the list uses the kernel's names, but in another order. */
function* displaced(target: KernelFunction, list: ParameterList) {
  for (const [i, p] of list.parameters.entries()) {
    const name = p.name?.value;
    const actual = target.parameters.findIndex((k) => k.name === name);
    if (name && actual >= 0 && actual !== i)
      yield { name, position: i + 1, actual: actual + 1, span: p.name!.span };
  }
}

function orderHint(target: KernelFunction, list: ParameterList): string | undefined {
  const moved = [...displaced(target, list)];
  return moved.length ? "the names are the kernel's, but in another order" : undefined;
}

function* swaps(target: KernelFunction, list: ParameterList): Iterable<Diagnostic> {
  for (const { name, position, actual, span } of displaced(target, list)) {
    yield codes.swappedNames(span, { name: target.symbol, parameter: name, position, actual });
  }
}
