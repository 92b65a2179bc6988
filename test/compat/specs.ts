/** Specs for matrices. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../src/root.js";
import { readSpecs } from "../../src/spec/read.js";
import type { Spec } from "../../src/spec/spec.js";
import { must } from "../kernel/lab.js";

export function example(file: string): readonly Spec[] {
  const path = join(packageRoot, "examples", file);
  return must(readSpecs({ name: file, text: readFileSync(path, "utf8") }));
}

export function specOf(name: string, fault: string): readonly Spec[] {
  const metadata = JSON.stringify({ name });
  const text = `apiVersion: injectc.dev/v1\nkind: Injection\nmetadata: ${metadata}\nspec: { fault: ${fault}, return: EPERM }\n`;
  return must(readSpecs({ name: `${name}.yaml`, text }));
}

/** A name that a page or a terminal must not take for more than text. */
export const hostile = `<img src=x onerror="alert(1)">&amp;\u001b[31m`;
