/** A predicate against a function's parameters: the typed condition and what it reads. */

import type { Diagnostic } from "../diagnostic.js";
import type { Kernel } from "../kernel/kernel.js";
import type { Predicate } from "../spec/expr.js";
import * as codes from "./codes.js";
import { typeExpression, typePredicate } from "./expression.js";
import type { KernelFunction } from "./function.js";
import { isHandedIn } from "./handed.js";
import { type CIdent, variableName } from "./name.js";
import type { BoundParameter } from "./parameters.js";
import type { ConditionPlan, ParameterPlan, ToldPlan, Typed } from "./plan.js";
import { truthOf } from "./range.js";
import type { Scope, Variable } from "./scope.js";

/** How one function's predicate is to be bound. */
export interface ConditionContext {
  readonly kernel: Kernel;
  /** All that the spec is for. */
  readonly kernels: readonly Kernel[];
  readonly target: KernelFunction;
  readonly parameters: readonly BoundParameter[];
  /** The program is a trampoline's, so pointers to structs may be followed without a helper. */
  readonly trampoline: boolean;
  readonly report: (d: Diagnostic) => void;
}

/** The predicate, bound; `undefined` where it has errors, which are reported. */
export function bindCondition(predicate: Predicate, context: ConditionContext): ConditionPlan | undefined {
  const { test, scope } = typeUntilStable(context, (s) => typePredicate(predicate, s));
  for (const d of scope.diagnostics) context.report(d);
  for (const read of scope.reads) if (read.slot < 0) reportUnreachable(predicate, read, context);
  if (test.kind === "invalid") return undefined;
  const known = truthOf(test);
  // A comparison that decides it is told of already.
  if (known !== undefined && !scope.diagnostics.some((d) => d.code === codes.constantComparison.code))
    context.report(codes.constantPredicate(predicate.span, { value: `${known}` }));
  const { span, text } = predicate;
  return { span, text, test, reads: inOrder(scope.reads), told: bindTold(predicate, context) };
}

/** What the predicate reads, as a program reads it that may follow no pointer without a test. */
function bindTold(predicate: Predicate, context: ConditionContext): ToldPlan {
  const { scope } = typeUntilStable({ ...context, trampoline: false }, (s) => typePredicate(predicate, s));
  const values = [...scope.values.values()];
  const named = new Set(values.flatMap(({ value }) => (value.kind === "variable" ? [value.name] : [])));
  const reads = inOrder(scope.reads).filter(({ name }) => named.has(name));
  return { reads: reads.map((p) => ({ ...p, number: p.type.kind === "pointer" })), values };
}

const nothingTold: ToldPlan = { reads: [], values: [] };

/** An expression of our own, which need not be a condition; what it needs of the kernel and is not known is reported. */
export function bindOwn(predicate: Predicate, context: ConditionContext): ConditionPlan | undefined {
  const { test, scope } = typeUntilStable(context, (s) => typeExpression(predicate.expression, s));
  for (const d of scope.diagnostics) context.report(d);
  const { span, text } = predicate;
  return test.kind === "invalid"
    ? undefined
    : { span, text, test, reads: inOrder(scope.reads), told: nothingTold };
}

function inOrder(reads: Set<ParameterPlan>): ParameterPlan[] {
  return [...reads].sort((a, b) => a.slot - b.slot);
}

function reportUnreachable(
  predicate: Predicate,
  read: ParameterPlan,
  { target, report }: ConditionContext,
): void {
  report(
    codes.unreachableParameter(
      predicate.span,
      { name: target.symbol, parameter: read.name },
      {
        help: [`the kernel has \`${target.prototype}\``],
      },
    ),
  );
}

// Whether a pointer is needed as a number shows only once its uses were typed; each round can only add to those.
function typeUntilStable(
  context: ConditionContext,
  type: (scope: Scope) => Typed,
): { test: Typed; scope: Scope } {
  const numbers = new Set<CIdent>();
  for (;;) {
    const before = numbers.size;
    const scope = scopeOf(context, numbers);
    const test = type(scope);
    if (numbers.size === before) return { test, scope };
  }
}

function scopeOf(context: ConditionContext, numbers: Set<CIdent>): Scope {
  const taken = new Set<string>();
  const variables = new Map<string, Variable>();
  for (const p of context.parameters) {
    const name = variableName(p.name, taken, context.target.btf);
    taken.add(name);
    const plan = parameterPlan(p, name, context, numbers);
    const direct = plan.type.kind === "pointer" && plan.from === "call" && context.trampoline && !plan.number;
    const handedIn = isHandedIn(context.target, p.slot);
    variables.set(p.name, { name, type: p.type, direct, handedIn, parameter: plan });
  }
  const { kernel, kernels, target } = context;
  return {
    kernel,
    kernels,
    btf: target.btf,
    variables,
    reads: new Set(),
    values: new Map(),
    numbers,
    taken,
    diagnostics: [],
  };
}

function parameterPlan(
  p: BoundParameter,
  name: CIdent,
  context: ConditionContext,
  numbers: ReadonlySet<CIdent>,
): ParameterPlan {
  const from = context.target.syscall ? "registers" : "call";
  // The verifier knows pointers to structs that the kernel defines; others it refused to load before 5.12.
  const followed =
    p.exact &&
    p.type.kind === "pointer" &&
    (p.type.to.kind === "struct" || p.type.to.kind === "union") &&
    !!p.type.to.definition &&
    !p.type.tagged;
  return {
    name,
    type: p.type,
    slot: p.slot ?? -1,
    from,
    number: p.type.kind === "pointer" && (!followed || numbers.has(name)),
  };
}
