import { convert as convertSpec, joined } from "../convert/convert.js";
import { differences } from "../convert/differences.js";
import type { Format } from "../convert/limits.js";
import { hasErrors } from "../diagnostic.js";
import { found, loadSpecs } from "../pipeline.js";
import { misuse, specInput } from "./arguments.js";
import type { Run } from "./verb.js";

/** `injectc convert`: specs in another format's words; nothing, unless all of them can be said. */
export const convert: Run = async ({ operands, options }) => {
  const input = specInput(operands, options);
  if (!input.ok) return input;
  if (!options.to) return misuse("`--to FORMAT` is missing");
  const to = options.to as Format;
  const specs = await loadSpecs(input.value);
  const converted = found(specs.values.map((spec) => convertSpec(spec, to)));
  const diagnostics = [...specs.diagnostics, ...converted.diagnostics];
  if (hasErrors(diagnostics)) return { diagnostics };
  const text = joined(converted.values, to).trimEnd();
  const told = new Set(diagnostics.map(({ code }) => code));
  const others = differences(text, to).filter(({ code }) => !told.has(code));
  const named = converted.values.map((one, i) => ({ name: specs.values[i]!.name, to, text: one }));
  return { diagnostics: [...diagnostics, ...others], text, data: { specs: named } };
};
