/**
 * How `make build` bundles the program, dependencies included: a file for each verb, and for what several need. Loading
 * some hundred modules one by one takes longer than most verbs' own work.
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

export default defineConfig({
  input: "src/cli.ts",
  platform: "node",
  plugins: [templates],
  output: { dir: "out/js", cleanDir: true, minify },
});
