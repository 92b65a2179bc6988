/** A group of expressions: over which types and values, on which function, bound and read in which way. */

import { findFunction } from "../../../src/bind/function.js";
import type { Backend } from "../../../src/build/manifest.js";
import { type Checked, formatDiagnostic } from "../../../src/diagnostic.js";
import type { Kernel } from "../../../src/kernel/kernel.js";
import { fragmentSpan, wholeFragment } from "../../../src/source.js";
import type { Variable, World } from "./world.js";

export interface Group {
  readonly name: string;
  readonly world: World;
  readonly backend: Backend;
  readonly fault: string;
  /** The function that the expressions are predicates on. */
  readonly target: string;
  /** It is a system call, and the memory the task's own. */
  readonly syscall: boolean;
  /** Conditions give the expression's value, not its truth. */
  readonly wide: boolean;
  /** The file with the types for native C. */
  readonly header: string;
  /** The raw BTF that CO-RE fits the types to, where that is not the kernel's own. */
  readonly btf?: string;
}

export const integers = [
  ...["_Bool", "char", "signed char", "unsigned char", "short", "unsigned short", "int", "unsigned", "long"],
  ...["unsigned long", "long long", "unsigned long long int", "short int", "long unsigned", "signed"],
  ...["u8", "s8", "u16", "s16", "u32", "s32", "u64", "s64", "bool", "size_t", "loff_t"],
];

/** The value; throws where there is none. */
export function must<T>(result: Checked<T>): T {
  if (!result.ok) throw new Error(result.diagnostics.map((d) => formatDiagnostic(d)).join("\n"));
  return result.value;
}

/** The function's parameters, with the names and types that a parameter list gives them. */
export function variablesOf(target: string, declared: readonly string[], kernel: Kernel): Variable[] {
  const fragment = wholeFragment({ name: "target", text: target });
  const name = { value: target, span: fragmentSpan(fragment, 0, target.length) };
  const found = findFunction(name, kernel, () => {});
  if (!found) throw new Error(`${kernel.name} has no function ${target}`);
  return declared.map((text, i) => ({
    name: /\w+$/.exec(text)![0],
    declared: text,
    type: found.parameters[i]!.type,
  }));
}
