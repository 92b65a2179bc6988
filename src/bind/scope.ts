/** What a predicate's names mean: the function's parameters, locals, and the constants of the target kernel. */

import type { Btf } from "../btf/btf.js";
import type { Diagnostic } from "../diagnostic.js";
import type { Kernel } from "../kernel/kernel.js";
import type { CType } from "./ctype.js";
import type { CIdent } from "./name.js";
import type { ParameterPlan } from "./plan.js";

export interface Variable {
  readonly name: CIdent;
  readonly type: CType;
  /** The verifier knows what it points to, so a program may follow it without a helper. */
  readonly direct: boolean;
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
  /** C names in use. */
  readonly taken: Set<string>;
  readonly diagnostics: Diagnostic[];
}

/** The scope inside a compound expression after a declaration. */
export function withVariable(scope: Scope, userName: string, variable: Variable): Scope {
  return { ...scope, variables: new Map([...scope.variables, [userName, variable]]) };
}

/** Adds a diagnostic, marked with the scope's kernel. */
export function report(scope: Scope, diagnostic: Diagnostic): void {
  scope.diagnostics.push({ ...diagnostic, kernels: [scope.kernel.name] });
}
