/**
 * How `make build` bundles the program, dependencies included: what starts it, and the rest in one file, since loading some
 * hundred modules one by one takes longer than most verbs' own work. Of that file, too, only what a verb needs is run.
 */

import { readFileSync } from "node:fs";
import Handlebars from "handlebars";
import { defineConfig } from "rolldown";

const strictly = { noEscape: true, strict: true, knownHelpersOnly: true, preventIndent: true };

/** A template is imported as what Handlebars' runtime takes: it is compiled here, not whenever the program runs. */
export const templates = {
  name: "templates",
  load: (id: string) =>
    id.endsWith(".hbs")
      ? `export default ${Handlebars.precompile(readFileSync(id, "utf8"), strictly)}`
      : undefined,
};

/** Names stay, for the stack of an internal error. */
const minify = { mangle: false, compress: false };

/** CommonJS, since that alone can be compiled beforehand, and starts sooner. */
const output = { dir: "out/js", format: "cjs", codeSplitting: false, minify } as const;

export default defineConfig([
  {
    input: { injectc: "src/cli.ts" },
    platform: "node",
    plugins: [templates],
    output: { ...output, entryFileNames: "[name].cjs", cleanDir: true },
  },
  {
    input: { cli: "src/start.ts" },
    platform: "node",
    output: { ...output, entryFileNames: "[name].cjs" },
  },
]);
