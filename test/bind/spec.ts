/** Specs for the tables of the binding stage. */

import { type BindOptions, bind } from "../../src/bind/bind.js";
import type { Plan } from "../../src/bind/plan.js";
import { type Checked, formatDiagnostic } from "../../src/diagnostic.js";
import type { Kernel } from "../../src/kernel/kernel.js";
import { openKernel } from "../../src/kernel/open.js";
import { spanText } from "../../src/source.js";
import { readSpecs } from "../../src/spec/read.js";

// The built-in profiles alone: a lab kernel that was built here is of another release.
const profiles = new URL("../../src/kernel/profiles", import.meta.url).pathname;
const opened = new Map<string, Promise<Kernel>>();

/** A built-in profile, opened once. */
export function profile(name: string): Promise<Kernel> {
  const found = opened.get(name) ?? open(name);
  opened.set(name, found);
  return found;
}

async function open(name: string): Promise<Kernel> {
  const result = await openKernel(name, { search: [profiles] });
  if (!result.ok) throw new Error(result.diagnostics.map((d) => formatDiagnostic(d)).join("\n"));
  return result.value;
}

/** A slab fault inside one frame with the predicate. */
export function framed(when: string, name = "d_alloc_parallel", parameters?: string): string {
  const list = parameters === undefined ? {} : { parameters };
  return injection({ fault: "slab", callchain: [{ function: name, ...list, when }] });
}

/** A native spec; JSON is YAML. */
export function injection(spec: Record<string, unknown>): string {
  return JSON.stringify({
    apiVersion: "injectc.dev/v1",
    kind: "Injection",
    metadata: { name: "case" },
    spec,
  });
}

export function bindText(text: string, kernels: readonly Kernel[], options: BindOptions = {}): Checked<Plan> {
  const specs = readSpecs({ name: "case.yaml", text });
  if (!specs.ok) return specs;
  return bind(specs.value[0]!, kernels, options);
}

/** Each diagnostic as `code: the text it points at`. */
export function told(result: Checked<Plan>): string[] {
  return result.diagnostics.map((d) => `${d.code}: ${d.span ? unquoted(spanText(d.span)) : "nowhere"}`);
}

/** The text without the quotes and escapes of a YAML scalar. */
function unquoted(text: string): string {
  return text.replace(/^"(.*)"$/, "$1").replace(/\\(.)/g, "$1");
}
