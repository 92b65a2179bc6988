import {
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { manifestFile, signatureFile } from "../../src/build/manifest.js";
import { certificate, expire } from "../build/pki.js";
import { listing, openLab, refused, type Sign, signed } from "./lab.js";

const lab = await openLab();
const refusedUnread = refused("open", "verify");

/** Signs, then changes what lies in the folder. */
function thenChange(change: (folder: string) => unknown): Sign {
  return async (folder) => {
    await signed(lab.trusted)(folder);
    await change(folder);
  };
}

test("an untouched bundle is taken, up to the choice of an object", async () => {
  expect(await lab.load(await lab.bundle(), "--all")).toSatisfy(refused("select"));
});

const files = [
  manifestFile,
  signatureFile,
  "objects/bananas.bpf.o",
  "objects/bananas.bpf.c",
  "spec/bananas.yaml",
];

test.each(files)("a flipped byte anywhere in %s is refused", async (name) => {
  const bundle = await lab.bundle();
  const path = join(bundle, name);
  const data = readFileSync(path);
  // damage.test.ts tries every place; these go the whole way.
  for (const part of [0, 0.37, 0.97]) {
    const changed = Buffer.from(data);
    changed[Math.floor(part * data.length)]! ^= 0x20;
    writeFileSync(path, changed);
    expect(await lab.load(bundle, "--all")).toSatisfy(refusedUnread);
  }
});

const tamperings: readonly [string, (folder: string) => unknown, RegExp][] = [
  ["a missing file", (f) => rmSync(join(f, "spec/bananas.yaml")), /`spec\/bananas.yaml` is missing/],
  ["a missing manifest", (f) => rmSync(join(f, manifestFile)), /it holds no manifest.json/],
  ["a missing signature", (f) => rmSync(join(f, signatureFile)), /is not signed/],
  [
    "an extra file",
    (f) => writeFileSync(join(f, "spec/extra"), ""),
    /`spec\/extra` is in the bundle, but not/,
  ],
  ["a hidden extra file", (f) => writeFileSync(join(f, ".x"), ""), /`.x` is in the bundle, but not/],
  ["a renamed file", (f) => renameSync(join(f, "spec/bananas.yaml"), join(f, "spec/b.yaml")), /is missing/],
  ["a byte appended", (f) => append(join(f, "spec/bananas.yaml"), "\n"), /has 17 bytes, not the 16/],
  ["a byte cut off", (f) => truncateSync(join(f, "spec/bananas.yaml"), 15), /has 15 bytes, not the 16/],
  ["a byte behind the signature", (f) => append(join(f, signatureFile), "\n"), /is not one detached CMS/],
  ["an empty signature", (f) => truncateSync(join(f, signatureFile), 0), /is not one detached CMS/],
  ["an empty manifest", (f) => truncateSync(join(f, manifestFile), 0), /does not hold/],
  ["a symbolic link to the same bytes", (f) => link(f, "spec/bananas.yaml"), /is a symbolic link/],
  ["a linked manifest", (f) => link(f, manifestFile), /is a symbolic link/],
  ["a linked folder", (f) => link(f, "spec"), /is a symbolic link/],
  ["a dangling link", (f) => symlinkSync("nowhere", join(f, "dangling")), /is a symbolic link/],
  ["a FIFO", (f) => execa("mkfifo", [join(f, "fifo")]), /is a special file/],
  ["a file of 10 GiB", (f) => truncateSync(join(f, "spec/bananas.yaml"), 10 * 2 ** 30), /is too large/],
  ["a manifest of 2 MiB", (f) => truncateSync(join(f, manifestFile), 2 ** 21), /is too large/],
  ["a signature of 1 MiB", (f) => truncateSync(join(f, signatureFile), 2 ** 20), /is too large/],
  ["five files of 15 MiB", (f) => many(f, 5, 15 * 2 ** 20), /is too large/],
  ["1100 files", (f) => many(f, 1100, 0), /more than 1024 files and folders/],
  [
    "folders without end",
    (f) => mkdirSync(join(f, "d/".repeat(20)), { recursive: true }),
    /more than 8 deep/,
  ],
];

test.each(tamperings)("%s is refused", async (_, change, message) => {
  const outcome = await lab.load(await lab.bundle(undefined, thenChange(change)), "--all");
  expect(outcome).toSatisfy(refusedUnread);
  expect(outcome.lines[0].message).toMatch(message);
});

function append(path: string, text: string): void {
  writeFileSync(path, text, { flag: "a" });
}

/** Moves it out of the bundle and puts a link in its place. */
function link(folder: string, name: string): void {
  renameSync(join(folder, name), `${folder}-moved`);
  symlinkSync(`${folder}-moved`, join(folder, name));
}

function many(folder: string, count: number, size: number): void {
  for (let i = 0; i < count; i++) {
    writeFileSync(join(folder, `file-${i}`), "");
    truncateSync(join(folder, `file-${i}`), size);
  }
}

test("what is no folder is no bundle", async () => {
  writeFileSync(lab.path("file"), "");
  mkdirSync(lab.path("empty"));
  for (const name of ["file", "empty", "none"]) {
    expect(await lab.load(lab.path(name), "--all")).toSatisfy(refused("open"));
  }
});

test("another bundle's signature does not do", async () => {
  const other = await lab.bundle(({ manifest }) => {
    manifest.name = "apples";
  });
  const swap = thenChange((f) =>
    writeFileSync(join(f, signatureFile), readFileSync(join(other, signatureFile))),
  );
  expect(await lab.load(await lab.bundle(undefined, swap), "--all")).toSatisfy(refused("verify"));
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

test("certificates alone are no signature", async () => {
  const degenerate: Sign = async (folder) => {
    const words = ["crl2pkcs7", "-nocrl", "-certfile", lab.trusted.certificate, "-outform", "DER"];
    await execa("openssl", [...words, "-out", join(folder, signatureFile)]);
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

/** Paths in the manifest, with the file there to match. */
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
    manifest.files = [...manifest.files, ...listing(new Map([[path, Buffer.from("x")]]))];
  });
  writeFileSync(join(bundle, "../outside"), "x");
  const outcome = await lab.load(bundle, "--all");
  expect(outcome).toSatisfy(refused("verify"));
  expect(outcome.lines[0].message).toContain("is not a path for a file of a bundle");
});
