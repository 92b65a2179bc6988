import { createPublicKey } from "node:crypto";
import { readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { keygen } from "../../src/build/keygen.js";
import { type Signer, signManifest, verifySignature } from "../../src/build/sign.js";
import { environment, folder, lastingFolder, removeFolder } from "./fixture.js";
import { certificate, expire, openssl } from "./pki.js";

const manifest = Buffer.from('{\n  "name": "bananas"\n}\n');

/** Where the certificates of all the tests lie. */
let pki: string;
const at = (file: string) => join(pki, file);
const signer = (name: string): Signer => ({ key: at(`${name}.key`), certificate: at(`${name}.crt`) });

beforeAll(async () => {
  pki = await lastingFolder();
  await certificate(pki, "mine");
  await certificate(pki, "twin", { name: "mine" });
  await certificate(pki, "server", { keyOf: "mine", extended: "serverAuth" });
  await certificate(pki, "mail", { keyOf: "mine", extended: "emailProtection" });
  await certificate(pki, "agreement", { keyOf: "mine", uses: "keyAgreement" });
  await certificate(pki, "plain", { keyOf: "mine", uses: "", extended: "" });
  await certificate(pki, "short", { key: "rsa:1024" });
  await certificate(pki, "authority", { authority: true, uses: "keyCertSign", extended: "" });
  await certificate(pki, "issued", { keyOf: "mine", issuer: "authority" });
  await certificate(pki, "web", { keyOf: "mine", issuer: "authority", extended: "serverAuth" });
  await certificate(pki, "old", { keyOf: "mine" });
  await expire(pki, "old");
  await openssl(
    pki,
    "genpkey",
    "-algorithm",
    "EC",
    "-pkeyopt",
    "ec_paramgen_curve:P-256",
    "-out",
    "curve.key",
  );
  await openssl(pki, "pkey", "-in", "mine.key", "-aes128", "-passout", "pass:secret", "-out", "locked.key");
  await writeFile(at("text.key"), "no key\n");
});

afterAll(() => removeFolder(pki));

async function sign(name: string, bytes: Uint8Array = manifest): Promise<Uint8Array> {
  const made = await signManifest(bytes, signer(name));
  if (!made.ok) throw new Error(JSON.stringify(made.diagnostics));
  return made.value;
}

/** A signature by openssl alone, with whatever further words. */
async function raw(name: string, ...words: string[]): Promise<Buffer> {
  await writeFile(at("manifest"), manifest);
  const form = ["-binary", "-outform", "DER", "-in", "manifest", "-out", "raw.p7s"];
  await openssl(pki, "cms", "-sign", "-signer", `${name}.crt`, "-inkey", `${name}.key`, ...form, ...words);
  return readFile(at("raw.p7s"));
}

async function verify(
  signature: Uint8Array,
  trusted: string,
  bytes: Uint8Array = manifest,
): Promise<string[]> {
  const trust = await readFile(at(`${trusted}.crt`));
  const { diagnostics } = await verifySignature(bytes, signature, trust, trusted);
  return diagnostics.map(({ code, message }) => `${code}: ${message}`);
}

test("a signature is what openssl gives, octet by octet", async () => {
  for (const name of ["mine", "issued"]) {
    expect(await sign(name)).toEqual(await raw(name, "-md", "sha256", "-noattr", "-nosmimecap"));
  }
});

test("the same key gives the same signature, and it holds", async () => {
  const signature = await sign("mine");
  expect(await sign("mine")).toEqual(signature);
  expect(await verify(signature, "mine")).toEqual([]);
});

test("a signature does not hold for other bytes", async () => {
  const signature = await sign("mine");
  for (const other of [manifest.subarray(1), Buffer.concat([manifest, manifest]), Buffer.from("")]) {
    expect(await verify(signature, "mine", other)).toEqual([
      expect.stringMatching(/^bad-signature: .* over another manifest/),
    ]);
  }
});

test.each([
  ["mine", "twin"],
  ["mine", "authority"],
  ["issued", "mine"],
])("a signature by %s does not hold where %s is trusted", async (by, trusted) => {
  expect(await verify(await sign(by), trusted)).toEqual([expect.stringMatching(/^untrusted-signer: /)]);
});

test("a certificate that the machine trusts is not trusted for bundles", async () => {
  const machine = await folder();
  const text = await readFile(at("mine.crt"));
  await writeFile(join(machine, "mine.crt"), text);
  await openssl(machine, "rehash", ".");
  environment({ SSL_CERT_DIR: machine, SSL_CERT_FILE: join(machine, "mine.crt") });
  const signature = await sign("mine");
  // With that environment, openssl itself takes the signature.
  await writeFile(at("signature"), signature);
  await writeFile(at("manifest"), manifest);
  const words = ["-binary", "-inform", "DER", "-in", "signature", "-content", "manifest", "-purpose", "any"];
  await openssl(pki, "cms", "-verify", ...words, "-out", "verified");
  expect(await verify(signature, "twin")).toEqual([expect.stringMatching(/^untrusted-signer: /)]);
});

test("what a trusted authority issued for code is trusted, also alone", async () => {
  const signature = await sign("issued");
  expect(await verify(signature, "authority")).toEqual([]);
  expect(await verify(signature, "issued")).toEqual([]);
  expect(await verify(await raw("web"), "authority")).toEqual([
    expect.stringMatching(/^untrusted-signer: .* something other than code/),
  ]);
});

test.each([
  ["server", "something other than code"],
  ["agreement", "not for signing"],
])("a certificate of kind %s does not sign, and is not taken", async (name, why) => {
  const { diagnostics } = await signManifest(manifest, signer(name));
  expect(diagnostics).toMatchObject([{ code: "bad-certificate", message: expect.stringContaining(why) }]);
  expect(await verify(await raw(name, "-noattr"), name)).toEqual([
    expect.stringMatching(/^untrusted-signer: /),
  ]);
});

test.each(["mail", "plain"])("a certificate of kind %s will do", async (name) => {
  expect(await verify(await sign(name), name)).toEqual([]);
});

test("an expired certificate neither signs nor is taken", async () => {
  const { diagnostics } = await signManifest(manifest, signer("old"));
  expect(diagnostics).toMatchObject([
    { code: "bad-certificate", message: expect.stringContaining("expired") },
  ]);
  expect(await verify(await raw("old"), "old")).toEqual([
    expect.stringMatching(/^untrusted-signer: .* certificate has expired/),
  ]);
});

test("a weak key neither signs nor is taken", async () => {
  const { diagnostics } = await signManifest(manifest, signer("short"));
  expect(diagnostics).toMatchObject([
    { code: "unusable-key", message: expect.stringContaining("1024 bits") },
  ]);
  expect(await verify(await raw("short"), "short")).toEqual([expect.stringMatching(/^untrusted-signer: /)]);
});

test.each<[string, string[], string | undefined]>([
  ["signed attributes", [], undefined],
  ["SHA-512", ["-md", "sha512", "-noattr"], undefined],
  ["no certificate in it", ["-noattr", "-nocerts"], undefined],
  ["SHA-1", ["-md", "sha1", "-noattr"], "bad-signature"],
  ["the content in it", ["-nodetach", "-noattr"], "bad-signature"],
  ["the signer by key identifier", ["-keyid", "-noattr"], "bad-signature"],
  ["RSA-PSS", ["-keyopt", "rsa_padding_mode:pss", "-noattr"], "bad-signature"],
])("a signature with %s", async (_, words, code) => {
  const found = await verify(await raw("mine", ...words), "mine");
  expect(found.map((text) => text.split(":")[0])).toEqual(code ? [code] : []);
});

test("no byte of a signature can be another, nor can one be added or be missing", async () => {
  const signature = await sign("mine");
  for (let place = 0; place < signature.length; place += 37) {
    const changed = Uint8Array.from(signature);
    changed[place]! ^= 1 << (place % 8);
    expect([place, await verify(changed, "mine")]).not.toEqual([place, []]);
  }
  expect(await verify(Buffer.concat([signature, Buffer.of(0)]), "mine")).not.toEqual([]);
  expect(await verify(signature.subarray(0, -1), "mine")).not.toEqual([]);
});

test.each([
  ["twin.key", "mine.crt", "key-mismatch", "not made for the key"],
  ["locked.key", "mine.crt", "unusable-key", "passphrase"],
  ["curve.key", "mine.crt", "unusable-key", "ec, not RSA"],
  ["text.key", "mine.crt", "unusable-key", "PEM"],
  ["mine.key", "text.key", "bad-certificate", "PEM"],
  ["none.key", "mine.crt", "unreadable-file", "no such file"],
  ["mine.key", "none.crt", "unreadable-file", "no such file"],
])("%s with %s is refused", async (key, crt, code, words) => {
  const { ok, diagnostics } = await signManifest(manifest, { key: at(key), certificate: at(crt) });
  expect(ok).toBe(false);
  expect(diagnostics).toMatchObject([{ code, message: expect.stringContaining(words) }]);
});

test("a trusted file that is no certificate is told as that", async () => {
  const { diagnostics } = await verifySignature(manifest, await sign("mine"), Buffer.from("no"), "no.crt");
  expect(diagnostics).toMatchObject([{ code: "bad-certificate" }]);
});

test("keygen makes a pair that works, for its owner only, and overwrites nothing", async () => {
  const place = join(await folder(), "keys");
  const made = await keygen(place);
  if (!made.ok) throw new Error(JSON.stringify(made.diagnostics));
  expect(made.value).toEqual({ key: join(place, "inject.key"), certificate: join(place, "inject.crt") });
  expect((await stat(made.value.key)).mode & 0o777).toBe(0o600);
  const pem = await readFile(made.value.certificate);
  expect(createPublicKey(pem).asymmetricKeyDetails).toMatchObject({ modulusLength: 3072 });
  const signature = await signManifest(manifest, made.value);
  expect(signature.ok && (await verifySignature(manifest, signature.value, pem, "it")).ok).toBe(true);
  expect((await keygen(place)).diagnostics).toMatchObject([{ code: "file-exists" }]);
  expect(await readFile(made.value.certificate)).toEqual(pem);
});

test("keygen does not write through a link that leads nowhere", async () => {
  const place = await folder();
  await symlink(join(place, "elsewhere"), join(place, "inject.key"));
  expect((await keygen(place)).ok).toBe(false);
  await expect(stat(join(place, "elsewhere"))).rejects.toThrow();
});
