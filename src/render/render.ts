/** Plan to C. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import Handlebars from "handlebars";
import type { Variant } from "../bind/plan.js";
import { packageRoot } from "../root.js";
import { cFileName } from "./text.js";
import { restoreMark, viewOf } from "./view.js";

/** The name that the C is compiled under, whatever the spec's: it is in the object's line information. */
export const cFile = "injectc.bpf.c";

const names = ["types", "settings", "memory", "target", "chain", "condition", "probe", "trigger", "fault"];

function load(): (view: unknown) => string {
  const engine = Handlebars.create();
  const options = { noEscape: true, strict: true, knownHelpersOnly: true, preventIndent: true };
  for (const name of names) engine.registerPartial(name, engine.compile(read(name), options));
  return engine.compile(read("object"), options);
}

function read(name: string): string {
  return readFileSync(join(packageRoot, "templates", `${name}.hbs`), "utf8");
}

let template: ((view: unknown) => string) | undefined;

/** The variant as BPF C, the same for the same variant; it compiles without a warning. */
export function render(variant: Variant): string {
  template ??= load();
  return numbered(template(viewOf(variant)));
}

function numbered(text: string): string {
  const lines = text.split("\n");
  return lines
    .map((line, i) => (line === restoreMark ? `#line ${i + 2} ${cFileName(cFile)}` : line))
    .join("\n");
}
