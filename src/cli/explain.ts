import { catalogue } from "../catalogue.js";
import { nearest } from "../spelling.js";
import { noSuchCode } from "./codes.js";
import type { Run } from "./verb.js";

/** `injectc explain`: the page on a diagnostic. */
export const explain: Run = async ({ operands }) => {
  const name = operands[0]!;
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
};
