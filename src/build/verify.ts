/** Whether a bundle is what a trusted signer made. The order of checks is that of the loader's verify.c. */

import { createHash, type X509Certificate } from "node:crypto";
import { type Checked, checked, type Diagnostic, failed } from "../diagnostic.js";
import { readBundle } from "./bundle.js";
import { changedFile, missingFile, unlistedFile, unsigned } from "./codes.js";
import { type Manifest, manifestFile, signatureFile } from "./manifest.js";
import { parseManifest } from "./schema.js";
import { verifySignature } from "./signature.js";
import type { BundleFiles } from "./tar.js";

/** Checks the signature, then the manifest's form, then every file; all that is wrong with files is told at once. */
export async function verifyBundle(
  path: string,
  trusted: readonly X509Certificate[],
): Promise<Checked<Manifest>> {
  const files = await readBundle(path);
  return files.ok ? verifyFiles(path, files.value, trusted) : files;
}

/** The same of a bundle's files; `path` is how messages call it. */
export async function verifyFiles(
  path: string,
  files: BundleFiles,
  trusted: readonly X509Certificate[],
): Promise<Checked<Manifest>> {
  const signature = files.get(signatureFile);
  if (!signature) return failed(unsigned(undefined, { path }));
  const signed = await verifySignature(files.get(manifestFile)!, signature, trusted);
  return signed.ok ? checkContents(files) : signed;
}

/** Checks all but the signature: the manifest's form, and that the files are those that it lists. */
export function checkContents(files: BundleFiles): Checked<Manifest> {
  const manifest = parseManifest(files.get(manifestFile)!);
  return manifest.ok ? checked(manifest.value, compare(manifest.value.files, files)) : manifest;
}

function compare(listed: Manifest["files"], files: BundleFiles): Diagnostic[] {
  const wrong = listed.flatMap(({ path, size, sha256 }) => {
    const data = files.get(path);
    if (!data) return [missingFile(undefined, { path })];
    const problem =
      data.length === size
        ? sha256 !== digest(data) && "its SHA-256 is another"
        : `it has ${data.length} bytes, not ${size}`;
    return problem ? [changedFile(undefined, { path, problem })] : [];
  });
  const known = new Set([manifestFile, signatureFile, ...listed.map(({ path }) => path)]);
  const strangers = [...files.keys()].filter((path) => !known.has(path));
  return [...wrong, ...strangers.map((path) => unlistedFile(undefined, { path }))];
}

/** SHA-256 in lower-case hexadecimal digits. */
export function digest(data: Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}
