/**
 * The straight line in one place: specs and kernels in, diagnostics, plans and bundles out. Each step goes as far as it
 * can with what the one before it found, so that users see all their mistakes at once.
 */

import { availableParallelism } from "node:os";
import { join } from "node:path";
import { bind } from "./bind/bind.js";
import { blueprint } from "./bind/blueprint.js";
import type { Plan } from "./bind/plan.js";
import { type BundleFiles, writeBundle } from "./build/bundle.js";
import { sameBundle } from "./build/codes.js";
import { readFileUpTo, readStreamUpTo } from "./build/file.js";
import { type Backend, type Manifest, manifestFile } from "./build/manifest.js";
import { inParallel } from "./build/parallel.js";
import { parseManifest } from "./build/schema.js";
import { pathName, seal } from "./build/seal.js";
import type { Signer } from "./build/sign.js";
import { type Checked, checked, type Diagnostic, hasErrors } from "./diagnostic.js";
import type { Kernel } from "./kernel/kernel.js";
import { openKernel } from "./kernel/open.js";
import { decodeText, readOneLiner, readSpecs } from "./spec/read.js";
import type { Spec } from "./spec/spec.js";

/** What could be had, and what is wrong with the rest. */
export interface Found<T> {
  readonly values: readonly T[];
  readonly diagnostics: readonly Diagnostic[];
}

export type OneLiner = Parameters<typeof readOneLiner>[0];

/** Whence specs come: files (`-` is standard input), or bcc's one-liner. */
export type SpecInput =
  | { readonly kind: "files"; readonly paths: readonly string[] }
  | { readonly kind: "one-liner"; readonly text: OneLiner };

/** So much of a file is looked at; decodeText() says what is too long. */
const mostSpecBytes = 1 << 24;

/** The specs of all the files, in their order; the same file given twice counts once. */
export async function loadSpecs(input: SpecInput): Promise<Found<Spec>> {
  if (input.kind === "one-liner") return found([readOneLiner(input.text)]);
  const read = await Promise.all([...new Set(input.paths)].map(readSpecFile));
  const { values, diagnostics } = found(read);
  return { values: values.flat(), diagnostics };
}

async function readSpecFile(path: string): Promise<Checked<readonly Spec[]>> {
  const stdin = path === "-";
  const bytes = stdin
    ? checked(await readStreamUpTo(process.stdin, mostSpecBytes))
    : await readFileUpTo(path, mostSpecBytes);
  if (!bytes.ok) return bytes;
  const source = decodeText(bytes.value, stdin ? "<stdin>" : path);
  return source.ok ? readSpecs(source.value) : source;
}

/** The kernels that KERNEL arguments name; without any, the one that runs. */
export async function loadKernels(names: readonly string[]): Promise<Found<Kernel>> {
  const wanted = names.length > 0 ? [...new Set(names)] : ["running"];
  return found(await Promise.all(wanted.map((name) => openKernel(name))));
}

/** A spec with what it means for the kernels. */
export interface Bound {
  readonly spec: Spec;
  readonly plan: Plan;
}

/** Binds each spec to all the kernels. */
export function bindAll(
  specs: readonly Spec[],
  kernels: readonly Kernel[],
  options: { readonly backend?: Backend } = {},
): Found<Bound> {
  if (kernels.length === 0) return { values: [], diagnostics: [] };
  return found(
    specs.map((spec): Checked<Bound> => {
      const plan = bind(spec, kernels, options);
      return plan.ok ? checked({ spec, plan: plan.value }, plan.diagnostics) : plan;
    }),
  );
}

/** From arguments to plans: everything that `injectc check` finds. */
export async function plans(
  input: SpecInput,
  kernelNames: readonly string[],
  options: {
    readonly backend?: Backend;
    readonly choose?: (kernels: readonly Kernel[]) => Found<Kernel>;
  } = {},
): Promise<Found<Bound> & { readonly kernels: readonly Kernel[] }> {
  const [specs, opened] = await Promise.all([loadSpecs(input), loadKernels(kernelNames)]);
  const kernels = options.choose?.(opened.values) ?? { values: opened.values, diagnostics: [] };
  const bound = bindAll(specs.values, kernels.values, options);
  const diagnostics = [specs, opened, kernels, bound].flatMap((step) => step.diagnostics);
  return { values: bound.values, kernels: kernels.values, diagnostics };
}

export interface BuildOptions {
  /** The folder that bundles are written into. */
  readonly directory: string;
  /** Absent: they stay unsigned. */
  readonly signer?: Signer;
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
  let done = 0;
  const sealed = await inParallel(named, async ({ spec, plan, path }) => {
    const { source } = spec.span;
    const sealing = { source, concurrency: each, signer: options.signer };
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
  return manifest.ok ? checked({ spec, path, manifest: manifest.value }) : manifest;
}

/** The name of a spec's bundle, fit for a path. */
export function bundleName(spec: Spec): string {
  return `${pathName(spec.name, "injection")}.bundle`;
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

/** The values of those that have one, and the diagnostics of all. */
export function found<T>(results: readonly Checked<T>[]): Found<T> {
  return {
    values: results.flatMap((result) => (result.ok ? [result.value] : [])),
    diagnostics: results.flatMap((result) => result.diagnostics),
  };
}
