/** A program's context, and how a function's parameters are taken out of it. */

import type { ParameterPlan, Variant } from "../bind/plan.js";
import { registers } from "../bind/registers.js";
import { declarationText, typeText } from "../bind/spelled.js";
import type { Arch } from "../kernel/kernel.js";

/** What the context of a program that is entered with a call points to. */
export function contextType({ backend }: Variant): string {
  return backend === "override" ? "struct injectc_registers" : "unsigned long long";
}

/** An argument of a system call, as its wrapper finds it behind the pointer that it is given. */
export function savedText(slot: number, pointer: string, arch: Arch): string {
  const { saved, syscall } = registers[arch];
  return `READ(unsigned long, ((struct ${saved} *)${pointer})->${syscall[slot]})`;
}

/** The declaration that takes a parameter out of the program's context. */
export function parameterText(
  { name, type, slot, from, number }: ParameterPlan,
  { backend, arch }: Variant,
): string {
  const layout = registers[arch];
  const argument = (i: number) => (backend === "override" ? `ctx->${layout.parameters[i]}` : `ctx[${i}]`);
  let value = argument(slot);
  if (from === "registers") {
    value = savedText(slot, argument(0), arch);
  } else if (number && backend !== "override") {
    value = `READ(unsigned long, ${value})`;
  }
  // Only the low byte of a register holds a _Bool.
  const cast = type.kind === "int" && type.bool ? "(_Bool)(__u8)" : `(${typeText(type)})`;
  return `${declarationText(type, name)} = ${cast}${value}`;
}
