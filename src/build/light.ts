/** Light skeletons, signed: what a kernel can check for itself before it loads an object. */

import { type Checked, checked, failed } from "../diagnostic.js";
import { type Format, formats, skeletonOf } from "../skeleton/skeleton.js";
import { unfitKernelSigner } from "./codes.js";
import { type Signer, signerAlgorithm, signManifest } from "./sign.js";

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

/** Whether kernels know the signer's algorithm: crypto/asymmetric_keys/pkcs7_parser.c of Linux. */
export async function checkKernelSigner(signer: Signer): Promise<Checked<null>> {
  const algorithm = await signerAlgorithm(signer);
  if (!algorithm.ok) return algorithm;
  return algorithm.value.hashes ? checked(null) : unfit("its key is Ed25519, which no kernel takes for them");
}

function unfit(problem: string): Checked<never> {
  return failed(unfitKernelSigner(undefined, { problem }));
}
