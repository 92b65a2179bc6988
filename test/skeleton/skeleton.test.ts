/** Light skeletons as far as no kernel is needed to tell; test/vm/skeleton has kernels check and load them. */

import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readBtf } from "../../src/btf/read.js";
import { compile } from "../../src/build/compile.js";
import { keygen } from "../../src/build/keygen.js";
import { checkKernelSigner, lightSkeleton, signedBytes } from "../../src/build/light.js";
import type { Signer } from "../../src/build/sign.js";
import { withoutExterns } from "../../src/skeleton/externs.js";
import { readLinked, sectionNamed } from "../../src/skeleton/linked.js";
import { formats, skeletonOf } from "../../src/skeleton/skeleton.js";
import { c, lastingFolder, removeFolder } from "../build/fixture.js";
import { certificate, openssl } from "../build/pki.js";
import { pems } from "../build/signers.js";

let folder: string;
let signer: Signer;
let object: Uint8Array;
const at = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = await lastingFolder();
  const made = await keygen(folder);
  if (!made.ok) throw new Error(JSON.stringify(made.diagnostics));
  signer = made.value;
  object = await compiled(c());
});
afterAll(() => removeFolder(folder));

async function compiled(text: string): Promise<Uint8Array> {
  const spec = { fileName: "bananas.yaml", source: { name: "bananas.yaml", text: "a\nb\n" } };
  const made = await compile({ arch: "x86_64", c: text, spec });
  if (!made.ok) throw new Error(JSON.stringify(made.diagnostics));
  return made.value.object;
}

test("the same object and key give the same skeleton", async () => {
  const twice = [await lightSkeleton(object, signer), await lightSkeleton(object, signer)];
  expect(twice[0]).toEqual(twice[1]);
  expect(twice[0]).toMatchObject({ ok: true, value: { loaders: formats.map((covers) => ({ covers })) } });
});

test("each signature is over what its format says, and openssl takes it", async () => {
  const made = await lightSkeleton(object, signer);
  if (!made.ok) throw new Error(JSON.stringify(made.diagnostics));
  const { metadata, loaders } = made.value;
  for (const { covers, instructions, signature } of loaders) {
    await writeFile(at("signature"), signature);
    const check = async (bytes: Uint8Array) => {
      await writeFile(at("content"), bytes);
      const words = [
        "-inform",
        "DER",
        "-in",
        at("signature"),
        "-content",
        at("content"),
        "-CAfile",
        signer.certificate,
      ];
      const run = await execa("openssl", ["cms", "-verify", "-binary", "-purpose", "any", ...words], {
        reject: false,
        encoding: "buffer",
      });
      return run.exitCode;
    };
    const bytes = signedBytes(covers, instructions, metadata);
    expect(bytes.length).toBe(instructions.length + (covers === "instructions" ? 0 : metadata.length));
    expect(await check(bytes)).toBe(0);
    expect(await check(Buffer.concat([bytes, Buffer.of(0)]))).not.toBe(0);
  }
});

test("only the instructions that alone are signed know the metadata's hash", () => {
  const { metadata, instructions } = skeletonOf(object);
  const hash = createHash("sha256").update(metadata).digest();
  for (const format of formats) {
    const code = Buffer.from(instructions[format]);
    expect(code.length % 8).toBe(0);
    // A number of 64 bits stands in two instructions, half in each.
    expect(code.includes(hash.subarray(24, 28)) && code.includes(hash.subarray(28))).toBe(
      format === "instructions",
    );
  }
});

test("the kernel is told of symbols of its own as of variables", async () => {
  const ksym = `extern const void there __attribute__((section(".ksyms"), weak));\nstruct { __u64 seen; } counters;`;
  const text = c("d->count == 4 && &there").replace("struct { __u64 seen; } counters;", ksym);
  const bytes = await compiled(text.replace("#line 24", "#line 25"));
  const read = readBtf(withoutExterns(sectionNamed(readLinked(bytes), ".BTF").data), "btf");
  if (!read.ok) throw new Error("no BTF");
  const section = read.value.type(read.value.find("section", ".ksyms")[0]!);
  const variable = read.value.type(read.value.find("variable", "there")[0]!);
  expect([section, variable]).toMatchObject([
    { size: 4, variables: [{ offset: 0, size: 4 }] },
    { linkage: 1 },
  ]);
  // And a weak one that is nowhere is 0, so that the kernel has nothing to look up.
  expect(skeletonOf(bytes).metadata.length).toBeGreaterThan(skeletonOf(object).metadata.length);
});

/** What is said of signers whose signatures no kernel could check. */
describe("a signer", () => {
  const authority = { authority: true, uses: "keyCertSign", extended: "" };
  beforeAll(async () => {
    await certificate(folder, "P-256", { key: "ec -pkeyopt ec_paramgen_curve:P-256" });
    await certificate(folder, "ed25519", { key: "ed25519" });
    await certificate(folder, "odd", { key: "rsa:2560" });
    await certificate(folder, "root", { ...authority, keyOf: "odd" });
    await certificate(folder, "inter", { ...authority, keyOf: "ed25519", issuer: "root" });
    await certificate(folder, "leaf", { keyOf: "P-256", issuer: "inter" });
    await certificate(folder, "bidden", { keyOf: "P-256", issuer: "root" });
    await certificate(folder, "odder", { ...authority, keyOf: "odd", issuer: "root" });
    await certificate(folder, "chained", { keyOf: "P-256", issuer: "odder" });
    await writeFile(at("chain.crt"), await pems(folder, "chained", "odder"));
    await writeFile(at("rooted.crt"), await pems(folder, "bidden", "root"));
    const pss = ["-CA", "root.crt", "-CAkey", "root.key", "-sigopt", "rsa_padding_mode:pss"];
    await openssl(folder, "x509", "-req", "-in", "P-256.csr", ...pss, "-out", "pss.crt");
  });

  test.each([
    ["P-256", "P-256.crt", undefined],
    ["P-256", "rooted.crt", undefined],
    ["ed25519", "ed25519.crt", "its key is Ed25519"],
    ["odd", "odd.crt", "its RSA key has 2560 bits, where kernels take 2048, 3072 or 4096"],
    ["P-256", "pss.crt", "its certificate was signed by RSA-PSS"],
    ["P-256", "leaf.crt", "its certificate was signed by Ed25519"],
    ["P-256", "chain.crt", "of its certificate 2, the RSA key has 2560 bits"],
  ])("with %s.key and %s", async (key, file, problem) => {
    const { diagnostics } = await checkKernelSigner({ key: at(`${key}.key`), certificate: at(file) });
    expect(diagnostics).toMatchObject(
      problem ? [{ code: "unfit-kernel-signer", message: expect.stringContaining(problem) }] : [],
    );
  });
});
