/** The user's parameter list against the kernel's prototype: binding is by position, types must agree. */

import type { Btf } from "../btf/btf.js";
import type { Diagnostic } from "../diagnostic.js";
import type { Kernel } from "../kernel/kernel.js";
import type { Span } from "../source.js";
import type { Parameter } from "../spec/expr.js";
import type { ParameterList } from "../spec/spec.js";
import * as expression from "./codes.js";
import { isConstantName } from "./constants.js";
import { agrees, type CType, decay, invalidType, sameSpace } from "./ctype.js";
import type { KernelFunction, KernelParameter } from "./function.js";
import * as codes from "./rules/codes.js";
import { swappedNames, whatMoved } from "./rules/order.js";
import { declarationText, typeLabel } from "./spelled.js";
import { inUserMemory } from "./syscall.js";
import { resolveType } from "./typename.js";

/** A parameter under the name that the user's predicate calls it by. */
export interface BoundParameter {
  readonly name: string;
  readonly type: CType;
  readonly slot: number | undefined;
  /** The kernel's own type for it is this pointer type, not merely one that agrees, and the verifier takes it for no null. */
  readonly exact: boolean;
}

/** Whether the verifier lets nobody follow such an argument untested: since 6.12 (`btf_ctx_access()` of kernel/bpf/btf.c). */
const isNullable = ({ name }: KernelParameter) => name.endsWith("__nullable");

/** The function's parameters by the user's names, or by the kernel's where the user gave none. */
export function bindParameters(
  target: KernelFunction,
  list: ParameterList | undefined,
  kernel: Kernel,
  report: (d: Diagnostic) => void,
  others: readonly Kernel[] = [],
): readonly BoundParameter[] {
  if (!list) return target.parameters.filter((p) => p.name).map((p) => ({ ...p, exact: !isNullable(p) }));
  const { parameters } = list;
  if (parameters.length > target.parameters.length) {
    const counts = { name: target.symbol, given: parameters.length, actual: target.parameters.length };
    const at = parameters[target.parameters.length]!.span;
    report(codes.tooManyParameters(at, counts, { help: [`the kernel has \`${target.prototype}\``] }));
  }
  const bound: BoundParameter[] = [];
  const mismatches: Diagnostic[] = [];
  const types: CType[] = [];
  for (const [i, written] of parameters.entries()) {
    const actual = target.parameters[i];
    const untyped = nameAlone(written, kernel, target.btf);
    if (untyped !== undefined) {
      if (actual) report(untypedParameter(untyped, written.span, target, actual));
      types.push(actual?.type ?? invalidType);
      bound.push(actual ? bindOne(untyped, actual.type, actual) : wrong(untyped));
      continue;
    }
    const named = decay(resolveType(written.type, kernel, target.btf, report, others));
    const type = target.syscall ? inUserMemory(named) : named;
    types.push(type);
    const name = written.name?.value;
    if (name !== undefined && isConstantName(name)) {
      report(expression.shadowedName(written.name!.span, { name, of: "constant" }));
    }
    const right = actual && agrees(type, actual.type);
    if (actual && !right) mismatches.push(mismatch(target, i, written.span, type, actual));
    if (name !== undefined) bound.push(right ? bindOne(name, type, actual) : wrong(name));
  }
  for (const [i, d] of mismatches.entries()) {
    const why = d.help.length ? d.help : whatMoved(target, list, types);
    report(i === 0 ? { ...d, help: [...why, `the kernel has \`${target.prototype}\``] } : d);
  }
  if (!mismatches.length) for (const d of swappedNames(target, list)) report(d);
  return bound;
}

/** A word that stands where a parameter should, and is no type of the kernel's: a name, by all appearances. */
function nameAlone({ type, name }: Parameter, kernel: Kernel, btf: Btf): string | undefined {
  const { base, declarators } = type;
  if (name || base.kind !== "typedef" || declarators.length) return undefined;
  return resolveType(type, kernel, btf, () => undefined).kind === "invalid" ? base.name.value : undefined;
}

function untypedParameter(
  name: string,
  at: Span,
  target: KernelFunction,
  { type }: KernelParameter,
): Diagnostic {
  const help = [
    `write \`${declarationText(type, name, typeLabel)}\``,
    `the kernel has \`${target.prototype}\``,
  ];
  return codes.untypedParameter(at, { name }, { help });
}

function bindOne(name: string, type: CType, actual: KernelParameter): BoundParameter {
  const pointer = actual.type.kind === "pointer" && !actual.type.tagged;
  const exact = pointer && !isNullable(actual) && typeLabel(type) === typeLabel(actual.type);
  return { name, type: preferKernel(type, actual.type), slot: actual.slot, exact };
}

/** What was complained of is known all the same, so that no use of it is complained of, too. */
function wrong(name: string): BoundParameter {
  return { name, type: invalidType, slot: undefined, exact: false };
}

/** The user's `void *` stays one, wherever it leads; else the kernel's type, which knows its tags and definition. */
function preferKernel(user: CType, kernel: CType): CType {
  if (user.kind !== "pointer" || kernel.kind !== "pointer") return kernel.kind === "int" ? kernel : user;
  return user.to.kind === "void" || kernel.to.kind === "void" || user.user ? sameSpace(user, kernel) : kernel;
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
  const registers =
    target.syscall && user.kind === "pointer" && user.to.kind === "struct" && user.to.name === "pt_regs"
      ? ["name the system call's own arguments: injectc takes them out of the registers"]
      : [];
  return codes.parameterMismatch(at, labels, { help: registers });
}
