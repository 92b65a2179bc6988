/** The kinds of keys that sign bundles, and what CMS (RFC 5652, 5754, 8419) calls their signatures. */

import { type KeyObject, sign, verify } from "node:crypto";
import { promisify } from "node:util";

export type Digest = "sha256" | "sha384" | "sha512";

export interface Algorithm {
  /** The digest that a signature of ours names. */
  readonly digest: Digest;
  /** Whether the key signs that digest of the bytes, or the bytes as they are. */
  readonly hashes: boolean;
  /** The signature's object identifier with a digest; none where the two do not go together. */
  readonly oid: Readonly<Partial<Record<Digest, string>>>;
  readonly parameters: "null" | "absent";
}

const rsaEncryption = "1.2.840.113549.1.1.1";

/** By the names that node has for kinds of keys. */
const algorithms: Readonly<Record<string, Algorithm>> = {
  rsa: {
    ...{ digest: "sha256", hashes: true, parameters: "null" },
    oid: { sha256: rsaEncryption, sha384: rsaEncryption, sha512: rsaEncryption },
  },
  ec: {
    ...{ digest: "sha256", hashes: true, parameters: "absent" },
    oid: { sha256: "1.2.840.10045.4.3.2", sha384: "1.2.840.10045.4.3.3", sha512: "1.2.840.10045.4.3.4" },
  },
  ed25519: { digest: "sha512", hashes: false, parameters: "absent", oid: { sha512: "1.3.101.112" } },
};

/** OpenSSL's security level 2, which the loader asks for, takes RSA keys from this size on. */
const leastBits = 2048;
const curves = ["prime256v1", "secp384r1", "secp521r1"];

/** What a key, public or private, signs by; or why it is of no use for bundles. */
export function algorithmOf(key: KeyObject): Algorithm | string {
  const { asymmetricKeyType: type = "none", asymmetricKeyDetails: details } = key;
  const algorithm = algorithms[type];
  if (!algorithm) return `it is ${type}, not RSA, ECDSA or Ed25519`;
  const bits = details?.modulusLength ?? leastBits;
  if (bits < leastBits) return `it has ${bits} bits, not ${leastBits} or more`;
  const curve = details?.namedCurve;
  return curve === undefined || curves.includes(curve)
    ? algorithm
    : `its curve is ${curve}, not P-256, P-384 or P-521`;
}

const signElsewhere = promisify(sign);

/**
 * The signature of the bytes, made on another thread. The same each time, but for ECDSA, which puts a random number into
 * each.
 */
export function signatureOf(
  bytes: Uint8Array,
  key: KeyObject,
  { digest, hashes }: Algorithm,
): Promise<Uint8Array> {
  return signElsewhere(hashes ? digest : null, bytes, key);
}

/** Whether it is the signature of the bytes by the key's owner, over this digest of them. */
export function holds(bytes: Uint8Array, key: KeyObject, signature: Uint8Array, digest: Digest): boolean {
  const algorithm = algorithmOf(key);
  if (typeof algorithm === "string" || !algorithm.oid[digest]) return false;
  return verify(algorithm.hashes ? digest : null, bytes, key, signature);
}
