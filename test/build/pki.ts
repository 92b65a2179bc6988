/** Keys and certificates of all kinds, made by openssl. */

import { copyFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runTool } from "../../src/build/tools.js";

/** Runs openssl in a folder; throws if it fails. */
export async function openssl(cwd: string, ...words: string[]): Promise<void> {
  const run = await runTool("openssl", words, { cwd });
  if (!run.ok) throw new Error(JSON.stringify(run.diagnostics));
}

interface Wanted {
  /** openssl's `-newkey` and further words for it. */
  readonly key?: string;
  /** The name of another certificate in the folder, whose key this one has, too: making one takes long. */
  readonly keyOf?: string;
  readonly uses?: string;
  readonly extended?: string;
  readonly authority?: boolean;
  /** The name of another certificate in the folder, which signs this one. */
  readonly issuer?: string;
  readonly name?: string;
}

/** Makes NAME.key and NAME.crt in the folder; self-signed and fit for code unless something else is wanted. */
export async function certificate(folder: string, name: string, wanted: Wanted = {}): Promise<void> {
  const extensions = [
    `basicConstraints = critical, CA:${wanted.authority ? "TRUE" : "FALSE"}`,
    ...(wanted.uses === "" ? [] : [`keyUsage = critical, ${wanted.uses ?? "digitalSignature"}`]),
    ...(wanted.extended === "" ? [] : [`extendedKeyUsage = ${wanted.extended ?? "codeSigning"}`]),
  ];
  const config = `[req]\ndistinguished_name = subject\nprompt = no\n[subject]\nCN = ${wanted.name ?? name}\n[uses]\n${extensions.join("\n")}\n`;
  await writeFile(join(folder, `${name}.cnf`), config);
  const key = `${name}.key`;
  if (wanted.keyOf) await copyFile(join(folder, `${wanted.keyOf}.key`), join(folder, key));
  const made = ["-newkey", ...(wanted.key ?? "rsa:2048").split(" "), "-noenc", "-keyout", key];
  const request = ["req", "-config", `${name}.cnf`, ...(wanted.keyOf ? ["-new", "-key", key] : made)];
  await openssl(folder, ...request, "-out", `${name}.csr`);
  const { issuer } = wanted;
  const signer = issuer ? ["-CA", `${issuer}.crt`, "-CAkey", `${issuer}.key`] : ["-key", `${name}.key`];
  const form = ["-days", "9", "-extfile", `${name}.cnf`, "-extensions", "uses"];
  await openssl(folder, "x509", "-req", "-in", `${name}.csr`, ...signer, ...form, "-out", `${name}.crt`);
}

/** Makes NAME.crt of the year 2020, for an existing NAME.key and NAME.csr. */
export async function expire(folder: string, name: string): Promise<void> {
  const config = `[ca]\ndefault_ca = here\n[here]\ndatabase = index.txt\nnew_certs_dir = .\nrand_serial = yes\ndefault_md = sha256\npolicy = any\nx509_extensions = uses\n[any]\ncommonName = supplied\n[uses]\nextendedKeyUsage = codeSigning\n`;
  await writeFile(join(folder, "ca.cnf"), config);
  await writeFile(join(folder, "index.txt"), "");
  const dates = ["-startdate", "20200101000000Z", "-enddate", "20200201000000Z"];
  const words = [
    "-config",
    "ca.cnf",
    "-selfsign",
    "-keyfile",
    `${name}.key`,
    "-in",
    `${name}.csr`,
    "-notext",
  ];
  await openssl(folder, "ca", "-batch", ...words, ...dates, "-out", `${name}.crt`);
}
