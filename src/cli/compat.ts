import { writeFile } from "node:fs/promises";
import { unwritable } from "../build/codes.js";
import { cause } from "../build/file.js";
import { withTempFolder } from "../build/temp.js";
import { matrixOf } from "../compat/matrix.js";
import { matrixPage } from "../compat/page.js";
import { matrixJson, matrixText } from "../compat/text.js";
import { type Checked, checked, failed, hasErrors } from "../diagnostic.js";
import { loadKernels, loadSpecs } from "../pipeline.js";
import { specInput } from "./arguments.js";
import { tried } from "./tried.js";
import type { Outcome, Run } from "./verb.js";

/** `injectc compat`: which specs work on which kernels. A spec that does not bind somewhere is an answer, not an error. */
export const compat: Run = async (request): Promise<Outcome | Checked<never>> => {
  const { operands, options, progress } = request;
  const input = specInput(operands, options);
  if (!input.ok) return input;
  const [specs, kernels] = await Promise.all([loadSpecs(input.value), loadKernels(options.kernel ?? [])]);
  const read = [...specs.diagnostics, ...kernels.diagnostics];
  if (hasErrors(read)) return { diagnostics: read };
  progress(`binds ${specs.values.length} specs to ${kernels.values.length} kernels`);
  const still = matrixOf(specs.values, kernels.values, options);
  const matrix = options.boot
    ? await withTempFolder((folder) => tried(still, specs.values, kernels.values, request, folder))
    : checked(still);
  if (!matrix.ok) return failed(...read, ...matrix.diagnostics);
  if (options.html !== undefined) {
    try {
      await writeFile(options.html, matrixPage(matrix.value));
    } catch (error) {
      return failed(unwritable(undefined, { path: options.html, cause: cause(error) }));
    }
  }
  const diagnostics = [...read, ...matrix.diagnostics];
  return { diagnostics, text: matrixText(matrix.value), data: matrixJson(matrix.value) };
};
