/** From a seed and a kernel to a spec, its C and its object, by the real pipeline. */

import { bind } from "../../src/bind/bind.js";
import { compile } from "../../src/build/compile.js";
import type { Backend } from "../../src/build/manifest.js";
import { type Diagnostic, formatDiagnostic } from "../../src/diagnostic.js";
import { render } from "../../src/render/render.js";
import { readSpecs } from "../../src/spec/read.js";
import { seeded } from "../spec/random.js";
import type { Roster } from "./roster.js";
import { type Draft, randomSpec } from "./spec.js";

export interface Candidate {
  /** Absent for a spec that is no random one. */
  readonly seed: number | undefined;
  readonly kernel: string;
  readonly spec: string;
  readonly backend: Backend;
  /** Whether the object is for another kernel, too. */
  readonly shared: boolean;
  readonly c: string;
}

export interface Refusal {
  readonly spec: string;
  readonly diagnostics: readonly Diagnostic[];
}

/** The spec bound to the kernel; throws where the checker refuses it. */
export function fixed(text: string, backend: Backend | undefined, roster: Roster): Candidate {
  const made = bound({ text, ...(backend ? { backend } : {}) }, undefined, roster);
  if ("c" in made) return made;
  throw new Error(`${text}\n${made.diagnostics.map((d) => formatDiagnostic(d)).join("\n")}`);
}

/** The seed's spec, the first of its random ones that the checker takes, and those before that it did not. */
export function candidate(seed: number, roster: Roster): { made: Candidate; refused: Refusal[] } {
  const random = seeded(seed);
  const refused: Refusal[] = [];
  for (;;) {
    const draft = randomSpec(random, roster);
    const made = bound(draft, seed, roster);
    if ("c" in made) return { made, refused };
    refused.push(made);
  }
}

const file = "soak.json";

/** Every third seed's spec is bound to a second kernel as well, where that is possible. */
function bound(
  { text, backend }: Draft,
  seed: number | undefined,
  { kernel, partner }: Roster,
): Candidate | Refusal {
  const specs = readSpecs({ name: file, text });
  if (!specs.ok) return { spec: text, diagnostics: specs.diagnostics };
  const options = backend ? { backend } : {};
  const shares = partner && seed !== undefined && seed % 3 === 0;
  const both = shares ? bind(specs.value[0]!, [kernel, partner], options) : undefined;
  const plan = both?.ok ? both : bind(specs.value[0]!, [kernel], options);
  if (!plan.ok) return { spec: text, diagnostics: plan.diagnostics };
  const variant = plan.value.variants.find(({ kernels }) => kernels.some((one) => one.name === kernel.name))!;
  return {
    seed,
    kernel: kernel.name,
    spec: text,
    backend: variant.backend,
    shared: variant.kernels.length > 1,
    c: settled(render(variant), seed),
  };
}

/** Every other seed's C with events, else the verifier does not come to what they need; so is that of specs that have no seed. */
function settled(c: string, seed = 1): string {
  const off = "record_events = 0";
  if (!c.includes(off)) throw new Error("no way to have events");
  return seed % 2 ? c.replace(off, "record_events = 1") : c;
}

/** The object, or what clang and its kin had to say instead. */
export async function objectOf(
  { c, spec }: Candidate,
  { kernel }: Roster,
): Promise<{ object: Uint8Array } | { complaint: string; codes: readonly string[] }> {
  try {
    const source = { name: file, text: spec };
    const made = await compile({ arch: kernel.arch, c, spec: { fileName: file, source } });
    if (made.ok) return { object: made.value.object };
    const codes = made.diagnostics.map((d) => d.code);
    return { complaint: made.diagnostics.map((d) => formatDiagnostic(d)).join("\n"), codes };
  } catch (error) {
    return { complaint: String(error), codes: [] };
  }
}
