/** Whether a signature is one by somebody who is trusted. As strict as the loader's signature.c and trust.c. */

import { createHash, type X509Certificate } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Checked, checked, type Diagnostic, failed } from "../diagnostic.js";
import { algorithmOf, holds } from "./algorithm.js";
import { certificatesFrom, certificatesIn, issuerAndSerial, issuersMisuse, misuse } from "./certificate.js";
import { algorithmFits, type SignatureParts, signatureParts } from "./cms.js";
import { badCertificate, badSignature, untrustedSigner } from "./codes.js";
import { readFileUpTo } from "./file.js";
import { withTempFolder } from "./temp.js";
import { lastLines, tryTool } from "./tools.js";

const mostPemBytes = 1 << 20;
const notOurs = "it has not the form that `openssl cms -sign -binary -outform DER` gives";

/** X509_V_ERR_ of openssl/x509_vfy.h where no chain leads to a trusted certificate. */
const noIssuer: ReadonlySet<number> = new Set([2, 18, 19, 20, 21]);
const stranger = "none of the trusted certificates is its own, or of who certified it";

/** Those where one is not yet valid, or no longer: it may well be the clock that is wrong. */
const dated: ReadonlySet<number> = new Set([9, 10]);

/** The certificates in PEM files, in order, each file with at least one. */
export async function readTrust(paths: readonly string[]): Promise<Checked<readonly X509Certificate[]>> {
  const files = await Promise.all(
    paths.map(async (path) => {
      const pem = await readFileUpTo(path, mostPemBytes);
      if (!pem.ok) return pem;
      const all = certificatesIn(pem.value) ?? [];
      return all.length > 0
        ? checked(all)
        : failed(badCertificate(undefined, { path, problem: "it holds none in PEM form" }));
    }),
  );
  return checked(
    files.flatMap((file) => (file.ok ? file.value : [])),
    files.flatMap((file) => file.diagnostics),
  );
}

/**
 * Whether the signature is over the bytes, by a certificate that is among the trusted or was issued by one of them, maybe
 * through others that came with it, that is valid now and may sign code.
 */
export async function verifySignature(
  manifest: Uint8Array,
  signature: Uint8Array,
  trusted: readonly X509Certificate[],
): Promise<Checked<null>> {
  const refuse = (problem: string) => failed(badSignature(undefined, { problem }));
  const parts = signatureParts(signature);
  const embedded = parts && certificatesFrom(parts.certificates);
  if (!parts || !embedded) return refuse(notOurs);
  // A trusted one fills in only where none came with it.
  const signer = (embedded.length > 0 ? embedded : trusted).find((one) => isSigner(parts, one));
  if (!signer) return refuse("its signer's certificate did not come with it, and is none of the trusted");
  const algorithm = algorithmOf(signer.publicKey);
  if (typeof algorithm === "string")
    return failed(untrustedSigner(undefined, { problem: `of its key, ${algorithm}` }));
  if (!algorithmFits(parts, algorithm)) return refuse(notOurs);
  if (!covers(parts, manifest, signer)) return refuse("it is over another manifest.json");
  const problem = misuse(signer);
  if (problem) return failed(untrustedSigner(undefined, { problem: `of its certificate, ${problem}` }));
  for (const one of embedded.filter((other) => other !== signer)) {
    const why = issuersMisuse(one);
    if (why) return failed(untrustedSigner(undefined, { problem: ofCompanion(one, why) }));
  }
  const refused = await refusal(signer, embedded, trusted);
  return refused ? failed(refused) : checked(null);
}

function isSigner({ issuer, serial }: SignatureParts, certificate: X509Certificate): boolean {
  const own = issuerAndSerial(certificate);
  return Buffer.compare(own.issuer, issuer) === 0 && Buffer.compare(own.serial, serial) === 0;
}

function covers(
  { attributes, digest, signature }: SignatureParts,
  bytes: Uint8Array,
  signer: X509Certificate,
): boolean {
  if (!attributes) return holds(bytes, signer.publicKey, signature, digest);
  const hash = createHash(digest).update(bytes).digest();
  return (
    hash.equals(attributes.messageDigest) && holds(attributes.whole, signer.publicKey, signature, digest)
  );
}

/**
 * openssl's reason not to trust the signer's certificate, or one that came with it: each of them must be vouched for, so that
 * no byte of any is free.
 */
function refusal(
  signer: X509Certificate,
  embedded: readonly X509Certificate[],
  trusted: readonly X509Certificate[],
): Promise<Diagnostic | undefined> {
  return withTempFolder(async (folder) => {
    const checkedOnes = [signer, ...embedded.filter((one) => one !== signer)];
    const names = checkedOnes.map((_, i) => `${i}.pem`);
    const files: [string, readonly X509Certificate[]][] = [
      ["trusted.pem", trusted],
      ["others.pem", embedded],
      ...checkedOnes.map((one, i): [string, X509Certificate[]] => [names[i]!, [one]]),
    ];
    for (const [name, all] of files) await writeFile(join(folder, name), all.join("\n"));
    const words = [
      // Nobody else is trusted: no certificate of the system's.
      ...[
        "verify",
        "-CAfile",
        "trusted.pem",
        "-partial_chain",
        "-no-CApath",
        "-no-CAstore",
        "-auth_level",
        "2",
      ],
      // openssl 3.0 knows no purpose "code signing"; `misuse` looks at the uses.
      ...["-purpose", "any", ...(embedded.length > 0 ? ["-untrusted", "others.pem"] : []), ...names],
    ];
    const run = await tryTool("openssl", words, { cwd: folder });
    if (!run.ok) return run.diagnostics[0];
    if (run.value.exit === 0) return undefined;
    const { stderr } = run.value;
    const [, whose, number, said] = /^(.*)\nerror (\d+) at \d+ depth lookup: *(.*)/m.exec(stderr) ?? [];
    const clock = dated.has(Number(number)) ? ` (${whose}; this machine's clock says ${now()})` : "";
    const reason = noIssuer.has(Number(number)) ? stranger : `${said ?? lastLines(stderr, 1)}${clock}`;
    const which = checkedOnes[Number(/^error (\d+)\.pem:/m.exec(stderr)?.[1] ?? 0)]!;
    const problem = which === signer ? reason : ofCompanion(which, reason);
    return untrustedSigner(undefined, { problem });
  });
}

function now(): string {
  return new Date().toISOString().replace(/T(.*)\..*/, " $1 UTC");
}

function ofCompanion({ subject }: X509Certificate, problem: string): string {
  return `of ${subject.split("\n").join(", ")}, which came with it, ${problem}`;
}
