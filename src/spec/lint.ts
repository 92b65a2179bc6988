/** What bcc's inject and bpfki have in common: both write C around the user's, one program for each probe. */

import type { Parameter, Predicate } from "./expr.js";
import type { Frame, Name, ParameterList } from "./spec.js";
import { namesIn } from "./walk.js";

/** The names of a list's parameters. */
export function parameterNames(list: ParameterList | undefined): Name[] {
  return list?.parameters.flatMap((p) => (p.name ? [p.name] : [])) ?? [];
}

/** The first name in the predicate that its frame's own list of parameters declares. */
export function readParameter({ parameters, when }: Frame): Name | undefined {
  const own = parameterNames(parameters).map((name) => name.value);
  return when && namesIn(when.expression).find((name) => own.includes(name.value));
}

/** The first name in the predicate that can only be a parameter's, where no parameters are declared. */
export function undeclared({ parameters, when }: Frame): Name | undefined {
  return parameters || !when ? undefined : variables(when).at(0);
}

/** Names that are no macro's or enum constant's, as the kernel writes them. */
function variables({ expression }: Predicate): Name[] {
  return namesIn(expression).filter(({ value }) => !/^(?:[A-Z0-9_]+|true|false)$/.test(value));
}

/**
 * The first name in the predicate that is meant as a system call's argument: since 4.17 (arm64: 4.19) the function of that
 * name has registers for arguments, and where the frame's list declares these, all is as bcc and bpfki take it.
 */
export function readArgument(frame: Frame): Name | undefined {
  const { function: called, parameters } = frame;
  if (!/^(?:__(?:x64|arm64)_sys_|sys_|SyS_)[a-z0-9_]+$/.test(called.value)) return undefined;
  const [first] = parameters?.parameters ?? [];
  return first && hasRegisters(first) ? undefined : (readParameter(frame) ?? undeclared(frame));
}

function hasRegisters({ type: { base } }: Parameter): boolean {
  return base.kind === "struct" && base.name.value === "pt_regs";
}
