/** What of a kernel there is to choose from. */

import { functionPrototype } from "../../src/btf/resolve.js";
import type { EffectClass, Kernel } from "../../src/kernel/kernel.js";

export interface Roster {
  readonly kernel: Kernel;
  /** One that objects are to be shared with. */
  readonly partner: Kernel | undefined;
  /** Functions that can be traced. */
  readonly functions: readonly string[];
  /** Functions that can be failed, security hooks apart. */
  readonly injectable: readonly { readonly name: string; readonly effect: EffectClass | "unknown" }[];
  readonly security: readonly string[];
  /** System calls by name. */
  readonly syscalls: readonly string[];
  readonly enumerators: readonly string[];
  readonly records: readonly string[];
}

const prefix = { x86_64: "__x64_sys_", arm64: "__arm64_sys_" } as const;

/** The lists of a kernel whose profile has them all. */
export function rosterOf(kernel: Kernel, partner?: Kernel): Roster {
  const { btf, traceable, injectable } = kernel;
  if (!traceable || !injectable) throw new Error(`the profile ${kernel.name} lacks lists`);
  const names = [...btf.names("function")].map((f) => f.name);
  const functions = [...new Set(names)].filter((name) => traceable.has(name));
  const known = new Set(functions);
  const failing = [...injectable].flatMap(([name, effect]) => (known.has(name) ? [{ name, effect }] : []));
  const own = prefix[kernel.arch];
  const wrappers = failing.filter((f) => f.name.startsWith(own)).map((f) => f.name.slice(own.length));
  const enums = [...btf.names("enum")].flatMap(({ id }) => {
    const type = btf.type(id);
    return type.kind === "enum" ? type.values.slice(0, 3).map((v) => v.name) : [];
  });
  return {
    kernel,
    partner,
    functions,
    injectable: failing.filter((f) => !f.name.startsWith("security_") && !f.name.startsWith(own)),
    security: functions.filter((name) => name.startsWith("security_") && returnsInt(kernel, name)),
    syscalls: wrappers,
    enumerators: enums,
    records: [...btf.names("struct")].map((s) => s.name),
  };
}

function returnsInt({ btf }: Kernel, name: string): boolean {
  const { result } = functionPrototype(btf, btf.find("function", name)[0]!);
  const type = btf.type(result);
  return type.kind === "int" && type.size === 4;
}
