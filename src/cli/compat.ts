import { writeFile } from "node:fs/promises";
import { cause } from "../build/file.js";
import { matrixOf } from "../compat/matrix.js";
import { matrixPage } from "../compat/page.js";
import { matrixJson, matrixText } from "../compat/text.js";
import { type Checked, failed, hasErrors } from "../diagnostic.js";
import { loadKernels, loadSpecs } from "../pipeline.js";
import { specInput } from "./arguments.js";
import { unwritable } from "./codes.js";
import type { Outcome, Run } from "./verb.js";

/** `injectc compat`: which specs work on which kernels. A spec that does not bind somewhere is an answer, not an error. */
export const compat: Run = async ({ operands, options, progress }): Promise<Outcome | Checked<never>> => {
  const input = specInput(operands, options);
  if (!input.ok) return input;
  const [specs, kernels] = await Promise.all([loadSpecs(input.value), loadKernels(options.kernel ?? [])]);
  const diagnostics = [...specs.diagnostics, ...kernels.diagnostics];
  if (hasErrors(diagnostics)) return { diagnostics };
  progress(`binds ${specs.values.length} specs to ${kernels.values.length} kernels`);
  const matrix = matrixOf(specs.values, kernels.values, options);
  if (options.html !== undefined) {
    try {
      await writeFile(options.html, matrixPage(matrix));
    } catch (error) {
      return failed(unwritable(undefined, { path: options.html, cause: cause(error) }));
    }
  }
  return { diagnostics, text: matrixText(matrix), data: matrixJson(matrix) };
};
