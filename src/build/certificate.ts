/** What an X.509 certificate (RFC 5280) says, beyond what node:crypto tells. */

import { X509Certificate } from "node:crypto";
import { context, DerError, type Element, elements, oidText, reader, tags } from "./der.js";

/** The certificates in a PEM text, in order; undefined if a block is damaged. */
export function certificatesIn(pem: Uint8Array): X509Certificate[] | undefined {
  const text = Buffer.from(pem).toString("latin1");
  return certificatesFrom(
    text.match(/-----BEGIN (X509 )?CERTIFICATE-----[^-]*-----END \1CERTIFICATE-----/g) ?? [],
  );
}

/** Certificates, each from its PEM or DER; undefined if one is damaged, or has a key that is, or is BER, which openssl takes. */
export function certificatesFrom(texts: readonly (string | Uint8Array)[]): X509Certificate[] | undefined {
  try {
    return texts.map((text) => {
      const certificate = new X509Certificate(text);
      // node looks at the key only when it is asked for.
      void certificate.publicKey;
      issuerAndSerial(certificate);
      issuersAlgorithm(certificate);
      return certificate;
    });
  } catch {
    return undefined;
  }
}

/** Whether the first is by name and by signature the issuer of the second. */
export function certifies(issuer: X509Certificate, certificate: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

/** The issuer's name and the serial number, in DER. */
export function issuerAndSerial(certificate: X509Certificate): { issuer: Uint8Array; serial: Uint8Array } {
  const [serial, , issuer] = fields(certificate).filter(({ tag }) => tag !== context(0));
  if (!serial || !issuer) throw new DerError("no issuer");
  return { serial: serial.whole, issuer: issuer.whole };
}

/** The object identifier of the algorithm that the issuer signed by. */
export function issuersAlgorithm(certificate: X509Certificate): string {
  const [, algorithm] = elements(reader(certificate.raw).take(tags.sequence).content);
  return oidText(elements(algorithm!.content)[0]!);
}

const keyUsage = "2.5.29.15";
const extendedKeyUsage = "2.5.29.37";
const emailProtection = "1.3.6.1.5.5.7.3.4";
const codeSigning = "1.3.6.1.5.5.7.3.3";
const anyUsage = "2.5.29.37.0";

/** Why a certificate may not vouch for code, if so: one for servers, say, may not. No list of uses allows all. */
export function misuse(certificate: X509Certificate): string | undefined {
  return told(() => (maySign(certificate) ? otherUse(certificate) : "it is not for signing"));
}

/** Why who certifies may not do so for code, if so: who does for servers alone may not. openssl looks at all else. */
export function issuersMisuse(certificate: X509Certificate): string | undefined {
  return told(() => otherUse(certificate));
}

function told(look: () => string | undefined): string | undefined {
  try {
    return look();
  } catch (error) {
    // node:crypto does not look into extensions.
    if (error instanceof DerError) return "its extensions are damaged";
    throw error;
  }
}

function maySign(certificate: X509Certificate): boolean {
  const uses = extension(certificate, keyUsage);
  // A BIT STRING: the number of unused bits, then the bits; digitalSignature is the first.
  return !uses || ((elements(uses)[0]?.content[1] ?? 0) & 0x80) !== 0;
}

function otherUse(certificate: X509Certificate): string | undefined {
  const extended = extension(certificate, extendedKeyUsage);
  if (!extended) return undefined;
  const allowed = elements(elements(extended)[0]?.content ?? extended).map(oidText);
  if ([codeSigning, emailProtection, anyUsage].some((use) => allowed.includes(use))) return undefined;
  return "it is for something other than code";
}

/** The value of an extension. */
function extension(certificate: X509Certificate, oid: string): Uint8Array | undefined {
  const list = fields(certificate).find(({ tag }) => tag === context(3));
  const extensions = list ? elements(elements(list.content)[0]?.content ?? list.content) : [];
  const parts = extensions.map(({ content }) => elements(content));
  return parts.find(([id]) => id && oidText(id) === oid)?.at(-1)?.content;
}

/** What the issuer signed: perhaps a version, then serial number, algorithm, issuer, validity, subject and so on. */
function fields(certificate: X509Certificate): Element[] {
  const outer = reader(certificate.raw).take(tags.sequence);
  return elements(reader(outer.content).take(tags.sequence).content);
}
