import type { Manifest } from "../build/manifest.js";
import { readTrust } from "../build/signature.js";
import { verifyBundle } from "../build/verify.js";
import type { Checked } from "../diagnostic.js";
import { misuse } from "./arguments.js";
import type { Run } from "./verb.js";

/** `injectc verify`: whether a bundle is what a trusted signer made, by the loader's own rules. */
export const verify: Run = async ({ operands, options: { trust } }) => {
  const path = operands[0]!;
  if (trust === undefined) return misuse("`--trust CERT` is missing: a signature alone says nothing");
  const manifest = await trusted(path, trust);
  if (!manifest.ok) return manifest;
  const { name, objects, files } = manifest.value;
  const counts = `${objects.length} object${objects.length > 1 ? "s" : ""}, ${files.length} files`;
  const text = `${path}: signed by a certificate that ${trust.join(" or ")} vouches for; \`${name}\`, ${counts}`;
  return { diagnostics: manifest.diagnostics, text, data: { manifest: manifest.value } };
};

/** The manifest of a bundle that the certificates in PEM files vouch for. */
export async function trusted(path: string, trust: readonly string[]): Promise<Checked<Manifest>> {
  const certificates = await readTrust(trust);
  return certificates.ok ? verifyBundle(path, certificates.value) : certificates;
}
