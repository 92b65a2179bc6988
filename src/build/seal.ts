/** The arrow from compiled objects to a bundle: names, hashes, the manifest and its signature. */

import { type Checked, checked, failed } from "../diagnostic.js";
import type { Source } from "../source.js";
import { version } from "../version.js";
import { billFile, billText } from "./bill.js";
import { noLoader, unsealable } from "./codes.js";
import { type Compiled, type CompileJob, compileAll } from "./compile.js";
import { type LightSkeleton, lightSkeleton } from "./light.js";
import { loaderFor, loaderPath, type Part } from "./loader.js";
import {
  type Blueprint,
  type FileKind,
  type Manifest,
  type ManifestObject,
  manifestFile,
  manifestSchema,
  signatureFile,
} from "./manifest.js";
import { minimalBtf } from "./minimal.js";
import { inParallel } from "./parallel.js";
import { manifestProblem, manifestText } from "./schema.js";
import { type Signer, signManifest } from "./sign.js";
import { digest } from "./verify.js";

export interface SealOptions {
  /** Absent: the bundle stays unsigned. */
  readonly signer?: Signer;
  /** The text that the blueprint was made from, for clang's complaints. */
  readonly source?: Source;
  /** With light skeletons, signed by the signer. */
  readonly skeletons?: boolean;
  /** With the loader for each arch that an object is for. */
  readonly loaders?: boolean;
  /** Each kernel's own types as raw BTF, by its name; absent: none of it comes into the bundle. */
  readonly types?: ReadonlyMap<string, Uint8Array>;
  /** How many objects are compiled at a time; absent: as many as keep all processors busy. */
  readonly concurrency?: number;
}

/** Compiles a blueprint and gives the bundle's files by path. Same blueprint, tools and key, same bytes. */
export async function seal(
  blueprint: Blueprint,
  options: SealOptions = {},
): Promise<Checked<Map<string, Uint8Array>>> {
  const { spec, objects, ...rest } = blueprint;
  const source = options.source ?? { name: spec.fileName, text: spec.text };
  const stems = objectStems(objects);
  const jobs = objects.map(
    ({ arch, c }): CompileJob => ({ arch, c, spec: { fileName: spec.fileName, source } }),
  );
  const compiling = compileAll(jobs, options.concurrency);
  // Read and hashed while clang works.
  const archs = options.loaders ? [...new Set(objects.map(({ arch }) => arch))] : [];
  const loaders = archs.map((arch) => ({ arch, loader: loaderFor(arch) }));
  const compiled = await compiling;
  if (!compiled.ok) return compiled;
  const [first] = compiled.value;
  if (!first) return failed(unsealable(undefined, { problem: "it has no object" }));

  const minimal = await minimalTypes(objects, compiled.value, options);
  if (!minimal.ok) return minimal;
  const skeletons = await lightSkeletons(compiled.value, options);
  if (!skeletons.ok) return skeletons;

  const contents: Content[] = [];
  const add = (kind: FileKind, path: string, data: Uint8Array | string, parts: readonly Part[] = []) => {
    const bytes = typeof data === "string" ? Buffer.from(data) : data;
    contents.push({ kind, path, data: bytes, sha256: digest(bytes), parts });
    return path;
  };
  for (const { arch, loader } of loaders) {
    if (!loader) continue;
    const { program: data, sha256, parts } = loader;
    contents.push({ kind: "loader", path: `loader/inject-load-${arch}`, data, sha256, parts });
  }
  const addSkeleton = ({ metadata, loaders }: LightSkeleton, stem: string) => ({
    metadata: add("skeleton", `${stem}/metadata`, metadata),
    loaders: loaders.map(({ covers, instructions, signature }) => ({
      covers,
      instructions: add("skeleton", `${stem}/${covers}.bpf`, instructions),
      signature: add("skeleton", `${stem}/${covers}.p7s`, signature),
    })),
  });
  const specFile = add("spec", `spec/${pathName(spec.fileName, "spec")}`, spec.text);
  const sealed = objects.map(({ c, ...object }, i): ManifestObject => {
    const stem = `objects/${stems[i]}.bpf`;
    const { object: data, libbpf } = compiled.value[i]!;
    const file = add("object", `${stem}.o`, data, libbpf ? [{ name: "libbpf", version: libbpf }] : []);
    const kernels = object.kernels.map(({ name, release }, k) => {
      const btf = minimal.value[i]![k];
      return { name, release, ...(btf && { btf: add("btf", `btf/${stems[i]}-${k + 1}.btf`, btf) }) };
    });
    const source = add("source", `${stem}.c`, c);
    const skeleton = skeletons.value[i];
    return {
      file,
      source,
      ...object,
      kernels,
      ...(skeleton && { skeleton: addSkeleton(skeleton, `skeletons/${stems[i]}`) }),
    };
  });
  const tools = { injectc: version, ...first.tools };
  add("bill", billFile, billOf(rest.name, contents, tools));

  const manifest = inOrder({
    ...{ ...rest, objects: sealed, tools },
    spec: { input: spec.input, file: specFile },
    files: listing(contents),
  });
  const problem = manifestProblem(manifest);
  if (problem) return failed(unsealable(undefined, { problem }));
  const files = new Map(contents.map(({ path, data }) => [path, data]));
  const made = await vouchFor(files, manifestText(manifest), options.signer);
  const warnings = loaders.flatMap(({ arch, loader }) =>
    loader ? [] : [noLoader(undefined, { arch, path: loaderPath(arch) })],
  );
  return made.ok ? checked(made.value, warnings) : made;
}

/**
 * For each object, for each of its kernels, the types to go with it. Trampolines are for kernels that tell their types, and
 * a loader finds a kernel's by its whole release.
 */
async function minimalTypes(
  objects: Blueprint["objects"],
  compiled: readonly Compiled[],
  { types, concurrency }: SealOptions,
): Promise<Checked<(Uint8Array | undefined)[][]>> {
  const wanted = objects.map(({ backend, kernels }) =>
    kernels.map(({ name, release }) => {
      const others = kernels.filter((kernel) => kernel.release === release);
      return backend === "override" && release && others.length === 1 ? types?.get(name) : undefined;
    }),
  );
  const pairs = wanted.flatMap((list, i) => list.flatMap((btf, k) => (btf ? [{ btf, i, k }] : [])));
  const made = await inParallel(pairs, ({ btf, i }) => minimalBtf(compiled[i]!.object, btf), concurrency);
  const result = wanted.map((list) => list.map((): Uint8Array | undefined => undefined));
  for (const [at, { i, k }] of pairs.entries()) {
    const one = made[at]!;
    if (!one.ok) return one;
    result[i]![k] = one.value;
  }
  return checked(result);
}

/** For each object its skeleton, if there are to be any. */
async function lightSkeletons(
  compiled: readonly Compiled[],
  { signer, skeletons }: SealOptions,
): Promise<Checked<readonly LightSkeleton[]>> {
  const made: LightSkeleton[] = [];
  if (!signer || !skeletons) return checked(made);
  for (const { object } of compiled) {
    const one = await lightSkeleton(object, signer);
    if (!one.ok) return one;
    made.push(one.value);
  }
  return checked(made);
}

/** A file of the bundle in the making, and the parts that went into it. */
interface Content {
  readonly kind: FileKind;
  readonly path: string;
  readonly data: Uint8Array;
  readonly sha256: string;
  readonly parts: readonly Part[];
}

function billOf(
  name: string,
  contents: readonly Content[],
  { injectc: _, ...tools }: Manifest["tools"],
): string {
  const made = Object.entries(tools).map(([tool, its]) => ({ name: tool, version: its }));
  return billText(name, contents.toSorted(byPath), made);
}

/** Adds the manifest, and its signature where there is a key. */
async function vouchFor(
  files: Map<string, Uint8Array>,
  text: string,
  signer: Signer | undefined,
): Promise<Checked<Map<string, Uint8Array>>> {
  const bytes = Buffer.from(text);
  files.set(manifestFile, bytes);
  if (!signer) return checked(files);
  const signature = await signManifest(bytes, signer);
  if (!signature.ok) return signature;
  return checked(files.set(signatureFile, signature.value));
}

/** `fmod_ret-x86_64`; the second of a kind is `fmod_ret-2-x86_64`. */
function objectStems(objects: Blueprint["objects"]): string[] {
  const seen = new Map<string, number>();
  return objects.map(({ backend, arch }) => {
    const kind = `${backend}-${arch}`;
    const count = (seen.get(kind) ?? 0) + 1;
    seen.set(kind, count);
    return count === 1 ? kind : `${backend}-${count}-${arch}`;
  });
}

/** A name of the user's, made fit for a step of a path: letters, digits, `.`, `-` and `_`, not beginning with a dot. */
export function pathName(name: string, otherwise: string): string {
  const safe = name.replace(/[^A-Za-z0-9._-]+/g, "-").replace(/^[.-]+|-+$/g, "");
  return safe.slice(0, 80) || otherwise;
}

function listing(contents: readonly Content[]): Manifest["files"] {
  const entries = contents.map(({ path, kind, data, sha256 }) => {
    return { path, kind, size: data.length, sha256 };
  });
  return entries.sort(byPath);
}

function byPath(a: { readonly path: string }, b: { readonly path: string }): number {
  return a.path < b.path ? -1 : 1;
}

/** Members in the interface's order, whatever order the blueprint was made in. */
function inOrder(m: Omit<Manifest, "schema">): Manifest {
  const { name, spec, fault, frames, trigger, target, durationMs, placement, proof, objects, files, tools } =
    m;
  return {
    schema: manifestSchema,
    ...{ name, spec, fault, frames, trigger, target, durationMs, placement, proof, objects, files, tools },
  };
}
