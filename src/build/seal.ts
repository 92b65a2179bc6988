/** The arrow from compiled objects to a bundle: names, hashes, the manifest and its signature. */

import { type Checked, checked, failed } from "../diagnostic.js";
import type { Source } from "../source.js";
import { version } from "../version.js";
import { unsealable } from "./codes.js";
import { type CompileJob, compileAll } from "./compile.js";
import {
  type Blueprint,
  type Manifest,
  type ManifestObject,
  manifestFile,
  manifestSchema,
  signatureFile,
} from "./manifest.js";
import { manifestProblem, manifestText } from "./schema.js";
import { type Signer, signManifest } from "./sign.js";
import { digest } from "./verify.js";

export interface SealOptions {
  /** Absent: the bundle stays unsigned. */
  readonly signer?: Signer;
  /** The text that the blueprint was made from, for clang's complaints. */
  readonly source?: Source;
  /** How many objects are compiled at a time; absent: as many as there are processors. */
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
  const compiled = await compileAll(jobs, options.concurrency);
  if (!compiled.ok) return compiled;
  const [first] = compiled.value;
  if (!first) return failed(unsealable(undefined, { problem: "it has no object" }));

  const files = new Map<string, Uint8Array>();
  const add = (path: string, data: Uint8Array | string) => {
    files.set(path, Buffer.from(data));
    return path;
  };
  const specFile = add(`spec/${pathName(spec.fileName, "spec")}`, spec.text);
  const sealed = objects.map(({ c, ...object }, i): ManifestObject => {
    const stem = `objects/${stems[i]}.bpf`;
    return { file: add(`${stem}.o`, compiled.value[i]!.object), source: add(`${stem}.c`, c), ...object };
  });
  const manifest = inOrder({
    ...rest,
    spec: { input: spec.input, file: specFile },
    objects: sealed,
    files: listing(files),
    tools: { injectc: version, ...first.tools },
  });
  const problem = manifestProblem(manifest);
  if (problem) return failed(unsealable(undefined, { problem }));
  return vouchFor(files, manifestText(manifest), options.signer);
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

function listing(files: ReadonlyMap<string, Uint8Array>): Manifest["files"] {
  const entries = [...files].map(([path, data]) => ({ path, size: data.length, sha256: digest(data) }));
  return entries.sort((a, b) => (a.path < b.path ? -1 : 1));
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
