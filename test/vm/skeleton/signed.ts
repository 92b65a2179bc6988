/** Bundles that are signed soundly, whatever was done to what is in them before. */

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { manifestFile, signatureFile } from "../../../src/build/manifest.js";
import { manifestText, parseManifest } from "../../../src/build/schema.js";
import { type Signer, signManifest } from "../../../src/build/sign.js";
import { type BundleFiles, writeTar } from "../../../src/build/tar.js";
import { digest } from "../../../src/build/verify.js";

/** Puts the files into the folder's `bundles/more/NAME.bundle`, with a manifest that fits them. A path. */
export async function signedAnew(
  folder: string,
  name: string,
  files: BundleFiles,
  signer: Signer = { key: join(folder, "inject.key"), certificate: join(folder, "inject.crt") },
): Promise<string> {
  const parsed = parseManifest(files.get(manifestFile)!);
  if (!parsed.ok) throw new Error("the manifest can't be read");
  const listed = parsed.value.files.flatMap((file) => {
    const data = files.get(file.path);
    return data ? [{ ...file, size: data.length, sha256: digest(data) }] : [];
  });
  const objects = parsed.value.objects.map(({ skeleton, ...object }) =>
    skeleton && files.has(skeleton.metadata) ? { ...object, skeleton } : object,
  );
  const manifest = Buffer.from(manifestText({ ...parsed.value, objects, files: listed }));
  const signature = await signManifest(manifest, signer);
  if (!signature.ok) throw new Error("the manifest can't be signed");
  const all = new Map([...files, [manifestFile, manifest], [signatureFile, signature.value]]);
  const path = join(folder, "bundles/more", `${name}.bundle`);
  mkdirSync(join(folder, "bundles/more"), { recursive: true });
  writeFileSync(path, writeTar(all));
  return path;
}
