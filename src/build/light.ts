/** Light skeletons, signed: what a kernel can check for itself before it loads an object. */

import type { X509Certificate } from "node:crypto";
import { type Checked, checked, failed } from "../diagnostic.js";
import { type Format, formats, skeletonOf } from "../skeleton/skeleton.js";
import { algorithmOf } from "./algorithm.js";
import { issuersAlgorithm } from "./certificate.js";
import { unfitKernelSigner } from "./codes.js";
import { type Signer, signerCertificates, signManifest } from "./sign.js";

/** A skeleton's metadata, and for each format its instructions and the signature. */
export interface LightSkeleton {
  readonly metadata: Uint8Array;
  readonly loaders: readonly {
    readonly covers: Format;
    readonly instructions: Uint8Array;
    readonly signature: Uint8Array;
  }[];
}

/** The most bytes that the kernel takes for a signature: KMALLOC_MAX_CACHE_SIZE with pages of 4 KiB. */
const mostSignatureBytes = 8192;

/** An object's skeleton, signed in every format. */
export async function lightSkeleton(object: Uint8Array, signer: Signer): Promise<Checked<LightSkeleton>> {
  const { metadata, instructions } = skeletonOf(object);
  const loaders: LightSkeleton["loaders"][number][] = [];
  // One after the other: a signing command may be one that asks a person, or a token.
  for (const covers of formats) {
    const code = instructions[covers];
    const signature = await signManifest(signedBytes(covers, code, metadata), signer);
    if (!signature.ok) return signature;
    if (signature.value.length > mostSignatureBytes)
      return unfit("with the certificates that come along it is longer than the 8 KiB that kernels take");
    loaders.push({ covers, instructions: code, signature: signature.value });
  }
  return checked({ metadata, loaders });
}

/** What a signature of the format is over. */
export function signedBytes(covers: Format, instructions: Uint8Array, metadata: Uint8Array): Uint8Array {
  return covers === "instructions" ? instructions : Buffer.concat([instructions, metadata]);
}

/** Sizes of RSA keys, by rsa_check_key_length() of crypto/rsa.c, and names of algorithms that openssl would take. */
const rsaBits = [2048, 3072, 4096];
const unknown: Readonly<Record<string, string>> = {
  "1.2.840.113549.1.1.10": "RSA-PSS",
  "1.3.101.112": "Ed25519",
  "1.3.101.113": "Ed448",
};

/** Whether kernels can read every certificate that comes along: crypto/asymmetric_keys/x509_cert_parser.c of Linux. */
export async function checkKernelSigner(signer: Signer): Promise<Checked<null>> {
  const certificates = await signerCertificates(signer);
  if (!certificates.ok) return certificates;
  const [problem] = certificates.value.flatMap((one, i) => {
    const complaint = kernelComplaint(one);
    return complaint ? [`${i === 0 ? "its" : `of its certificate ${i + 1}, the`} ${complaint}`] : [];
  });
  return problem === undefined ? checked(null) : unfit(problem);
}

function kernelComplaint(certificate: X509Certificate): string | undefined {
  const algorithm = algorithmOf(certificate.publicKey);
  if (typeof algorithm === "string") return `key is of no use: ${algorithm}`;
  if (!algorithm.hashes) return "key is Ed25519, which no kernel takes for them";
  const bits = certificate.publicKey.asymmetricKeyDetails?.modulusLength;
  if (bits !== undefined && !rsaBits.includes(bits))
    return `RSA key has ${bits} bits, where kernels take ${rsaBits.slice(0, -1).join(", ")} or ${rsaBits.at(-1)}`;
  const name = unknown[issuersAlgorithm(certificate)];
  return name && `certificate was signed by ${name}, which no kernel takes for them`;
}

function unfit(problem: string): Checked<never> {
  return failed(unfitKernelSigner(undefined, { problem }));
}
