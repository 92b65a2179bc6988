/**
 * The form of a bundle's signature: CMS (RFC 5652) with one signer. A signature does not cover all of its own file, so
 * whatever it leaves open must be as `openssl cms -sign -binary -outform DER` gives it; signature.c of the loader has
 * the same rules.
 */

import { type KeyObject, sign, type X509Certificate } from "node:crypto";
import { issuerAndSerial } from "./certificate.js";
import {
  context,
  DerError,
  type Element,
  elements,
  encode,
  encodeOid,
  oidText,
  reader,
  tags,
} from "./der.js";

/** What is open in a signature, once its form is known to be right. */
export interface SignatureParts {
  /** Those that came with it, in DER. */
  readonly certificates: readonly Uint8Array[];
  /** The signer's issuer and serial number, in DER. */
  readonly issuer: Uint8Array;
  readonly serial: Uint8Array;
  readonly digest: Digest;
  /** The algorithm of the signature itself, in DER. */
  readonly algorithm: Element;
}

type Digest = "sha256" | "sha384" | "sha512";

const signedData = "1.2.840.113549.1.7.2";
const data = "1.2.840.113549.1.7.1";
const sha256 = "2.16.840.1.101.3.4.2.1";
const digests: Readonly<Record<string, Digest>> = {
  [sha256]: "sha256",
  "2.16.840.1.101.3.4.2.2": "sha384",
  "2.16.840.1.101.3.4.2.3": "sha512",
};
const ecdsa: Readonly<Record<Digest, string>> = {
  sha256: "1.2.840.10045.4.3.2",
  sha384: "1.2.840.10045.4.3.3",
  sha512: "1.2.840.10045.4.3.4",
};
const rsaEncryption = "1.2.840.113549.1.1.1";

/** A signature over the bytes by an RSA key, with its certificate: what `openssl cms -sign -noattr -md sha256` gives, octet by octet. */
export function detachedSignature(
  bytes: Uint8Array,
  key: KeyObject,
  certificate: X509Certificate,
): Uint8Array {
  const { sequence, set, octets, integer } = tags;
  const { issuer, serial } = issuerAndSerial(certificate);
  const version = encode(integer, Uint8Array.of(1));
  const digest = encode(sequence, encodeOid(sha256));
  const algorithm = encode(sequence, encodeOid(rsaEncryption), encode(tags.null));
  const signature = encode(octets, sign("sha256", bytes, key));
  const signer = encode(sequence, version, encode(sequence, issuer, serial), digest, algorithm, signature);
  const content = encode(sequence, encodeOid(data));
  const certificates = encode(context(0), certificate.raw);
  const signed = encode(sequence, version, encode(set, digest), content, certificates, encode(set, signer));
  return encode(sequence, encodeOid(signedData), encode(context(0), signed));
}

/** The open parts, or undefined where the bytes are not one detached signature of this form. */
export function signatureParts(bytes: Uint8Array): SignatureParts | undefined {
  try {
    return readContentInfo(bytes);
  } catch (error) {
    if (error instanceof DerError) return undefined;
    throw error;
  }
}

function readContentInfo(bytes: Uint8Array): SignatureParts {
  const file = reader(bytes);
  const info = reader(file.take(tags.sequence).content);
  file.end();
  must(oidText(info.take(tags.oid)) === signedData);
  const wrapped = reader(info.take(context(0)).content);
  info.end();
  const signed = reader(wrapped.take(tags.sequence).content);
  wrapped.end();

  must(isOne(signed.take(tags.integer)));
  const algorithms = signed.take(tags.set);
  const content = reader(signed.take(tags.sequence).content);
  must(oidText(content.take(tags.oid)) === data);
  content.end();
  const certificates = signed.maybe(context(0));
  const signers = reader(signed.take(tags.set).content);
  signed.end();
  const signer = readSigner(signers.take(tags.sequence), algorithms);
  signers.end();
  return { ...signer, certificates: certificates ? sequencesIn(certificates) : [] };
}

function readSigner(info: Element, algorithms: Element): Omit<SignatureParts, "certificates"> {
  const signer = reader(info.content);
  must(isOne(signer.take(tags.integer)));
  const name = reader(signer.take(tags.sequence).content);
  const issuer = name.take(tags.sequence).whole;
  const serial = name.take(tags.integer).whole;
  name.end();
  const digestAlgorithm = signer.take(tags.sequence);
  // The digest is named twice, and one of the two is not looked at by whoever verifies.
  must(Buffer.compare(algorithms.content, digestAlgorithm.whole) === 0);
  // Signed attributes are covered by the signature; unsigned ones, which would come last, are not.
  signer.maybe(context(0));
  const algorithm = signer.take(tags.sequence);
  signer.take(tags.octets);
  signer.end();

  const digest = digests[readAlgorithm(digestAlgorithm).oid];
  must(digest !== undefined);
  return { issuer, serial, digest: digest!, algorithm };
}

/** Whether the signature names the algorithm that a key of this kind has with the digest. */
export function algorithmFits({ algorithm, digest }: SignatureParts, keyType: string | undefined): boolean {
  const { oid, parameters } = readAlgorithm(algorithm);
  if (keyType === "rsa") return oid === rsaEncryption && parameters === "null";
  return keyType === "ec" && oid === ecdsa[digest] && parameters === "absent";
}

function readAlgorithm(sequence: Element): { oid: string; parameters: "absent" | "null" | "other" } {
  const algorithm = reader(sequence.content);
  const oid = oidText(algorithm.take(tags.oid));
  const none = algorithm.maybe(tags.null);
  try {
    algorithm.end();
  } catch {
    return { oid, parameters: "other" };
  }
  if (!none) return { oid, parameters: "absent" };
  return { oid, parameters: none.content.length === 0 ? "null" : "other" };
}

function sequencesIn(set: Element): Uint8Array[] {
  const all = elements(set.content);
  must(all.every(({ tag }) => tag === tags.sequence));
  return all.map(({ whole }) => whole);
}

function isOne({ content }: Element): boolean {
  return content.length === 1 && content[0] === 1;
}

function must(holds: boolean): void {
  if (!holds) throw new DerError("not of the form");
}
