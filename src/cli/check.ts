import { plans } from "../pipeline.js";
import { specInput } from "./arguments.js";
import type { Run } from "./verb.js";

/** `injectc check`: what is wrong with specs, for the kernels. */
export const check: Run = async ({ operands, options }) => {
  const input = specInput(operands, options);
  if (!input.ok) return input;
  const { diagnostics } = await plans(input.value, options.kernel ?? [], options);
  return { diagnostics };
};
