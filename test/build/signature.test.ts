import { X509Certificate } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { certificatesIn } from "../../src/build/certificate.js";
import { context, type Element, elements, encode, tags } from "../../src/build/der.js";
import { signManifest } from "../../src/build/sign.js";
import { readTrust } from "../../src/build/signature.js";
import { environment, folder } from "./fixture.js";
import { certificate, expire, openssl } from "./pki.js";
import { manifest, pems, signers } from "./signers.js";

let pki = "";
const { at, signer, sign, raw, verify } = signers(async (made) => {
  pki = made;
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
  for (const curve of ["P-256", "P-384"])
    await certificate(pki, curve, { key: `ec -pkeyopt ec_paramgen_curve:${curve}` });
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
  const servers = { authority: true, uses: "keyCertSign", extended: "serverAuth" };
  await certificate(pki, "servers", { ...servers, keyOf: "P-256", issuer: "authority" });
  await certificate(pki, "site", { keyOf: "P-384", issuer: "servers" });
  for (const names of [
    ["leaf", "inter"],
    ["leaf", "inter", "authority"],
    ["leaf", "authority"],
    ["fake", "false"],
    ["site", "servers"],
  ])
    await writeFile(join(pki, `${names.join("+")}.crt`), await pems(pki, ...names));
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
  ["leaf", ["authority"], /^untrusted-signer: .*none of the trusted certificates is its own/],
  ["leaf+inter", ["twin"], /^untrusted-signer: /],
  ["leaf+inter", ["leaf"], /^untrusted-signer: .*CN=inter, which came with it, none of the trusted/],
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
  const { diagnostics } = await signManifest(manifest, {
    key: at("P-384.key"),
    certificate: at("fake+false.crt"),
  });
  expect(diagnostics).toMatchObject([{ code: "bad-certificate" }]);
});

test("who may certify servers only certifies nobody for code", async () => {
  const signature = await raw("site", "-noattr", "-certfile", "servers.crt");
  expect(await verify(signature, "authority")).toEqual([
    expect.stringMatching(
      /^untrusted-signer: .*CN=servers, which came with it, .* something other than code/,
    ),
  ]);
  const { diagnostics } = await signManifest(manifest, {
    key: at("P-384.key"),
    certificate: at("site+servers.crt"),
  });
  expect(diagnostics).toMatchObject([
    {
      code: "bad-certificate",
      message: expect.stringContaining("of its certificate 2, it is for something"),
    },
  ]);
});

test("a certificate that nothing vouches for does not ride along", async () => {
  const stowaway = await raw("issued", "-noattr", "-certfile", "twin.crt");
  expect(await verify(stowaway, "authority")).toEqual([
    expect.stringMatching(/^untrusted-signer: .*CN=mine, which came with it, none of the trusted/),
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
    expect.stringMatching(
      /^untrusted-signer: .* certificate has expired \(CN = old; this machine's clock says 20[-\d]{8} [:\d]{8} UTC\)$/,
    ),
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

test("no object identifier has a second spelling", async () => {
  const [oid, content] = elements(elements(await sign("mine"))[0]!.content);
  const [first, ...rest] = oid!.content;
  for (const bytes of [
    [first!, ...rest],
    [first!, 0x80, ...rest],
    [first!, ...rest, 0x80],
    [first!, ...rest, 0x86],
  ]) {
    const named = encode(tags.oid, Uint8Array.from(bytes));
    const refused =
      bytes.length > 1 + rest.length ? [expect.stringMatching(/^bad-signature: .* not the form/)] : [];
    expect(await verify(encode(tags.sequence, named, content!.whole), "mine")).toEqual(refused);
  }
});

test.each(["secp256k1", "brainpoolP256r1", "secp224r1"])("the curve %s is not taken", async (curve) => {
  await certificate(pki, curve, { key: `ec -pkeyopt ec_paramgen_curve:${curve}` });
  expect(await verify(await raw(curve, "-noattr"), curve)).toEqual([
    expect.stringMatching(/^untrusted-signer: .*not P-256, P-384 or P-521/),
  ]);
});

test("a certificate with a length that is not in its shortest form is taken neither from a signature nor as trusted", async () => {
  const whole = (der: Uint8Array) => elements(der)[0]!;
  const loose = ({ content }: Element) =>
    Buffer.concat([Buffer.of(0x30, 0x83, 0, content.length >> 8, content.length & 0xff), content]);
  const own = certificatesIn(await readFile(at("mine.crt")))![0]!.raw;
  const [signed, ...rest] = elements(whole(own).content);
  const ber = encode(tags.sequence, loose(signed!), ...rest.map((part) => part.whole));
  // openssl reads it.
  expect(new X509Certificate(ber).subject).toBe("CN=mine");
  const [oid, content] = elements(whole(await sign("mine")).content);
  const parts = elements(whole(whole(content!.whole).content).content);
  const changed = parts.map((part) => (part.tag === context(0) ? encode(context(0), ber) : part.whole));
  const signature = encode(tags.sequence, oid!.whole, encode(context(0), encode(tags.sequence, ...changed)));
  expect(await verify(signature, "mine")).toEqual([expect.stringMatching(/^bad-signature: .* not the form/)]);
  const pem = Buffer.from(ber).toString("base64").replace(/.{64}/g, "$&\n");
  const text = `-----BEGIN CERTIFICATE-----\n${pem}\n-----END CERTIFICATE-----\n`;
  await writeFile(at("ber.crt"), text);
  expect((await readTrust([at("ber.crt")])).diagnostics).toMatchObject([{ code: "bad-certificate" }]);
});

test("a trusted file that is no certificate, or is not there, is told as that", async () => {
  const { ok, diagnostics } = await readTrust(["mine.crt", "mine.key", "none.crt"].map(at));
  expect(ok).toBe(false);
  expect(diagnostics.map(({ code }) => code)).toEqual(["bad-certificate", "unreadable-file"]);
});

test("a certificate under openssl's old heading is one", async () => {
  const pem = (await readFile(at("mine.crt"), "utf8")).replaceAll(" CERTIFICATE-", " X509 CERTIFICATE-");
  await writeFile(at("old.crt"), pem);
  expect(await verify(await sign("mine"), "old")).toEqual([]);
});
