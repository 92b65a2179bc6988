import { createPrivateKey } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { execa } from "execa";
import { expect, test } from "vitest";
import { keygen } from "../../src/build/keygen.js";
import { signManifest } from "../../src/build/sign.js";
import { entriesOf } from "../build/attack.js";
import { forms } from "../build/forms.js";
import { certificate, expire } from "../build/pki.js";
import { openLab, refused, type Sign, signed } from "./lab.js";

const lab = await openLab();

/** Ways to sign, and the refusal's reason; undefined where the loader takes it. */
const rsa = (bits: number) => ["-newkey", `rsa:${bits}`];
const uses = (use: string) => [...rsa(2048), "-addext", use];
const signers: readonly [string, readonly string[], readonly string[], RegExp | undefined][] = [
  ["P-256 with attributes", [], [], undefined],
  ["P-256 without attributes", [], ["-noattr"], undefined],
  ["RSA 2048", rsa(2048), [], undefined],
  ["RSA 3072 and SHA-512, no attributes", rsa(3072), ["-md", "sha512", "-noattr"], undefined],
  ["a certificate that is not embedded", rsa(2048), ["-nocerts"], undefined],
  ["a certificate for code", uses("extendedKeyUsage=codeSigning"), [], undefined],
  [
    "P-384 and SHA-384",
    ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384"],
    ["-md", "sha384"],
    undefined,
  ],
  [
    "secp256k1",
    ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:secp256k1"],
    [],
    /not P-256, P-384 or P-521/,
  ],
  ["RSA 1024", rsa(1024), [], /too weak/],
  ["SHA-1", rsa(2048), ["-md", "sha1"], /not SHA-256/],
  ["a certificate for servers", uses("extendedKeyUsage=serverAuth"), [], /for something other than code/],
  ["a certificate for encryption", uses("keyUsage=keyEncipherment"), [], /not for signing/],
  ["a signer named by key", rsa(2048), ["-keyid"], /not one detached CMS/],
  ["an attached signature", rsa(2048), ["-nodetach"], /not one detached CMS/],
  ["PEM in place of DER", rsa(2048), ["-outform", "PEM"], /not one detached CMS/],
];

test.each(signers)("signed with %s", async (name, kind, words, reason) => {
  const signer = await lab.signer(name.replaceAll(" ", "-"), ...kind);
  const bundle = await lab.bundle(undefined, signed(signer, ...words));
  const outcome = await lab.run(bundle, "--all", "--trust", signer.certificate);
  expect(outcome).toSatisfy(reason ? refused("verify") : refused("select"));
  if (reason) expect(outcome.lines[0].message).toMatch(reason);
});

test("a stranger's signature is refused, and one among several trusted is enough", async () => {
  const stranger = await lab.signer("stranger");
  const bundle = await lab.bundle(undefined, signed(stranger));
  const outcome = await lab.load(bundle, "--all");
  expect(outcome).toSatisfy(refused("verify"));
  expect(outcome.lines[0].message).toContain("does not hold against");
  const both = readFileSync(lab.trusted.certificate, "utf8") + readFileSync(stranger.certificate, "utf8");
  writeFileSync(lab.path("both.crt"), both);
  expect(await lab.run(bundle, "--all", "--trust", lab.path("both.crt"))).toSatisfy(refused("select"));
});

test("a stranger of the same name and serial number is a stranger", async () => {
  await lab.signer("real", ...rsa(2048), "-set_serial", "7", "-subj", "/CN=same");
  const fake = await lab.signer("fake", ...rsa(2048), "-set_serial", "7", "-subj", "/CN=same");
  for (const words of [[], ["-nocerts"]]) {
    const bundle = await lab.bundle(undefined, signed(fake, ...words));
    expect(await lab.run(bundle, "--all", "--trust", lab.path("real.crt"))).toSatisfy(refused("verify"));
  }
});

test("whom a trusted authority certified may sign", async () => {
  const authority = await lab.signer("authority");
  const [key, request, certificate] = ["leaf.key", "leaf.csr", "leaf.crt"].map(lab.path) as [
    string,
    string,
    string,
  ];
  await execa("openssl", [
    "req",
    ...rsa(2048),
    "-noenc",
    "-keyout",
    key,
    "-subj",
    "/CN=leaf",
    "-out",
    request,
  ]);
  const by = ["-CA", authority.certificate, "-CAkey", authority.key, "-days", "9"];
  await execa("openssl", ["x509", "-req", "-in", request, ...by, "-out", certificate]);
  const bundle = await lab.bundle(undefined, signed({ key, certificate }));
  expect(await lab.run(bundle, "--all", "--trust", authority.certificate)).toSatisfy(refused("select"));
  expect(await lab.run(bundle, "--all", "--trust", certificate)).toSatisfy(refused("select"));
  expect(await lab.load(bundle, "--all")).toSatisfy(refused("verify"));
});

/** As injectc signs; the CMS of OpenSSL 3.0 knows no Ed25519. */
function signedByUs(key: string, certificate: string): Sign {
  return async (manifest) => {
    const made = await signManifest(manifest, { key, certificate });
    if (!made.ok) throw new Error(JSON.stringify(made.diagnostics));
    return Buffer.from(made.value);
  };
}

test.each(["rsa", "ecdsa", "ed25519"] as const)("signed by injectc with %s", async (type) => {
  const made = await keygen(lab.path(type), type);
  if (!made.ok) throw new Error(JSON.stringify(made.diagnostics));
  const { key, certificate: trusted } = made.value;
  const own = await lab.bundle(undefined, signedByUs(key, trusted));
  expect(await lab.run(own, "--all", "--trust", trusted)).toSatisfy(refused("select"));
  const others = lab.changed(own, (bytes) => {
    const all = entriesOf(bytes);
    all[0]!.data.write("apples_", all[0]!.data.indexOf("bananas"));
    return bytes;
  });
  const outcome = await lab.run(others, "--all", "--trust", trusted);
  expect(outcome).toSatisfy(refused("verify"));
  expect(outcome.lines[0].message).toContain("it was made over something else, or by another key");
});

test("others may stand between the signer and a trusted one, if they came along and are vouched for", async () => {
  const folder = lab.path(".");
  await certificate(folder, "root", { authority: true, uses: "keyCertSign", extended: "" });
  await certificate(folder, "inter", {
    keyOf: "root",
    authority: true,
    uses: "keyCertSign",
    extended: "",
    issuer: "root",
  });
  await certificate(folder, "end", { keyOf: "root", issuer: "inter" });
  await certificate(folder, "false", { keyOf: "root", issuer: "root" });
  await certificate(folder, "fake", { keyOf: "root", issuer: "false" });
  const web = { authority: true, uses: "keyCertSign", extended: "serverAuth", issuer: "root" };
  await certificate(folder, "web", { ...web, keyOf: "root" });
  await certificate(folder, "site", { keyOf: "root", issuer: "web" });
  const crt = (name: string) => lab.path(`${name}.crt`);
  writeFileSync(lab.path("chain.crt"), readFileSync(crt("end"), "utf8") + readFileSync(crt("inter"), "utf8"));
  const chained = await lab.bundle(undefined, signedByUs(lab.path("root.key"), lab.path("chain.crt")));
  const alone = await lab.bundle(undefined, signed({ key: lab.path("root.key"), certificate: crt("end") }));
  const faked = signed({ key: lab.path("root.key"), certificate: crt("fake") }, "-certfile", crt("false"));
  const strayed = signed({ key: lab.path("root.key"), certificate: crt("site") }, "-certfile", crt("web"));
  const late = { key: lab.path("root.key"), certificate: crt("end") };
  const stowaway = await lab.bundle(undefined, signed(late, "-certfile", lab.trusted.certificate));
  const rows: [string, string[], RegExp | undefined][] = [
    [chained, ["root"], undefined],
    [chained, ["inter"], undefined],
    [chained, ["trusted", "root"], undefined],
    [alone, ["inter"], undefined],
    [alone, ["end"], undefined],
    [alone, ["root"], /none of the trusted certificates is its signer's/],
    [chained, ["end"], /a certificate came with it that none of the trusted vouches for/],
    [chained, ["trusted"], /none of the trusted certificates is/],
    [stowaway, ["inter"], /a certificate came with it that none of the trusted vouches for/],
    [
      await lab.bundle(undefined, strayed),
      ["root"],
      /a certificate came with it that is for something other than code/,
    ],
    [
      await lab.bundle(undefined, faked),
      ["root"],
      /invalid CA certificate|none of the trusted certificates is/,
    ],
  ];
  for (const [path, names, message] of rows) {
    const outcome = await lab.run(path, "--all", ...names.flatMap((name) => ["--trust", crt(name)]));
    expect(outcome).toSatisfy(message ? refused("verify") : refused("select"));
    if (message) expect(outcome.lines[0].message).toMatch(message);
  }
});

test.each(forms)("a signature with $name", async ({ words, make, taken }) => {
  const key = createPrivateKey(readFileSync(lab.trusted.key));
  const sign: Sign = async (manifest) => make((await signed(lab.trusted, ...words)(manifest))!, key);
  const outcome = await lab.load(await lab.bundle(undefined, sign), "--all");
  expect(outcome).toSatisfy(refused(taken ? "select" : "verify"));
  if (!taken) expect(outcome.lines[0].message).toContain("its form is not what");
});

test("certificates alone are no signature", async () => {
  const degenerate: Sign = async () => {
    const words = ["crl2pkcs7", "-nocrl", "-certfile", lab.trusted.certificate, "-outform", "DER"];
    return Buffer.from(
      (await execa("openssl", words, { encoding: "buffer", stripFinalNewline: false })).stdout,
    );
  };
  expect(await lab.load(await lab.bundle(undefined, degenerate), "--all")).toSatisfy(refused("verify"));
});

test("a certificate out of its time does not count", async () => {
  await certificate(lab.path("."), "late");
  await expire(lab.path("."), "late");
  const late = { key: lab.path("late.key"), certificate: lab.path("late.crt") };
  const outcome = await lab.run(
    await lab.bundle(undefined, signed(late)),
    "--all",
    "--trust",
    late.certificate,
  );
  expect(outcome).toSatisfy(refused("verify"));
  expect(outcome.lines[0].message).toContain("certificate has expired");
});

test("the file of trusted certificates must be one", async () => {
  const bundle = await lab.bundle();
  const damaged = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
  writeFileSync(lab.path("half.crt"), readFileSync(lab.trusted.certificate, "utf8") + damaged);
  for (const path of [lab.trusted.key, lab.path("none"), lab.path("."), lab.path("half.crt")]) {
    expect(await lab.run(bundle, "--all", "--trust", path)).toSatisfy(refused("verify"));
  }
});

test("no setting of openssl's has a say", async () => {
  const bundle = await lab.bundle(undefined, signed(await lab.signer("other")));
  writeFileSync(lab.path("openssl.cnf"), "this is no configuration\n[");
  const run = await execa(lab.program, [bundle, "--all", "--trust", lab.trusted.certificate], {
    env: { OPENSSL_CONF: lab.path("openssl.cnf"), SSL_CERT_FILE: lab.path("other.crt") },
    reject: false,
  });
  expect(run.exitCode).toBe(1);
  expect(run.stdout).toContain('"stage":"verify"');
});
