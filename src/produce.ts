/** The other half of the straight line: plans in, bundles on disk out. */

import { availableParallelism } from "node:os";
import { join } from "node:path";
import { blueprint } from "./bind/blueprint.js";
import { place, stage, withStage } from "./build/bundle.js";
import { sameBundle } from "./build/codes.js";
import { type Manifest, manifestFile } from "./build/manifest.js";
import { inParallel } from "./build/parallel.js";
import { parseManifest } from "./build/schema.js";
import { seal } from "./build/seal.js";
import type { Signer } from "./build/sign.js";
import { digest } from "./build/verify.js";
import { type Checked, checked, type Diagnostic, failed, hasErrors } from "./diagnostic.js";
import type { Kernel } from "./kernel/kernel.js";
import { type Bound, type Found, found } from "./pipeline.js";
import type { Spec } from "./spec/spec.js";

export interface BuildOptions {
  /** Those that the specs were bound to. */
  readonly kernels: readonly Kernel[];
  /** The folder that bundles are written into. */
  readonly directory: string;
  /** Absent: they stay unsigned. */
  readonly signer?: Signer;
  /** With light skeletons, signed by the signer. */
  readonly skeletons?: boolean;
  /** With the loader for each arch. */
  readonly loaders?: boolean;
  /** Hears how many are done. */
  readonly onProgress?: (done: number, all: number) => void;
}

/** A bundle on disk. */
export interface Product {
  readonly spec: Spec;
  readonly path: string;
  readonly manifest: Manifest;
}

/** Builds a bundle of each spec. Nothing is written unless all of them can be built. */
export async function buildAll(bound: readonly Bound[], options: BuildOptions): Promise<Found<Product>> {
  const named = bound.map((b) => ({ ...b, path: join(options.directory, bundleName(b.spec)) }));
  const clashes = sharedNames(named);
  if (clashes.length > 0) return { values: [], diagnostics: clashes };

  const built = await withStage(options.directory, (folder) => buildIn(folder, named, options));
  return { values: built.ok ? built.value : [], diagnostics: built.diagnostics };
}

interface Named extends Bound {
  readonly path: string;
}

/** Makes all the bundles in the folder, then puts them at their places. */
async function buildIn(
  folder: string,
  named: readonly Named[],
  { kernels, onProgress, ...options }: BuildOptions,
): Promise<Checked<Product[]>> {
  const concurrency = Math.max(1, Math.floor(availableParallelism() / named.length));
  const types = new Map(kernels.map(({ name, btf }) => [name, btf.bytes]));
  let done = 0;
  const made = await inParallel(named, async ({ spec, plan, path }) => {
    const { source } = spec.span;
    const files = await seal(blueprint(spec, plan), { source, types, concurrency, ...options });
    if (!files.ok) return files;
    const staged = await stage(path, files.value, folder);
    onProgress?.(++done, named.length);
    const manifest = parseManifest(files.value.get(manifestFile)!);
    if (!staged.ok || !manifest.ok) return failed(...staged.diagnostics, ...manifest.diagnostics);
    const product = { spec, path, manifest: manifest.value };
    return checked({ product, staged: staged.value }, files.diagnostics);
  });
  const { values, diagnostics } = found(made);
  if (hasErrors(diagnostics)) return failed(...diagnostics);
  const placed = await place(values.map(({ staged }) => staged));
  const all = [...diagnostics, ...placed.diagnostics];
  return placed.ok
    ? checked(
        values.map(({ product }) => product),
        all,
      )
    : failed(...all);
}

/** The name of a spec's bundle, fit for a file: letters of any script, digits, `.`, `-` and `_`. */
export function bundleName({ name }: Spec): string {
  const safe = name
    .normalize()
    .replace(/[^\p{L}\p{M}\p{N}._-]+/gu, "-")
    .replace(/^[.-]+|-+$/g, "");
  // File systems take 255 bytes; a letter that is cut in two is left out.
  const short = Buffer.from(safe)
    .subarray(0, 200)
    .toString()
    .replace(/\ufffd+$/, "");
  return `${short || `injection-${digest(Buffer.from(name)).slice(0, 8)}`}.bundle`;
}

function sharedNames(named: readonly { spec: Spec; path: string }[]): Diagnostic[] {
  const first = new Map<string, Spec>();
  return named.flatMap(({ spec, path }) => {
    const other = first.get(path);
    if (!other) {
      first.set(path, spec);
      return [];
    }
    const notes = [{ text: "the other one is here", span: other.span }];
    return [sameBundle(spec.span, { name: bundleName(spec) }, { notes })];
  });
}
