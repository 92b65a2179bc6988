/** Signatures over a manifest: detached CMS in DER, made here, and checked by openssl (openssl-cms(1)). */

import { createPrivateKey, type KeyObject, type X509Certificate } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Checked, checked, type Diagnostic, failed } from "../diagnostic.js";
import { certificatesIn, issuerAndSerial, misuse } from "./certificate.js";
import { algorithmFits, detachedSignature, type SignatureParts, signatureParts } from "./cms.js";
import { badCertificate, badSignature, keyMismatch, untrustedSigner, unusableKey } from "./codes.js";
import { readFileUpTo } from "./file.js";
import { withTempFolder } from "./temp.js";
import { lastLines, tryTool } from "./tools.js";

/** A key and the certificate that belongs to it, as paths of PEM files. */
export interface Signer {
  readonly key: string;
  readonly certificate: string;
}

const pemLimit = 1 << 20;
/** OpenSSL's security level 2, which the loader asks for, takes RSA keys from this size on. */
const leastBits = 2048;

/** The signature over the bytes. The same key gives the same signature, since RSA's PKCS #1 v1.5 uses no random numbers. */
export async function signManifest(manifest: Uint8Array, signer: Signer): Promise<Checked<Uint8Array>> {
  const pair = await readSigner(signer);
  return pair.ok ? checked(detachedSignature(manifest, pair.value.key, pair.value.certificate)) : pair;
}

/** Whether the two can sign. */
export async function checkSigner(signer: Signer): Promise<Checked<Signer>> {
  const pair = await readSigner(signer);
  return pair.ok ? checked(signer) : pair;
}

async function readSigner({
  key,
  certificate,
}: Signer): Promise<Checked<{ key: KeyObject; certificate: X509Certificate }>> {
  const pems = [await readFileUpTo(key, pemLimit), await readFileUpTo(certificate, pemLimit)] as const;
  const unreadable = pems.flatMap((pem) => pem.diagnostics);
  if (!pems[0].ok || !pems[1].ok) return failed(...unreadable);

  const secret = privateKey(pems[0].value, key);
  const open = certificates(pems[1].value, certificate);
  if (!secret.ok || !open.ok) return failed(...secret.diagnostics, ...open.diagnostics);
  const leaf = open.value[0]!;
  if (!leaf.checkPrivateKey(secret.value)) {
    return failed(keyMismatch(undefined, { key, certificate }));
  }
  const problem = unfit(leaf);
  if (problem) return failed(badCertificate(undefined, { path: certificate, problem }));
  return checked({ key: secret.value, certificate: leaf });
}

/**
 * Whether the signature is over the bytes, by a certificate that is in `trust` or was issued by one in it, that is
 * valid now and may sign code. `trust` is PEM; `trustName` is how messages call it. As strict as the loader's signature.c.
 */
export async function verifySignature(
  manifest: Uint8Array,
  signature: Uint8Array,
  trust: Uint8Array,
  trustName: string,
): Promise<Checked<null>> {
  const trusted = certificates(trust, trustName);
  if (!trusted.ok) return trusted;
  const parts = signatureParts(signature);
  if (!parts) return failed(badSignature(undefined, { problem: notOurs }));
  return withTempFolder(async (folder) => {
    await writeFile(join(folder, "manifest"), manifest);
    await writeFile(join(folder, "signature"), signature);
    await writeFile(join(folder, "trust.pem"), trusted.value.join("\n"));
    const run = await tryTool("openssl", verification(parts), { cwd: folder });
    if (!run.ok) return run;
    if (run.value.exit !== 0) return failed(refusal(run.value.stderr));
    const signer = await readFileUpTo(join(folder, "signer.pem"), pemLimit);
    if (!signer.ok) return signer;
    return checked(null, complaints(parts, certificatesIn(signer.value)?.[0]));
  });
}

function verification(parts: SignatureParts): string[] {
  return [
    ...["cms", "-verify", "-binary", "-inform", "DER", "-in", "signature", "-content", "manifest"],
    ...["-out", "verified", "-signer", "signer.pem"],
    // Nobody else is trusted: no certificate of the system's.
    ...["-CAfile", "trust.pem", "-partial_chain", "-no-CApath", "-no-CAstore", "-auth_level", "2"],
    // openssl 3.0 knows no purpose "code signing"; `misuse` looks at the uses.
    ...["-purpose", "any"],
    // An embedded certificate is itself looked at; a trusted one fills in where there is none.
    ...(parts.certificates.length === 0 ? ["-certfile", "trust.pem"] : []),
  ];
}

/** What openssl does not look at, of a signature that holds. */
function complaints(parts: SignatureParts, signer: X509Certificate | undefined): Diagnostic[] {
  if (!signer) return [badSignature(undefined, { problem: "it has no signer" })];
  const problem = misuse(signer);
  if (problem) return [untrustedSigner(undefined, { problem: `of its certificate, ${problem}` })];
  const issuer = Buffer.compare(parts.issuer, issuerAndSerial(signer).issuer) === 0;
  const algorithm = algorithmFits(parts, signer.publicKey.asymmetricKeyType);
  return issuer && algorithm ? [] : [badSignature(undefined, { problem: notOurs })];
}

const notOurs = "it has not the form that `openssl cms -sign -binary -outform DER` gives";

function privateKey(pem: Uint8Array, path: string): Checked<KeyObject> {
  try {
    const key = createPrivateKey(Buffer.from(pem));
    const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
    const bits = details?.modulusLength ?? 0;
    const problem =
      type === "rsa" ? `it has ${bits} bits, not ${leastBits} or more` : `it is ${type}, not RSA`;
    if (type === "rsa" && bits >= leastBits) return checked(key);
    return failed(unusableKey(undefined, { path, problem }));
  } catch {
    const locked = Buffer.from(pem).includes("ENCRYPTED");
    const problem = locked ? "it is locked with a passphrase" : "it is not in PEM form";
    return failed(unusableKey(undefined, { path, problem }));
  }
}

/** The certificates of a PEM file, at least one. */
function certificates(pem: Uint8Array, path: string): Checked<readonly X509Certificate[]> {
  const all = certificatesIn(pem);
  if (all && all.length > 0) return checked(all);
  return failed(badCertificate(undefined, { path, problem: "it is not in PEM form" }));
}

/** Why a certificate cannot vouch for a bundle now, if so. */
function unfit(certificate: X509Certificate): string | undefined {
  const { validFrom, validTo } = certificate;
  const now = Date.now();
  if (now > Date.parse(validTo)) return `it expired on ${validTo}`;
  if (now < Date.parse(validFrom)) return `it is not valid before ${validFrom}`;
  return misuse(certificate);
}

/** openssl's reason. It checks certificates before it looks at what was signed: CMS_verify() in crypto/cms/cms_smime.c. */
function refusal(stderr: string): Diagnostic {
  const certificate = /Verify error: *(.*)/.exec(stderr)?.[1];
  if (certificate) return untrustedSigner(undefined, { problem: certificate });
  const changed = /digest|signature failure|verification failure|bad signature/i.test(stderr);
  const problem = changed ? "it is over another manifest.json" : "it is no CMS signature";
  return badSignature(undefined, { problem }, { notes: [{ text: lastLines(stderr, 3) }] });
}
