import { existsSync } from "node:fs";
import { catalogue } from "../catalogue.js";
import { elsewhere, isDifference } from "../explain/elsewhere.js";
import { explained, type Section } from "../explain/explain.js";
import { inKernels } from "../explain/kernel.js";
import { sectionsText } from "../explain/layout.js";
import { bindAll, loadKernels, loadSpecs, type SpecInput } from "../pipeline.js";
import { nearest } from "../spelling.js";
import { specInput } from "./arguments.js";
import { noSuchCode } from "./codes.js";
import type { Options, Outcome, Run } from "./verb.js";

/** `injectc explain`: the page on a diagnostic, or specs in plain words. */
export const explain: Run = async ({ operands, options }) => {
  const [name] = operands;
  const isCode = name !== undefined && operands.length === 1 && /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(name);
  if (isCode && (hasPage(name) || !existsSync(name))) return page(name);
  const input = specInput(operands, options);
  return input.ok ? specs(input.value, options) : input;
};

function hasPage(name: string): boolean {
  return catalogue.some(({ code }) => code === name);
}

function page(name: string): Outcome {
  const entry = catalogue.find(({ code }) => code === name);
  if (entry) {
    const { code, severity, page } = entry;
    return { diagnostics: [], text: `${severity}[${code}]\n\n${page}`, data: { code, severity, page } };
  }
  const near = nearest(
    name,
    catalogue.map(({ code }) => code),
  );
  const help = near === undefined ? [] : [`did you mean \`${near}\`?`];
  return { diagnostics: [noSuchCode(undefined, { name }, { help })] };
}

/** Kernels add what they know only where they are asked. */
async function specs(input: SpecInput, options: Options): Promise<Outcome> {
  const read = await loadSpecs(input);
  const kernels = options.kernel ? await loadKernels(options.kernel) : { values: [], diagnostics: [] };
  const bound = bindAll(read.values, kernels.values);
  const all = read.values.map((spec) => {
    const plan = bound.values.find((b) => b.spec === spec)?.plan;
    const more: Section[] = plan ? inKernels(spec, plan, kernels.values) : [];
    return { name: spec.name, sections: [...explained(spec), ...more, ...elsewhere(spec, read.diagnostics)] };
  });
  const rest = read.diagnostics.filter((d) => !isDifference(d));
  return {
    diagnostics: [...rest, ...kernels.diagnostics, ...bound.diagnostics],
    text: all.map(({ sections }) => sectionsText(sections)).join("\n\n"),
    data: { specs: all },
  };
}
