import { hasErrors } from "../diagnostic.js";
import { plans } from "../pipeline.js";
import { render as renderVariant } from "../render/render.js";
import { specInput } from "./arguments.js";
import type { Run } from "./verb.js";

/** `injectc render`: the C of each object that the kernels need, one after the other. */
export const render: Run = async ({ operands, options }) => {
  const input = specInput(operands, options);
  if (!input.ok) return input;
  const { values, diagnostics } = await plans(input.value, options.kernel ?? [], options);
  if (hasErrors(diagnostics)) return { diagnostics };
  const objects = values.flatMap(({ plan }) =>
    plan.variants.map((variant) => {
      const { name, backend, arch, reason, kernels } = variant;
      return { name, backend, arch, reason, kernels, c: renderVariant(variant) };
    }),
  );
  return { diagnostics, text: objects.map(({ c }) => c.trimEnd()).join("\n\n"), data: { objects } };
};
