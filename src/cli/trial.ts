/** What `injectc boot` tries out: bundles that a guest's loader accepts, whether they were given or are built for it. */

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readBundle, writeBundle } from "../build/bundle.js";
import { readFileUpTo } from "../build/file.js";
import { keygen } from "../build/keygen.js";
import { type Manifest, manifestFile, signatureFile } from "../build/manifest.js";
import { signManifest } from "../build/sign.js";
import { readTrust } from "../build/signature.js";
import { type BundleFiles, isTar } from "../build/tar.js";
import { checkContents, verifyBundle } from "../build/verify.js";
import { type Checked, checked, failed, hasErrors } from "../diagnostic.js";
import type { Kernel } from "../kernel/kernel.js";
import { loadKernels, plans, type SpecInput } from "../pipeline.js";
import { buildAll, type Product } from "../produce.js";
import { decodeText, readOneLiner, readSpecs } from "../spec/read.js";
import type { Spec } from "../spec/spec.js";
import type { Options, Request } from "./verb.js";

/** A bundle and the certificate that vouches for it, as paths, and what a proof needs to know. */
export interface Trial {
  readonly bundle: string;
  readonly certificate: string;
  readonly manifest: Manifest;
  /** The strings that the spec's predicates speak of. */
  readonly literals: readonly string[];
}

export interface Trials {
  readonly kernels: readonly Kernel[];
  readonly trials: readonly Trial[];
}

/** Whether an operand is a bundle, as it says by its name or its first bytes, and not a spec. */
export async function isBundle(path: string): Promise<boolean> {
  if (path.endsWith(".bundle")) return true;
  const start = path === "-" ? undefined : await readFileUpTo(path, 511);
  return start?.ok === true && isTar(start.value);
}

/** Builds the specs for the kernels, signed with a key that is as short-lived as `folder`. */
export async function specTrials(
  input: SpecInput,
  { options, progress }: Request,
  folder: string,
): Promise<Checked<Trials>> {
  const bound = await plans(input, options.kernel ?? [], options);
  if (hasErrors(bound.diagnostics)) return failed(...bound.diagnostics);
  const signer = await keygen(folder);
  if (!signer.ok) return signer;
  const onProgress = (done: number, all: number) => progress(`built ${done} of ${all}`);
  const { kernels } = bound;
  const built = await buildAll(bound.values, {
    kernels,
    directory: folder,
    signer: signer.value,
    onProgress,
  });
  const { certificate } = signer.value;
  const trials = built.values.map((product) => trialOf(product, certificate));
  return checked({ kernels: bound.kernels, trials }, [...bound.diagnostics, ...built.diagnostics]);
}

export function trialOf({ spec, path, manifest }: Product, certificate: string): Trial {
  return { bundle: path, certificate, manifest, literals: literalsOf(spec) };
}

/** A bundle as it is where a certificate is given; else a copy that is signed anew, so that it can be loaded. */
export async function bundleTrial(path: string, options: Options, folder: string): Promise<Checked<Trials>> {
  const [kernels, files] = await Promise.all([loadKernels(options.kernel ?? []), readBundle(path)]);
  if (!files.ok) return failed(...kernels.diagnostics, ...files.diagnostics);
  const trial =
    options.trust === undefined
      ? await signedAnew(files.value, folder)
      : await asSigned(path, options.trust, folder);
  const diagnostics = [...kernels.diagnostics, ...trial.diagnostics];
  if (!trial.ok || hasErrors(diagnostics)) return failed(...diagnostics);
  const literals = specsIn(trial.value.manifest, files.value).flatMap(literalsOf);
  return checked({ kernels: kernels.values, trials: [{ ...trial.value, literals }] }, diagnostics);
}

type Unread = Omit<Trial, "literals">;

async function asSigned(path: string, trust: readonly string[], folder: string): Promise<Checked<Unread>> {
  const certificates = await readTrust(trust);
  if (!certificates.ok) return certificates;
  const manifest = await verifyBundle(path, certificates.value);
  if (!manifest.ok) return manifest;
  const certificate = join(folder, "trust.pem");
  await writeFile(certificate, certificates.value.join("\n"));
  return checked({ bundle: path, certificate, manifest: manifest.value });
}

async function signedAnew(files: BundleFiles, folder: string): Promise<Checked<Unread>> {
  const manifest = checkContents(files);
  if (!manifest.ok) return manifest;
  const signer = await keygen(folder);
  if (!signer.ok) return signer;
  const signature = await signManifest(files.get(manifestFile)!, signer.value);
  if (!signature.ok) return signature;
  const bundle = join(folder, "copy.bundle");
  const written = await writeBundle(bundle, new Map([...files, [signatureFile, signature.value]]));
  const { certificate } = signer.value;
  return written.ok ? checked({ bundle, certificate, manifest: manifest.value }) : written;
}

/** The spec that a bundle was made from; none where this injectc cannot read it. */
export function specsIn({ name, spec, fault }: Manifest, files: BundleFiles): readonly Spec[] {
  const source = decodeText(files.get(spec.file)!, spec.file);
  if (!source.ok) return [];
  const modes: Readonly<Record<string, string>> = { slab: "kmalloc", page: "alloc_page", bio: "bio" };
  const mode = modes[fault.kind];
  const whole = readSpecs(source.value);
  if (whole.ok) return whole.value.filter((one) => one.name === name);
  // What `--spec` gave is no file that could be read.
  const line = spec.input === "inject" && mode ? readOneLiner({ mode, spec: source.value.text }) : whole;
  return line.ok ? [line.value].flat() : [];
}

/** The string literals of a spec's predicates. */
function literalsOf({ when, callchain }: Spec): string[] {
  return stringsIn([when?.predicate.expression, callchain.map((frame) => frame.when?.expression)]);
}

/** The string nodes of an expression, or of whatever holds expressions. */
function stringsIn(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(stringsIn);
  if (typeof node !== "object" || node === null) return [];
  if ("bytes" in node) return [Buffer.from(node.bytes as Uint8Array).toString()];
  const parts = Object.entries(node).filter(([name]) => name !== "span" && name !== "operatorSpan");
  return parts.flatMap(([, part]) => stringsIn(part));
}
