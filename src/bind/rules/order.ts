import type { Diagnostic } from "../../diagnostic.js";
import type { ParameterList } from "../../spec/spec.js";
import { agrees, type CType } from "../ctype.js";
import type { KernelFunction } from "../function.js";
import { typeLabel } from "../spelled.js";
import * as codes from "./codes.js";

/** The kernel's own names for parameters stand where the kernel has them; elsewhere they bind, but with a warning. */
export function swappedNames(target: KernelFunction, list: ParameterList): Diagnostic[] {
  return displaced(target, list).map(({ name, position, actual, span }) =>
    codes.swappedNames(span, { name: target.symbol, parameter: name, position, actual }),
  );
}

/** Why types disagree, where it is a matter of places: names in another order, or parameters more or less in front. */
export function whatMoved(target: KernelFunction, list: ParameterList, types: readonly CType[]): string[] {
  const kernel = target.parameters.map((p) => p.type);
  const moved = displaced(target, list);
  const pushed = moved.every(({ position, actual }) => fits(types, kernel.slice(actual - position)));
  if (!pushed && moved.every(({ actual }) => actual <= types.length)) {
    return ["the names are the kernel's, but in another order"];
  }
  for (let shift = 1; shift < Math.max(kernel.length, types.length); shift++) {
    if (fits(types, kernel.slice(shift))) {
      const added = target.parameters.slice(0, shift).map((p) => p.name || typeLabel(p.type));
      return [`the kernel has ${quoted(added)} in front of these`];
    }
    if (fits(types.slice(shift), kernel)) {
      const gone = list.parameters.slice(0, shift).map((p, i) => p.name?.value ?? typeLabel(types[i]!));
      return [`the kernel has no ${quoted(gone)} in front`];
    }
  }
  return [];
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(", ");
}

function fits(types: readonly CType[], kernel: readonly CType[]): boolean {
  return types.length > 0 && types.every((type, i) => kernel[i] !== undefined && agrees(type, kernel[i]));
}

/** Where the list uses the kernel's names, but in another place. */
function displaced(target: KernelFunction, list: ParameterList) {
  return list.parameters.flatMap((p, i) => {
    const actual = target.parameters.findIndex((k) => k.name !== "" && k.name === p.name?.value);
    return p.name && actual >= 0 && actual !== i
      ? [{ name: p.name.value, position: i + 1, actual: actual + 1, span: p.name.span }]
      : [];
  });
}
