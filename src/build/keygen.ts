/** A key and a self-signed certificate, for trying things out. */

import { access, constants, copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Checked, checked, failed } from "../diagnostic.js";
import { fileExists, unwritable } from "./codes.js";
import { cause } from "./file.js";
import { withTempFolder } from "./temp.js";
import { runTool } from "./tools.js";

export type KeyType = "rsa" | "ecdsa" | "ed25519";

/** openssl's words for each. */
const newKeys: Readonly<Record<KeyType, readonly string[]>> = {
  rsa: ["rsa:3072"],
  ecdsa: ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
  ed25519: ["ed25519"],
};

const keyFile = "inject.key";
const certificateFile = "inject.crt";
const days = 3650;

/** The paths of the two. */
export interface KeyFiles {
  readonly key: string;
  readonly certificate: string;
}

/** openssl's own configuration would make this a certificate authority. */
const request = `[req]
distinguished_name = subject
x509_extensions = uses
prompt = no
[subject]
CN = injectc
[uses]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = codeSigning
subjectKeyIdentifier = hash
`;

/**
 * Makes `inject.key` (of RSA, 3072 bits unless told otherwise; readable by its owner only) and `inject.crt` (valid for ten
 * years) in a folder, which is made if need be. Overwrites nothing.
 */
export async function keygen(folder: string, type: KeyType = "rsa"): Promise<Checked<KeyFiles>> {
  const signer = { key: join(folder, keyFile), certificate: join(folder, certificateFile) };
  for (const path of [signer.key, signer.certificate]) {
    if (await exists(path)) return failed(fileExists(undefined, { path }));
  }
  return withTempFolder(async (temp) => {
    await writeFile(join(temp, "request"), request);
    const form = [
      "-config",
      "request",
      "-newkey",
      ...newKeys[type],
      "-noenc",
      "-sha256",
      "-days",
      String(days),
    ];
    const words = ["req", "-x509", ...form, "-keyout", keyFile, "-out", certificateFile];
    const made = await runTool("openssl", words, { cwd: temp });
    if (!made.ok) return made;
    try {
      await mkdir(folder, { recursive: true });
      // openssl gave the key mode 0600, which the copy keeps.
      await copyFile(join(temp, keyFile), signer.key, constants.COPYFILE_EXCL);
      await copyFile(join(temp, certificateFile), signer.certificate, constants.COPYFILE_EXCL);
    } catch (error) {
      return failed(unwritable(undefined, { path: folder, cause: cause(error) }));
    }
    return checked(signer);
  });
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
