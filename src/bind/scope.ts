/** What a predicate's names mean: the function's parameters, locals, and the constants of the target kernel. */

import type { Btf } from "../btf/btf.js";
import type { Diagnostic } from "../diagnostic.js";
import type { Kernel } from "../kernel/kernel.js";
import { type Span, spanText } from "../source.js";
import { oneLine } from "../terminal.js";
import type { CType } from "./ctype.js";
import type { CIdent } from "./name.js";
import type { ParameterPlan, Typed, ValuePlan } from "./plan.js";

export interface Variable {
  readonly name: CIdent;
  readonly type: CType;
  /** The verifier knows what it points to, so a program may follow it without a helper. */
  readonly direct: boolean;
  /** Its value may be that of a pointer that the verifier follows, whatever its own type is. */
  readonly alias?: boolean;
  /** It leads to the task's own memory, be that written or not. */
  readonly handedIn?: boolean;
  readonly parameter?: ParameterPlan;
}

/** Where one predicate is typed. Diagnostics and the parameters that it reads are collected on the way. */
export interface Scope {
  readonly kernel: Kernel;
  /** All that the spec is for. */
  readonly kernels: readonly Kernel[];
  /** The BTF that the function was found in: the kernel's or a module's. */
  readonly btf: Btf;
  /** By the user's name; inner scopes shadow. */
  readonly variables: ReadonlyMap<string, Variable>;
  readonly reads: Set<ParameterPlan>;
  /** Parameters whose value is needed as a number: the verifier does not compute with pointers that it follows. */
  readonly numbers: Set<CIdent>;
  /** What it reads and is worth telling of an event, by its text. */
  readonly values: Map<string, ValuePlan>;
  /** C names in use. */
  readonly taken: Set<string>;
  readonly diagnostics: Diagnostic[];
}

/** The scope inside a compound expression after a declaration. */
export function withVariable(scope: Scope, userName: string, variable: Variable): Scope {
  // What is reckoned from a local stands nowhere else, so it is not told.
  return { ...scope, variables: new Map([...scope.variables, [userName, variable]]), values: new Map() };
}

/** The longest text that a value goes by, and the most values that a predicate has beside the parameters themselves. */
const longestText = 120;
const mostValues = 8;

/** What keeps parameters in a value from being noted before it, so that it is not told: a compound expression, `exists()`. */
const unnoted = /\{|\bexists\b/;

/** Notes that the predicate reads this number, or the string that this pointer leads to, by the user's words for it. */
export function note(scope: Scope, kind: ValuePlan["kind"], span: Span, value: Typed): void {
  const text = oneLine(spanText(span).replace(/\s+/g, " ").trim());
  const others = [...scope.values.values()].filter((v) => v.value.kind !== "variable").length;
  if (text.length > longestText || unnoted.test(text) || (kind === "number" && scope.values.has(text)))
    return;
  if (value.kind === "variable" || others < mostValues) scope.values.set(text, { kind, text, value });
}

/** Adds a diagnostic, marked with the scope's kernel. */
export function report(scope: Scope, diagnostic: Diagnostic): void {
  scope.diagnostics.push({ ...diagnostic, kernels: [scope.kernel.name] });
}
