/** Signatures over bytes: detached CMS in DER. */

import { createPrivateKey, type KeyObject, type X509Certificate } from "node:crypto";
import { type Checked, checked, failed } from "../diagnostic.js";
import { type Algorithm, algorithmOf, holds, signatureOf } from "./algorithm.js";
import { certificatesIn, certifies, issuersMisuse, misuse } from "./certificate.js";
import { detachedSignature } from "./cms.js";
import { badCertificate, keyMismatch, signCommandFailed, unusableKey } from "./codes.js";
import { runCommand } from "./command.js";
import { readFileUpTo } from "./file.js";
import { lastLines } from "./tools.js";

/**
 * Who signs: a PEM file with the signer's certificate, and after it those that certify it, if need be; and the key, as the
 * path of a PEM file or as a command (a program and its arguments), which gets the bytes and prints their signature.
 */
export interface Signer {
  readonly certificate: string;
  readonly key: string | readonly string[];
}

/** A signer, read and found fit. */
interface Ready extends Signer {
  readonly certificates: readonly X509Certificate[];
  readonly algorithm: Algorithm;
  readonly sign: (bytes: Uint8Array) => Promise<Checked<Uint8Array>>;
}

const pemLimit = 1 << 20;

/** The signature over the bytes of a manifest, or of whatever else is to be vouched for. */
export async function signManifest(bytes: Uint8Array, signer: Signer): Promise<Checked<Uint8Array>> {
  const ready = await readSigner(signer);
  if (!ready.ok) return ready;
  const { certificates, algorithm, sign } = ready.value;
  const value = await sign(bytes);
  return value.ok ? checked(detachedSignature(value.value, algorithm, certificates)) : value;
}

/**
 * Whether the signer can sign, as far as can be told before there is anything to sign. What is given back signs without
 * that anything is read again.
 */
export function checkSigner(signer: Signer): Promise<Checked<Signer>> {
  return readSigner(signer);
}

/** The certificates that come with what the signer signs, its own first. */
export async function signerCertificates(signer: Signer): Promise<Checked<readonly X509Certificate[]>> {
  const ready = await readSigner(signer);
  return ready.ok ? checked(ready.value.certificates) : ready;
}

async function readSigner(signer: Signer): Promise<Checked<Ready>> {
  if (isReady(signer)) return checked(signer);
  const { key, certificate: path } = signer;
  const pem = await readFileUpTo(path, pemLimit);
  const secret = typeof key === "string" ? await readKey(key) : checked(undefined);
  if (!pem.ok || !secret.ok) return failed(...secret.diagnostics, ...pem.diagnostics);
  const chain = readChain(pem.value, path);
  if (!chain.ok) return chain;

  const { certificates, algorithm } = chain.value;
  const open = certificates[0]!.publicKey;
  if (typeof key !== "string")
    return checked({
      ...{ key, certificate: path, certificates, algorithm },
      sign: (bytes) => bidden(key, bytes, open, algorithm),
    });
  if (!certificates[0]!.checkPrivateKey(secret.value!))
    return failed(keyMismatch(undefined, { key, certificate: path }));
  const sign = async (bytes: Uint8Array) => checked(await signatureOf(bytes, secret.value!, algorithm));
  return checked({ key, certificate: path, certificates, algorithm, sign });
}

function isReady(signer: Signer): signer is Ready {
  return "sign" in signer;
}

async function readKey(path: string): Promise<Checked<KeyObject>> {
  const pem = await readFileUpTo(path, pemLimit);
  if (!pem.ok) return pem;
  const refuse = (problem: string) => failed(unusableKey(undefined, { path, problem }));
  try {
    const key = createPrivateKey(Buffer.from(pem.value));
    const algorithm = algorithmOf(key);
    return typeof algorithm === "string" ? refuse(algorithm) : checked(key);
  } catch {
    return refuse(
      Buffer.from(pem.value).includes("ENCRYPTED")
        ? "it is locked with a passphrase"
        : "it is not in PEM form",
    );
  }
}

/** The certificates that go into a signature: no root, since only who verifies says whom to trust. */
function readChain(pem: Uint8Array, path: string): Checked<Pick<Ready, "certificates" | "algorithm">> {
  const refuse = (problem: string) => failed(badCertificate(undefined, { path, problem }));
  const [leaf, ...others] = certificatesIn(pem) ?? [];
  if (!leaf) return refuse("it holds none in PEM form");
  const problem = outdated(leaf) ?? misuse(leaf);
  if (problem) return refuse(problem);
  const algorithm = algorithmOf(leaf.publicKey);
  if (typeof algorithm === "string") return refuse(`of its key, ${algorithm}`);

  const all = [leaf, ...others];
  for (const [i, certificate] of others.entries()) {
    if (!certifies(certificate, all[i]!))
      return refuse(`its certificate ${i + 2} does not certify the one before it`);
    const unfit = outdated(certificate) ?? issuersMisuse(certificate);
    if (unfit) return refuse(`of its certificate ${i + 2}, ${unfit}`);
  }
  const certificates = [leaf, ...others.filter((one) => !certifies(one, one))];
  return checked({ certificates, algorithm });
}

/** Why a certificate does not count now, if so. */
function outdated({ validFrom, validTo }: X509Certificate): string | undefined {
  const now = Date.now();
  if (now > Date.parse(validTo)) return `it expired on ${validTo}`;
  return now < Date.parse(validFrom) ? `it is not valid before ${validFrom}` : undefined;
}

/** A signature by whoever obeys the command. It is looked at before it is believed. */
async function bidden(
  command: readonly string[],
  bytes: Uint8Array,
  open: KeyObject,
  algorithm: Algorithm,
): Promise<Checked<Uint8Array>> {
  const refuse = (how: string, said = "") => {
    const notes = said.trim() ? [{ text: lastLines(said) }] : [];
    return failed(signCommandFailed(undefined, { command: command[0]!, how }, { notes }));
  };
  const run = await runCommand(command, bytes);
  if (run.exit === undefined) return refuse(`it ${run.how}`, run.stderr);
  if (run.exit !== 0) return refuse(`it ended with status ${run.exit}`, run.stderr);
  if (holds(bytes, open, run.stdout, algorithm.digest)) return checked(run.stdout);
  return refuse(
    `the ${run.stdout.length} bytes that it printed are no signature by the certificate's key`,
    run.stderr,
  );
}
