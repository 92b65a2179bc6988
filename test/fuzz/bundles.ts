/** Targets: what a bundle holds beside its objects, and the certificate that it is checked by. */

import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { certificatesIn, issuerAndSerial, misuse } from "../../src/build/certificate.js";
import { signatureParts } from "../../src/build/cms.js";
import { manifestText, parseManifest } from "../../src/build/schema.js";
import { isPath, readTar, writeTar } from "../../src/build/tar.js";
import { packageRoot } from "../../src/root.js";
import { manifest } from "../build/fixture.js";
import { checkResult, must } from "./law.js";
import type { Target } from "./run.js";

/** A certificate for signing code, and what its key, which nobody has kept, signed. */
const [certificate, signature] = ["signer.crt", "signature.p7s"].map((name) =>
  readFileSync(join(packageRoot, "test/fixtures", name)),
) as [Buffer, Buffer];

function checkCertificate(der: Uint8Array): void {
  const lines = Buffer.from(der).toString("base64");
  const pem = `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
  for (const found of certificatesIn(Buffer.from(pem)) ?? []) {
    const { issuer, serial } = issuerAndSerial(found);
    must(issuer.length > 0 && serial.length > 0, "a certificate has an issuer and a number");
    misuse(found);
  }
}

function checkTar(bytes: Uint8Array): void {
  const files = readTar(bytes);
  if (typeof files === "string") return;
  must(Buffer.compare(writeTar(files), bytes) === 0, "a bundle has one spelling");
  must([...files.keys()].every(isPath), "a file's path leads nowhere out of the bundle");
}

export const bundleTargets: readonly Target[] = [
  {
    ...{ name: "tar", form: "bytes", cases: 3000 },
    corpus: () => [
      writeTar(new Map([["manifest.json", Buffer.from("{}")]])),
      writeTar(
        new Map([
          ["manifest.json", Buffer.from(manifestText(manifest()))],
          ["manifest.json.p7s", signature],
          ["objects/a.bpf.o", Buffer.alloc(512, "x")],
          ["spec/a.yaml", Buffer.alloc(0)],
        ]),
      ),
    ],
    run: checkTar,
  },
  {
    ...{ name: "manifest", form: "text", cases: 3000 },
    corpus: () => [Buffer.from(manifestText(manifest()))],
    run: (input) => {
      const read = parseManifest(input);
      checkResult(read);
      if (read.ok)
        must(manifestText(read.value) === Buffer.from(input).toString(), "a manifest has one spelling");
    },
  },
  {
    ...{ name: "signature", form: "bytes", cases: 3000 },
    corpus: () => [signature],
    run: (input) => {
      const parts = signatureParts(input);
      if (parts) must(parts.issuer.length > 0 && parts.serial.length > 0, "a signature has an issuer");
    },
  },
  {
    ...{ name: "certificate", form: "bytes", cases: 3000 },
    corpus: () => [new X509Certificate(certificate).raw],
    run: checkCertificate,
  },
];
