/**
 * The form of a bundle's signature: CMS (RFC 5652) with one signer. A signature does not cover all of its own file, so
 * whatever it leaves open must be as `openssl cms -sign -binary -outform DER` gives it; signature.c of the loader has
 * the same rules.
 */

import type { X509Certificate } from "node:crypto";
import type { Algorithm, Digest } from "./algorithm.js";
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
  /** The algorithm of the signature itself. */
  readonly algorithm: { readonly oid: string; readonly parameters: "absent" | "null" | "other" };
  /** What is signed in place of the bytes themselves, if anything. */
  readonly attributes: SignedAttributes | undefined;
  readonly signature: Uint8Array;
}

export interface SignedAttributes {
  /** In DER, as the signature covers them. */
  readonly whole: Uint8Array;
  /** The digest of the bytes that they vouch for. */
  readonly messageDigest: Uint8Array;
}

const signedData = "1.2.840.113549.1.7.2";
const data = "1.2.840.113549.1.7.1";
const contentType = "1.2.840.113549.1.9.3";
const messageDigest = "1.2.840.113549.1.9.4";
const digests: Readonly<Record<Digest, string>> = {
  sha256: "2.16.840.1.101.3.4.2.1",
  sha384: "2.16.840.1.101.3.4.2.2",
  sha512: "2.16.840.1.101.3.4.2.3",
};

/**
 * A signature by the owner of the first certificate, with all of them: what `openssl cms -sign -noattr` gives for the same
 * value, octet by octet.
 */
export function detachedSignature(
  value: Uint8Array,
  { digest, oid, parameters }: Algorithm,
  certificates: readonly X509Certificate[],
): Uint8Array {
  const { sequence, set, octets, integer } = tags;
  const { issuer, serial } = issuerAndSerial(certificates[0]!);
  const version = encode(integer, Uint8Array.of(1));
  const hash = encode(sequence, encodeOid(digests[digest]));
  const none = parameters === "null" ? [encode(tags.null)] : [];
  const algorithm = encode(sequence, encodeOid(oid[digest]!), ...none);
  const parts = [encode(sequence, issuer, serial), hash, algorithm, encode(octets, value)];
  const signer = encode(sequence, version, ...parts);
  // A set's elements are in the order of their octets.
  const all = encode(context(0), ...certificates.map(({ raw }) => raw).sort(Buffer.compare));
  const content = encode(sequence, encodeOid(data));
  const signed = encode(sequence, version, encode(set, hash), content, all, encode(set, signer));
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
  const signed = signer.maybe(context(0));
  const algorithm = readAlgorithm(signer.take(tags.sequence));
  const signature = signer.take(tags.octets).content;
  signer.end();

  const { oid, parameters } = readAlgorithm(digestAlgorithm);
  // RFC 5754 wants them left out, and has readers take NULL, too; but then the signature would have two spellings.
  must(parameters === "absent");
  const digest = (Object.keys(digests) as Digest[]).find((name) => digests[name] === oid);
  must(digest !== undefined);
  const attributes = signed && readAttributes(signed);
  return { issuer, serial, digest: digest!, algorithm, attributes, signature };
}

/** They say of which kind and of which digest the content is, each once; what else they say does not matter here. */
function readAttributes(signed: Element): SignedAttributes {
  const all = elements(signed.content).map((attribute) => {
    const inside = reader(attribute.content);
    const oid = oidText(inside.take(tags.oid));
    const values = elements(inside.take(tags.set).content);
    inside.end();
    return { oid, values };
  });
  const single = (name: string, tag: number) => {
    const [found, ...more] = all.filter(({ oid }) => oid === name);
    must(found?.values.length === 1 && more.length === 0 && found.values[0]!.tag === tag);
    return found!.values[0]!;
  };
  must(oidText(single(contentType, tags.oid)) === data);
  const { content } = single(messageDigest, tags.octets);
  return { whole: encode(tags.set, signed.content), messageDigest: content };
}

/** Whether the signature names the algorithm as one of these with its digest. */
export function algorithmFits(
  { algorithm, digest }: SignatureParts,
  { oid, parameters }: Algorithm,
): boolean {
  return algorithm.oid === oid[digest] && algorithm.parameters === parameters;
}

function readAlgorithm(sequence: Element): SignatureParts["algorithm"] {
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
  must(all.length > 0 && all.every(({ tag }) => tag === tags.sequence));
  const sequences = all.map(({ whole }) => whole);
  // In the order of their octets, none of them twice.
  must(sequences.every((one, i) => i === 0 || Buffer.compare(sequences[i - 1]!, one) < 0));
  return sequences;
}

function isOne({ content }: Element): boolean {
  return content.length === 1 && content[0] === 1;
}

function must(holds: boolean): void {
  if (!holds) throw new DerError("not of the form");
}
