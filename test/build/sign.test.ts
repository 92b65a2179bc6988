import { createPublicKey } from "node:crypto";
import { mkdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { type Algorithm, algorithmOf } from "../../src/build/algorithm.js";
import { certificatesIn } from "../../src/build/certificate.js";
import { detachedSignature, signatureParts } from "../../src/build/cms.js";
import { keygen } from "../../src/build/keygen.js";
import { signManifest } from "../../src/build/sign.js";
import { readTrust, verifySignature } from "../../src/build/signature.js";
import { environment, folder } from "./fixture.js";
import { certificate, openssl } from "./pki.js";
import { manifest, plain, signers } from "./signers.js";

let pki = "";
const { at, pems, sign, raw, verify } = signers(async (made) => {
  pki = made;
  await certificate(pki, "mine");
  await certificate(pki, "twin", { name: "mine" });
  await certificate(pki, "authority", { authority: true, uses: "keyCertSign", extended: "" });
  await certificate(pki, "issued", { keyOf: "mine", issuer: "authority" });
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
  await openssl(pki, "pkey", "-in", "mine.key", "-aes128", "-passout", "pass:secret", "-out", "locked.key");
  await writeFile(at("text.key"), "no key\n");
});

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

/** Commands that sign for a certificate, and what is said of those that do not. */
test.each<[string, readonly string[], RegExp | undefined]>([
  ["mine", ["openssl", "dgst", "-sha256", "-sign", "mine.key"], undefined],
  ["P-256", ["openssl", "dgst", "-sha256", "-sign", "P-256.key"], undefined],
  ["P-521", ["openssl", "dgst", "-sha256", "-sign", "P-521.key"], undefined],
  // These two open by name what they read, and print.
  [
    "ed25519",
    ["openssl", "pkeyutl", "-sign", "-rawin", "-inkey", "ed25519.key", "-in", "/dev/stdin"],
    undefined,
  ],
  ["mine", ["openssl", "dgst", "-sha256", "-sign", "mine.key", "-out", "/dev/stdout"], undefined],
  [
    "mine",
    ["openssl", "dgst", "-sha256", "-sign", "twin.key"],
    /the 256 bytes that it printed are no signature/,
  ],
  ["mine", ["openssl", "dgst", "-sha512", "-sign", "mine.key"], /are no signature/],
  ["mine", ["true"], /the 0 bytes that it printed are no signature/],
  ["mine", ["sh", "-c", "echo no token >&2; exit 3"], /it ended with status 3/],
  ["mine", ["sh", "-c", "echo no token >&2; kill -9 $$"], /it was ended by the signal SIGKILL/],
  ["mine", ["/nowhere/sign"], /it cannot be started: there is no such program/],
  ["mine", ["/etc"], /it cannot be started: EACCES/],
])("for %s, the command %j signs", async (name, [program, ...words], problem) => {
  const command = [program!, ...words.map((word) => word.replace(/[\w.-]+\.key/g, (file) => at(file)))];
  const made = await signManifest(manifest, { key: command, certificate: at(`${name}.crt`) });
  if (problem) {
    expect(made.diagnostics).toMatchObject([
      { code: "sign-command-failed", message: expect.stringMatching(problem) },
    ]);
    if (program === "sh") expect(made.diagnostics[0]!.notes).toMatchObject([{ text: "no token" }]);
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
