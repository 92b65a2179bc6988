/** Signers of all kinds, and signatures by them, for the tests of a file. */

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { type Signer, signManifest } from "../../src/build/sign.js";
import { readTrust, verifySignature } from "../../src/build/signature.js";
import { lastingFolder, removeFolder } from "./fixture.js";
import { openssl } from "./pki.js";

/** What is signed unless something else is given. */
export const manifest = Buffer.from('{\n  "name": "bananas"\n}\n');

/** openssl's words for a signature as ours: without attributes. */
export const plain = ["-md", "sha256", "-noattr", "-nosmimecap"];

/** A folder of NAME.key and NAME.crt that `make` fills; it is there for the tests of the file. */
export function signers(make: (folder: string) => Promise<void>) {
  let folder = "";
  beforeAll(async () => {
    folder = await lastingFolder();
    await make(folder);
  });
  afterAll(() => removeFolder(folder));

  const at = (file: string) => join(folder, file);
  const signer = (name: string): Signer => ({ key: at(`${name}.key`), certificate: at(`${name}.crt`) });
  return {
    /** A path in the folder. */
    at,
    signer,
    /** The certificates of these, as one PEM text. */
    pems: (...names: readonly string[]) => pems(folder, ...names),

    /** A signature by injectc. */
    async sign(name: string, bytes: Uint8Array = manifest): Promise<Uint8Array> {
      const made = await signManifest(bytes, signer(name));
      if (!made.ok) throw new Error(JSON.stringify(made.diagnostics));
      return made.value;
    },

    /** A signature by openssl alone, with whatever further words. */
    async raw(name: string, ...words: string[]): Promise<Buffer> {
      await writeFile(at("manifest"), manifest);
      const form = ["-binary", "-outform", "DER", "-in", "manifest", "-out", "raw.p7s"];
      const by = ["-signer", `${name}.crt`, "-inkey", `${name}.key`];
      await openssl(folder, "cms", "-sign", ...by, ...form, ...words);
      return readFile(at("raw.p7s"));
    },

    /** What is said of a signature where these are trusted. */
    async verify(
      signature: Uint8Array,
      trusted: string | readonly string[],
      bytes: Uint8Array = manifest,
    ): Promise<string[]> {
      const trust = await readTrust([trusted].flat().map((name) => at(`${name}.crt`)));
      if (!trust.ok) throw new Error(JSON.stringify(trust.diagnostics));
      const { diagnostics } = await verifySignature(bytes, signature, trust.value);
      return diagnostics.map(({ code, message }) => `${code}: ${message}`);
    },
  };
}

export async function pems(folder: string, ...names: readonly string[]): Promise<string> {
  return (await Promise.all(names.map((name) => readFile(join(folder, `${name}.crt`), "utf8")))).join("");
}
