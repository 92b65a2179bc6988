import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { execa } from "execa";
import { expect, test } from "vitest";
import { keygen } from "../../src/build/keygen.js";
import { manifestFile, signatureFile } from "../../src/build/manifest.js";
import { signManifest } from "../../src/build/sign.js";
import { attacks, type Entry, entriesOf, packed } from "../build/attack.js";
import { certificate, expire } from "../build/pki.js";
import { listing, openLab, refused, type Sign, signed } from "./lab.js";

const lab = await openLab();
const bundle = await lab.bundle();
const refusedUnread = refused("open", "verify");

test("an untouched bundle is taken, up to the choice of an object", async () => {
  expect(await lab.load(bundle, "--all")).toSatisfy(refused("select"));
  const repacked = lab.changed(bundle, (bytes) => packed(entriesOf(bytes)));
  expect(readFileSync(repacked)).toEqual(readFileSync(bundle));
  symlinkSync(bundle, lab.path("link"));
  expect(await lab.load(lab.path("link"), "--all")).toSatisfy(refused("select"));
});

test.each(attacks)("a bundle with %s is refused", async (_, change, says) => {
  const outcome = await lab.load(lab.changed(bundle, change), "--all");
  expect(outcome).toSatisfy(refused("open"));
  expect(outcome.lines[0].message).toMatch(/^this is no bundle: /);
  expect(outcome.lines[0].message).toMatch(says);
});

const files = [
  manifestFile,
  signatureFile,
  "objects/bananas.bpf.o",
  "objects/bananas.bpf.c",
  "spec/bananas.yaml",
];

test.each(files)("a flipped byte anywhere in %s is refused", async (name) => {
  // damage.test.ts tries every place; these go the whole way.
  for (const part of [0, 0.37, 0.97]) {
    const changed = lab.changed(bundle, (bytes) => {
      const { data } = entriesOf(bytes).find(({ path }) => path === name)!;
      data[Math.floor(part * data.length)]! ^= 0x20;
      return bytes;
    });
    expect(await lab.load(changed, "--all")).toSatisfy(refusedUnread);
  }
});

/** The bundle with entries changed, and soundly repacked; undefined takes one away. */
function amended(changes: Readonly<Record<string, Buffer | string | undefined>>): string {
  return lab.changed(bundle, (bytes) => {
    const all = new Map(entriesOf(bytes).map(({ path, data }) => [path, data]));
    for (const [path, data] of Object.entries(changes)) {
      if (data === undefined) all.delete(path);
      else all.set(path, Buffer.from(data));
    }
    return packed([...all].map(([path, data]): Entry => ({ path, data })));
  });
}

const own = (name: string) => entriesOf(readFileSync(bundle)).find(({ path }) => path === name)!.data;

const tamperings: readonly [string, Readonly<Record<string, Buffer | string | undefined>>, RegExp][] = [
  ["a missing file", { "spec/bananas.yaml": undefined }, /`spec\/bananas.yaml` is missing/],
  ["a missing signature", { [signatureFile]: undefined }, /is not signed/],
  ["an extra file", { "spec/extra": "" }, /`spec\/extra` is in the bundle, but not/],
  ["a renamed file", { "spec/bananas.yaml": undefined, "spec/c.yaml": "kind: Injection\n" }, /is missing/],
  ["a byte appended", { "spec/bananas.yaml": "kind: Injection\n\n" }, /has 17 bytes, not the 16/],
  ["a byte cut off", { "spec/bananas.yaml": "kind: Injection" }, /has 15 bytes, not the 16/],
  [
    "a byte behind the signature",
    { [signatureFile]: Buffer.concat([own(signatureFile), Buffer.alloc(1)]) },
    /is not one detached CMS/,
  ],
  ["an empty signature", { [signatureFile]: "" }, /is not one detached CMS/],
  ["an empty manifest", { [manifestFile]: "" }, /does not hold/],
];

test.each(tamperings)("%s is refused", async (_, changes, message) => {
  const outcome = await lab.load(amended(changes), "--all");
  expect(outcome).toSatisfy(refusedUnread);
  expect(outcome.lines[0].message).toMatch(message);
});

test("what is no file, or too large a one, is no bundle", async () => {
  mkdirSync(lab.path("folder"));
  execFileSync("mkfifo", [lab.path("fifo")]);
  writeFileSync(lab.path("huge"), "");
  truncateSync(lab.path("huge"), 10 * 2 ** 30);
  const rows: [string, RegExp][] = [
    ["none", /No such file/],
    ["folder", /is a folder/],
    ["fifo", /no regular file/],
    ["huge", /larger than 64 MiB/],
  ];
  for (const [name, message] of rows) {
    const outcome = await lab.load(lab.path(name), "--all");
    expect(outcome).toSatisfy(refused("open"));
    expect(outcome.lines[0].message).toMatch(message);
  }
});

test("another bundle's signature does not do, nor its manifest", async () => {
  const other = entriesOf(
    readFileSync(
      await lab.bundle(({ manifest }) => {
        manifest.name = "apples";
      }),
    ),
  );
  for (const { path, data } of other.slice(0, 2)) {
    expect(await lab.load(amended({ [path]: data }), "--all")).toSatisfy(refused("verify"));
  }
});

test("a bundle of an older schema is not taken, though it is signed", async () => {
  const old = await lab.bundle(({ manifest }) => {
    manifest.schema = "injectc.dev/bundle/v1";
  });
  const outcome = await lab.load(old, "--all");
  expect(outcome).toSatisfy(refused("verify"));
  expect(outcome.lines[0].message).toContain("has the schema `injectc.dev/bundle/v1`; this loader knows");
});

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

/** As injectc signs; openssl's own CMS knows no Ed25519 before 3.2. */
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
  const crt = (name: string) => lab.path(`${name}.crt`);
  writeFileSync(lab.path("chain.crt"), readFileSync(crt("end"), "utf8") + readFileSync(crt("inter"), "utf8"));
  const chained = await lab.bundle(undefined, signedByUs(lab.path("root.key"), lab.path("chain.crt")));
  const alone = await lab.bundle(undefined, signed({ key: lab.path("root.key"), certificate: crt("end") }));
  const faked = signed({ key: lab.path("root.key"), certificate: crt("fake") }, "-certfile", crt("false"));
  const late = { key: lab.path("root.key"), certificate: crt("end") };
  const stowaway = await lab.bundle(undefined, signed(late, "-certfile", lab.trusted.certificate));
  const rows: [string, string[], RegExp | undefined][] = [
    [chained, ["root"], undefined],
    [chained, ["inter"], undefined],
    [chained, ["trusted", "root"], undefined],
    [alone, ["inter"], undefined],
    [alone, ["end"], undefined],
    [alone, ["root"], /unable to get local issuer certificate/],
    [chained, ["end"], /a certificate came with it that none of the trusted vouches for/],
    [chained, ["trusted"], /unable to get/],
    [stowaway, ["inter"], /a certificate came with it that none of the trusted vouches for/],
    [await lab.bundle(undefined, faked), ["root"], /invalid CA certificate|unable to get/],
  ];
  for (const [path, names, message] of rows) {
    const outcome = await lab.run(path, "--all", ...names.flatMap((name) => ["--trust", crt(name)]));
    expect(outcome).toSatisfy(message ? refused("verify") : refused("select"));
    if (message) expect(outcome.lines[0].message).toMatch(message);
  }
});

test("certificates alone are no signature", async () => {
  const degenerate: Sign = async () => {
    const words = ["crl2pkcs7", "-nocrl", "-certfile", lab.trusted.certificate, "-outform", "DER"];
    return Buffer.from((await execa("openssl", words, { encoding: "buffer" })).stdout);
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
  for (const path of [lab.trusted.key, lab.path("none"), lab.path(".")]) {
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

test.each([
  "../outside",
  "/etc/passwd",
  "spec/../spec/x",
  "./x",
  "spec//x",
  "",
  "spec/",
  manifestFile,
])("the path %j is refused in a manifest", async (path) => {
  const bundle = await lab.bundle(({ manifest }) => {
    manifest.files = [...listing(new Map([[path, Buffer.from("x")]])), ...manifest.files];
  });
  const outcome = await lab.load(bundle, "--all");
  expect(outcome).toSatisfy(refused("verify"));
  expect(outcome.lines[0].message).toContain("is not a path inside a bundle");
});
