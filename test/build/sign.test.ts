import { createPublicKey } from "node:crypto";
import { mkdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Algorithm, algorithmOf } from "../../src/build/algorithm.js";
import { certificatesIn } from "../../src/build/certificate.js";
import { detachedSignature, signatureParts } from "../../src/build/cms.js";
import { keygen } from "../../src/build/keygen.js";
import { type Signer, signManifest } from "../../src/build/sign.js";
import { readTrust, verifySignature } from "../../src/build/signature.js";
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
  for (const curve of ["P-256", "P-384", "P-521", "secp256k1"])
    await certificate(pki, curve, { key: `ec -pkeyopt ec_paramgen_curve:${curve}` });
  await certificate(pki, "ed25519", { key: "ed25519" });
  await certificate(pki, "ed448", { key: "ed448" });
  await certificate(pki, "inter", {
    keyOf: "P-256",
    authority: true,
    uses: "keyCertSign",
    extended: "",
    issuer: "authority",
  });
  await certificate(pki, "leaf", { keyOf: "P-384", issuer: "inter" });
  await certificate(pki, "false", { keyOf: "P-256", issuer: "authority" });
  await certificate(pki, "fake", { keyOf: "P-384", issuer: "false" });
  for (const [name, ...rest] of [
    ["leaf", "inter"],
    ["leaf", "inter", "authority"],
    ["leaf", "authority"],
  ] as const)
    await writeFile(at(`${[name, ...rest].join("+")}.crt`), await pems(name, ...rest));
  await openssl(pki, "pkey", "-in", "mine.key", "-aes128", "-passout", "pass:secret", "-out", "locked.key");
  await writeFile(at("text.key"), "no key\n");
});

afterAll(() => removeFolder(pki));

async function pems(...names: readonly string[]): Promise<string> {
  return (await Promise.all(names.map((name) => readFile(at(`${name}.crt`), "utf8")))).join("");
}

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
  trusted: string | readonly string[],
  bytes: Uint8Array = manifest,
): Promise<string[]> {
  const trust = await readTrust([trusted].flat().map((name) => at(`${name}.crt`)));
  if (!trust.ok) throw new Error(JSON.stringify(trust.diagnostics));
  const { diagnostics } = await verifySignature(bytes, signature, trust.value);
  return diagnostics.map(({ code, message }) => `${code}: ${message}`);
}

const plain = ["-md", "sha256", "-noattr", "-nosmimecap"];

test("a signature is what openssl gives, octet by octet", async () => {
  for (const name of ["mine", "issued"]) expect(await sign(name)).toEqual(await raw(name, ...plain));
});

test.each([
  ["mine", []],
  ["P-256", []],
  ["P-384", []],
  ["P-521", []],
  ["leaf", ["inter"]],
])("for the same value, the form of a signature by %s is openssl's", async (name, others) => {
  const more = others.flatMap((other) => ["-certfile", `${other}.crt`]);
  const theirs = await raw(name, ...plain, ...more);
  const { signature: value } = signatureParts(theirs)!;
  const all = certificatesIn(Buffer.from(await pems(name, ...others)))!;
  const algorithm = algorithmOf(all[0]!.publicKey) as Algorithm;
  expect(Buffer.from(detachedSignature(value, algorithm, all))).toEqual(theirs);
});

test.each(["mine", "ed25519"])("the same key gives the same signature, and it holds: %s", async (name) => {
  const signature = await sign(name);
  expect(await sign(name)).toEqual(signature);
  expect(await verify(signature, name)).toEqual([]);
});

test.each([
  "P-256",
  "P-384",
  "P-521",
])("a signature on the curve %s holds, for us and for openssl", async (name) => {
  const signature = await sign(name);
  expect(await verify(signature, name)).toEqual([]);
  expect(await verify(signature, name, Buffer.from("other"))).toEqual([
    expect.stringMatching(/^bad-signature/),
  ]);
  await writeFile(at("manifest"), manifest);
  await writeFile(at("ours.p7s"), signature);
  const words = [
    "-binary",
    "-inform",
    "DER",
    "-in",
    "ours.p7s",
    "-content",
    "manifest",
    "-CAfile",
    `${name}.crt`,
  ];
  await openssl(pki, "cms", "-verify", ...words, "-partial_chain", "-purpose", "any", "-out", "verified");
});

test("what Ed25519 signs are the bytes themselves", async () => {
  const { signature, digest } = signatureParts(await sign("ed25519"))!;
  expect([signature.length, digest]).toEqual([64, "sha512"]);
  await writeFile(at("manifest"), manifest);
  await writeFile(at("value"), signature);
  await openssl(pki, "x509", "-in", "ed25519.crt", "-noout", "-pubkey", "-out", "ed25519.pub");
  const words = ["-rawin", "-in", "manifest", "-sigfile", "value", "-pubin", "-inkey", "ed25519.pub"];
  await openssl(pki, "pkeyutl", "-verify", ...words);
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

/** The file of the signer's certificates, who is trusted, and what is said. */
test.each<[string, readonly string[], RegExp | undefined]>([
  ["leaf+inter", ["authority"], undefined],
  ["leaf+inter", ["inter"], undefined],
  ["leaf+inter", ["twin", "authority"], undefined],
  ["leaf+inter+authority", ["authority"], undefined],
  ["leaf+inter+authority", ["inter"], undefined],
  ["leaf", ["inter"], undefined],
  ["leaf", ["leaf"], undefined],
  ["leaf", ["inter", "authority"], undefined],
  ["leaf", ["authority"], /^untrusted-signer: .*unable to get local issuer/],
  ["leaf+inter", ["twin"], /^untrusted-signer: /],
  ["leaf+inter", ["leaf"], /^untrusted-signer: .*CN=inter, which came with it, unable to get/],
])("signed with %s where %j is trusted", async (name, trusted, expected) => {
  const certificate = at(`${name}.crt`);
  const made = await signManifest(manifest, { key: at("P-384.key"), certificate });
  if (!made.ok) throw new Error(JSON.stringify(made.diagnostics));
  const said = await verify(made.value, trusted);
  expect(said).toEqual(expected ? [expect.stringMatching(expected)] : []);
});

test("certificates must follow each other, and each be valid", async () => {
  const { diagnostics } = await signManifest(manifest, {
    key: at("P-384.key"),
    certificate: at("leaf+authority.crt"),
  });
  expect(diagnostics).toMatchObject([
    {
      code: "bad-certificate",
      message: expect.stringContaining("its certificate 2 does not certify the one before it"),
    },
  ]);
});

test("who was certified for signing code only certifies nobody", async () => {
  const signature = await raw("fake", "-noattr", "-certfile", "false.crt");
  expect(await verify(signature, "authority")).toEqual([expect.stringMatching(/^untrusted-signer: /)]);
  await writeFile(at("fake+false.crt"), await pems("fake", "false"));
  const { diagnostics } = await signManifest(manifest, {
    key: at("P-384.key"),
    certificate: at("fake+false.crt"),
  });
  expect(diagnostics).toMatchObject([{ code: "bad-certificate" }]);
});

test("a certificate that nothing vouches for does not ride along", async () => {
  const stowaway = await raw("issued", "-noattr", "-certfile", "twin.crt");
  expect(await verify(stowaway, "authority")).toEqual([
    expect.stringMatching(/^untrusted-signer: .*CN=mine, which came with it, self.signed/),
  ]);
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
  ["ed448.key", "mine.crt", "unusable-key", "ed448, not RSA, ECDSA or Ed25519"],
  ["secp256k1.key", "mine.crt", "unusable-key", "its curve is secp256k1"],
  ["mine.key", "secp256k1.crt", "bad-certificate", "its curve is secp256k1"],
  ["text.key", "mine.crt", "unusable-key", "PEM"],
  ["mine.key", "text.key", "bad-certificate", "PEM"],
  ["none.key", "mine.crt", "unreadable-file", "no such file"],
  ["mine.key", "none.crt", "unreadable-file", "no such file"],
])("%s with %s is refused", async (key, crt, code, words) => {
  const { ok, diagnostics } = await signManifest(manifest, { key: at(key), certificate: at(crt) });
  expect(ok).toBe(false);
  expect(diagnostics).toMatchObject([{ code, message: expect.stringContaining(words) }]);
});

test("a trusted file that is no certificate, or is not there, is told as that", async () => {
  const { ok, diagnostics } = await readTrust(["mine.crt", "text.key", "none.crt"].map(at));
  expect(ok).toBe(false);
  expect(diagnostics.map(({ code }) => code)).toEqual(["bad-certificate", "unreadable-file"]);
});

/** Commands that sign for a certificate, and what is said of those that do not. */
test.each<[string, readonly string[], RegExp | undefined]>([
  ["mine", ["openssl", "dgst", "-sha256", "-sign", "mine.key"], undefined],
  ["P-256", ["openssl", "dgst", "-sha256", "-sign", "P-256.key"], undefined],
  ["P-521", ["openssl", "dgst", "-sha256", "-sign", "P-521.key"], undefined],
  [
    "ed25519",
    ["sh", "-c", "cat >e.in && openssl pkeyutl -sign -rawin -inkey ed25519.key -in e.in"],
    undefined,
  ],
  [
    "mine",
    ["openssl", "dgst", "-sha256", "-sign", "twin.key"],
    /the 256 bytes that it printed are no signature/,
  ],
  ["mine", ["openssl", "dgst", "-sha512", "-sign", "mine.key"], /are no signature/],
  ["mine", ["true"], /the 0 bytes that it printed are no signature/],
  ["mine", ["sh", "-c", "echo no token >&2; exit 3"], /it ended with status 3/],
  ["mine", ["sh", "-c", "kill -9 $$"], /did not end by itself/],
  ["mine", ["/nowhere/sign"], /cannot be started/],
])("for %s, the command %j signs", async (name, [program, ...words], problem) => {
  const command = [program!, ...words.map((word) => word.replace(/[\w.-]+\.(key|in)/g, (file) => at(file)))];
  const made = await signManifest(manifest, { key: command, certificate: at(`${name}.crt`) });
  if (problem) {
    expect(made.diagnostics).toMatchObject([
      { code: "sign-command-failed", message: expect.stringMatching(problem) },
    ]);
    if (program === "sh" && problem.source.includes("status"))
      expect(made.diagnostics[0]!.notes).toMatchObject([{ text: "no token" }]);
  } else expect(made.ok && (await verify(made.value, name))).toEqual([]);
});

test("a key in a PKCS #11 token signs by OpenSSL's engine", async () => {
  await writeFile(
    at("softhsm.conf"),
    `directories.tokendir = ${pki}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n`,
  );
  await mkdir(at("tokens"));
  environment({ SOFTHSM2_CONF: at("softhsm.conf") });
  const softhsm = (...words: string[]) => execa("softhsm2-util", words);
  await softhsm("--init-token", "--free", "--label", "site", "--pin", "1234", "--so-pin", "1234");
  for (const [id, name] of [
    ["01", "mine"],
    ["02", "P-256"],
  ] as const) {
    await softhsm(
      "--import",
      at(`${name}.key`),
      "--token",
      "site",
      "--label",
      name,
      "--id",
      id,
      "--pin",
      "1234",
    );
    const module = await softHsm();
    const key = `pkcs11:token=site;object=${name};pin-value=1234;type=private`;
    environment({ PKCS11_MODULE_PATH: module });
    const command = ["openssl", "dgst", "-engine", "pkcs11", "-keyform", "engine", "-sha256", "-sign", key];
    const made = await signManifest(manifest, { key: command, certificate: at(`${name}.crt`) });
    expect(made.diagnostics).toEqual([]);
    expect(made.ok && (await verify(made.value, name))).toEqual([]);
  }
});

/** Where Debian has it differs from arch to arch. */
async function softHsm(): Promise<string> {
  const { stdout } = await execa("dpkg", ["-L", "libsofthsm2"]);
  return stdout.split("\n").find((path) => path.endsWith("/libsofthsm2.so"))!;
}

test("keygen makes a pair that works, for its owner only, and overwrites nothing", async () => {
  const place = join(await folder(), "keys");
  const made = await keygen(place);
  if (!made.ok) throw new Error(JSON.stringify(made.diagnostics));
  expect(made.value).toEqual({ key: join(place, "inject.key"), certificate: join(place, "inject.crt") });
  expect((await stat(made.value.key)).mode & 0o777).toBe(0o600);
  const pem = await readFile(made.value.certificate);
  expect(createPublicKey(pem).asymmetricKeyDetails).toMatchObject({ modulusLength: 3072 });
  const signature = await signManifest(manifest, made.value);
  const trust = await readTrust([made.value.certificate]);
  if (!signature.ok || !trust.ok) throw new Error("no signature");
  expect((await verifySignature(manifest, signature.value, trust.value)).diagnostics).toEqual([]);
  expect((await keygen(place)).diagnostics).toMatchObject([{ code: "file-exists" }]);
  expect(await readFile(made.value.certificate)).toEqual(pem);
});

test.each([
  ["ecdsa", "ec"],
  ["ed25519", "ed25519"],
] as const)("keygen makes keys of type %s", async (type, kind) => {
  const made = await keygen(await folder(), type);
  if (!made.ok) throw new Error(JSON.stringify(made.diagnostics));
  expect(createPublicKey(await readFile(made.value.certificate)).asymmetricKeyType).toBe(kind);
  expect((await signManifest(manifest, made.value)).diagnostics).toEqual([]);
});

test("keygen does not write through a link that leads nowhere", async () => {
  const place = await folder();
  await symlink(join(place, "elsewhere"), join(place, "inject.key"));
  expect((await keygen(place)).ok).toBe(false);
  await expect(stat(join(place, "elsewhere"))).rejects.toThrow();
});
