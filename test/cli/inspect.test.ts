/** `injectc inspect`: every kind of bundle in words. */

import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { manifestFile, signatureFile } from "../../src/build/manifest.js";
import { manifestText, parseManifest } from "../../src/build/schema.js";
import { type BundleFiles, readTar, writeTar } from "../../src/build/tar.js";
import { certificate, openssl } from "../build/pki.js";
import { pems } from "../build/signers.js";
import { codes, injectc } from "./run.js";
import { folderWith, spec } from "./specs.js";

const kernel = ["-k", "lab-6.12"];
const bundle = "bananas.bundle";
const ran = async (cwd: string, ...words: string[]) => {
  const run = await injectc(words, { cwd });
  expect([run.exit, run.stderr]).toEqual([0, ""]);
  return run.stdout;
};

test("a bundle for two architectures, with skeletons, types, loaders and certificates in between", async () => {
  const cwd = await folderWith({ "a.yaml": spec() });
  const authority = { authority: true, uses: "keyCertSign", extended: "" };
  await certificate(cwd, "root", authority);
  await certificate(cwd, "inter", { ...authority, key: "rsa:3072", issuer: "root" });
  await certificate(cwd, "leaf", { key: "ec -pkeyopt ec_paramgen_curve:P-384", issuer: "inter" });
  await writeFile(join(cwd, "chain.crt"), await pems(cwd, "leaf", "inter", "root"));
  const signing = ["--sign-key", "leaf.key", "--sign-cert", "chain.crt"];
  const options = ["--backend", "override", "--skeletons"];
  await ran(cwd, "build", "a.yaml", ...kernel, "-k", "lab-6.12-arm64", ...options, ...signing);

  const shown = await ran(cwd, "inspect", bundle);
  for (const words of [
    /^Bundle +bananas, id [0-9a-f]{8}, schema injectc.dev\/bundle\/v\d$/m,
    /^Signed by +CN=leaf, certified by CN=inter\n +an ECDSA key on P-384\n +valid from .*\n +SHA-256\n +[0-9A-F:]{95}\n +with the certificate of CN=inter, certified by CN=root\n +an RSA key of 3072 bits\n/m,
    /Anybody could have written that/,
    /^What fails +Slab allocations/m,
    /^ +with the types of 6\.12\.95, for a node that has no BTF\n +with a light skeleton, which kernels 6\.18 to 7\.2 and those from 7\.3 on can check themselves\n/m,
    /needs CONFIG_BPF_KPROBE_OVERRIDE, d_alloc_parallel\(\) of \d parameters, /,
    /^Objects +objects\/override-x86_64\.bpf\.o: override on x86_64, made for 6\.12\.95, since it was asked for$/m,
    /^ +objects\/override-arm64\.bpf\.o: override on arm64, made for 6\.12\.95, since it was asked for$/m,
    /^Loader +It has its own: loader\/inject-load-arm64 and loader\/inject-load-x86_64\.$/m,
    /^ +btf\/override-arm64-1\.btf \(\d+ bytes\): types of a kernel$/m,
    /^ +skeletons\/override-x86_64\/metadata \(\d+ bytes\): part of a light skeleton$/m,
    /^ +spec\/a\.yaml \(\d+ bytes\): the spec, as its author wrote it$/m,
    /^Built with +injectc \S+, clang \S+, bpftool \S+$/m,
  ])
    expect(shown).toMatch(words);
  expect(shown).not.toContain("certificate of CN=root");

  const checked = JSON.parse(await ran(cwd, "inspect", bundle, "--trust", "root.crt", "--json"));
  expect(checked).toMatchObject({
    ...{ trusted: true, manifest: { name: "bananas" } },
    signers: [{ subject: "CN=leaf" }, { subject: "CN=inter" }],
  });
  await certificate(cwd, "other", { keyOf: "root" });
  const stranger = await injectc(["inspect", bundle, "--trust", "other.crt", "--json"], { cwd });
  expect([stranger.exit, codes(stranger)]).toEqual([1, ["untrusted-signer"]]);
});

test("a bundle without a loader, and one that nobody signed, or somebody unnamed", async () => {
  const cwd = await folderWith({ "a.yaml": spec() });
  const built = await injectc(["build", "a.yaml", ...kernel, "--no-loader"], { cwd });
  expect(built.exit).toBe(0);
  const shown = await ran(cwd, "inspect", bundle);
  expect(shown).toMatch(/^Signed by +Nobody: inject-load takes it only with a signature that it trusts\.$/m);
  expect(shown).toMatch(/^Loader +None: nodes must have an inject-load already\.$/m);
  expect(shown.replace(/\s+/g, " ")).toContain(
    " task storage in tracing programs (Linux 5.13) and atomic operations that return the old value (Linux 5.12) Loader",
  );

  const files = readTar(readFileSync(join(cwd, bundle))) as BundleFiles;
  await certificate(cwd, "mine");
  await writeFile(join(cwd, "manifest"), files.get(manifestFile)!);
  const sign = [
    "-sign",
    "-signer",
    "mine.crt",
    "-inkey",
    "mine.key",
    "-nocerts",
    "-binary",
    "-in",
    "manifest",
  ];
  await openssl(cwd, "cms", ...sign, "-outform", "DER", "-out", "signature");
  const signed = new Map([...files, [signatureFile, readFileSync(join(cwd, "signature"))]]);
  await writeFile(join(cwd, "unnamed"), writeTar(signed));
  expect(await ran(cwd, "inspect", "unnamed")).toMatch(
    /^Signed by +Somebody whose certificate can't be read/m,
  );
  expect(await ran(cwd, "inspect", "unnamed", "--trust", "mine.crt")).toContain("mine.crt vouches");
});

test("what a bundle calls itself is no line of its own", async () => {
  const cwd = await folderWith({ "a.yaml": spec() });
  await injectc(["build", "a.yaml", ...kernel, "--no-loader"], { cwd });
  const files = readTar(readFileSync(join(cwd, bundle))) as BundleFiles;
  const manifest = parseManifest(files.get(manifestFile)!);
  if (!manifest.ok) throw new Error("no manifest");
  const text = manifestText({ ...manifest.value, name: "x\nSigned by  a friend\u001b[2J" });
  await writeFile(join(cwd, "false"), writeTar(new Map([...files, [manifestFile, Buffer.from(text)]])));
  const shown = await ran(cwd, "inspect", "false");
  expect(shown.match(/^Signed by.*/gm)).toEqual([expect.stringContaining("Nobody")]);
  expect(shown).toMatch(/^Bundle +x\\u000aSigned by {2}a friend\\u001b\[2J, id /);
});
