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

/** `injectc explain`: the page on a diagnostic, or specs in plain words; without either, which pages there are. */
export const explain: Run = async ({ operands, options }) => {
  const [name] = operands;
  if (name === undefined && Object.keys(options).length === 0) return contents();
  const isCode = name !== undefined && operands.length === 1 && /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(name);
  if (isCode && (hasPage(name) || !existsSync(name))) return page(name);
  const input = specInput(operands, options);
  return input.ok ? specs(input.value, options) : input;
};

function hasPage(name: string): boolean {
  return catalogue.some(({ code }) => code === name);
}

/** Each code with its page's first sentence. */
function contents(): Outcome {
  const entries = catalogue.toSorted((a, b) => (a.code < b.code ? -1 : 1));
  const sections = entries.map(({ code, page }) => ({
    title: code,
    lines: [
      page
        .split(/\n(?=\s)/)[0]!
        .replaceAll("\n", " ")
        .replace(/(?<=\.) (?=[A-Z`]).*/, ""),
    ],
  }));
  const data = { codes: entries.map(({ code, severity, page }) => ({ code, severity, page })) };
  return { diagnostics: [], text: sectionsText(sections), data };
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
  const help = [near === undefined ? "`injectc explain` lists them all" : `did you mean \`${near}\`?`];
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
