/** Which specs work on which kernels: a cell each, with what there is to say about it. */

import { bind } from "../bind/bind.js";
import type { Backend } from "../build/manifest.js";
import type { Diagnostic } from "../diagnostic.js";
import type { Arch, Kernel } from "../kernel/kernel.js";
import type { Spec } from "../spec/spec.js";

export interface Matrix {
  readonly kernels: readonly Column[];
  readonly specs: readonly Row[];
}

export interface Column {
  /** Two kernels of one release on two architectures differ by the architecture behind the name. */
  readonly name: string;
  readonly release: string | null;
  readonly arch: Arch;
}

export interface Row {
  readonly name: string;
  /** As it was given. */
  readonly file: string;
  /** How many objects serve all the kernels that it binds to. */
  readonly objects: number;
  /** In the order of the kernels. */
  readonly cells: readonly Cell[];
}

/** What a spec is for one kernel. */
export interface Cell {
  /** Null: it does not bind, and a diagnostic of severity error says why. */
  readonly use: Use | null;
  readonly diagnostics: readonly Diagnostic[];
  /** What a guest showed; null where none was booted. */
  readonly trial: Trial | null;
}

export interface Use {
  readonly backend: Backend;
  /** Why this backend. */
  readonly reason: string;
  /** Which of the spec's objects serves the kernel, from 1. */
  readonly object: number;
}

/** How far a bundle came in a guest, furthest last. */
export const stages = ["boot", "setup", "case", "loaded", "fired"] as const;

export interface Trial {
  /**
   * `boot`: the guest did not come up; `setup`: the object was not attached; `case`: it was, and then something broke;
   * `loaded`: nothing broke, and no effect was seen.
   */
  readonly stage: (typeof stages)[number];
  readonly lines: readonly string[];
  readonly counters: Readonly<Record<string, unknown>> | null;
  /** The last lines that the loader, and through it the verifier, wrote for people. */
  readonly loader: string;
  /** The kernel's own log from its first complaint or panic on, if there was one. */
  readonly log: string;
}

/** Binds each spec to each kernel, and to all together that it binds to. */
export function matrixOf(
  specs: readonly Spec[],
  kernels: readonly Kernel[],
  options: { readonly backend?: Backend } = {},
): Matrix {
  return {
    kernels: kernels.map((kernel) => ({
      name: columnName(kernel, kernels),
      release: kernel.release?.text ?? null,
      arch: kernel.arch,
    })),
    specs: specs.map((spec) => rowOf(spec, kernels, options)),
  };
}

function columnName({ name, arch }: Kernel, kernels: readonly Kernel[]): string {
  return kernels.some((other) => other.name === name && other.arch !== arch) ? `${name} ${arch}` : name;
}

function rowOf(spec: Spec, kernels: readonly Kernel[], options: { readonly backend?: Backend }): Row {
  const alone = kernels.map((kernel) => bind(spec, [kernel], options));
  const bound = kernels.filter((_, i) => alone[i]!.ok);
  const together = bound.length > 0 ? bind(spec, bound, options) : undefined;
  const variants = together?.ok ? together.value.variants : [];
  const cells = kernels.map((kernel, i): Cell => {
    const { diagnostics } = alone[i]!;
    const at = variants.findIndex((variant) => {
      return variant.arch === kernel.arch && variant.kernels.some(({ name }) => name === kernel.name);
    });
    const variant = variants[at];
    const use = variant ? { backend: variant.backend, reason: variant.reason, object: at + 1 } : null;
    return { use: alone[i]!.ok ? use : null, diagnostics, trial: null };
  });
  return { name: spec.name, file: spec.span.source.name, objects: variants.length, cells };
}
