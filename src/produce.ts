/** The other half of the straight line: plans in, bundles on disk out. */

import { availableParallelism } from "node:os";
import { join } from "node:path";
import { blueprint } from "./bind/blueprint.js";
import { writeBundle } from "./build/bundle.js";
import { sameBundle } from "./build/codes.js";
import { type Manifest, manifestFile } from "./build/manifest.js";
import { inParallel } from "./build/parallel.js";
import { parseManifest } from "./build/schema.js";
import { seal } from "./build/seal.js";
import type { Signer } from "./build/sign.js";
import type { BundleFiles } from "./build/tar.js";
import { digest } from "./build/verify.js";
import { type Checked, checked, type Diagnostic, hasErrors } from "./diagnostic.js";
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

  const processors = availableParallelism();
  const each = Math.max(1, Math.floor(processors / named.length));
  const types = new Map(options.kernels.map(({ name, btf }) => [name, btf.bytes]));
  let done = 0;
  const sealed = await inParallel(named, async ({ spec, plan, path }) => {
    const { source } = spec.span;
    const { signer, skeletons, loaders } = options;
    const sealing = { source, types, concurrency: each, signer, skeletons, loaders };
    const files = await seal(blueprint(spec, plan), sealing);
    options.onProgress?.(++done, named.length);
    return files.ok ? checked({ spec, path, files: files.value }, files.diagnostics) : files;
  });
  const { values, diagnostics } = found(sealed);
  if (hasErrors(diagnostics)) return { values: [], diagnostics };

  const written = found(await inParallel(values, writeProduct));
  return { values: written.values, diagnostics: [...diagnostics, ...written.diagnostics] };
}

async function writeProduct(product: {
  spec: Spec;
  path: string;
  files: BundleFiles;
}): Promise<Checked<Product>> {
  const { spec, path, files } = product;
  const written = await writeBundle(path, files);
  if (!written.ok) return written;
  const manifest = parseManifest(files.get(manifestFile)!);
  return manifest.ok ? checked({ spec, path, manifest: manifest.value }, written.diagnostics) : manifest;
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
