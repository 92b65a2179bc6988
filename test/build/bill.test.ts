import { Spec, Validation } from "@cyclonedx/cyclonedx-library";
import { expect, test } from "vitest";
import about from "#package" with { type: "json" };
import { loaderFor } from "../../src/build/loader.js";
import { manifestFile } from "../../src/build/manifest.js";
import { seal } from "../../src/build/seal.js";
import { digest } from "../../src/build/verify.js";
import { blueprint, object } from "./fixture.js";

const arch = process.arch === "arm64" ? "arm64" : "x86_64";
const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);

async function sealed() {
  const objects = [object({ arch }), object({ arch, backend: "override" })];
  const made = await seal(blueprint({ objects }), { loaders: true });
  if (!made.ok) throw new Error(JSON.stringify(made.diagnostics));
  return { files: made.value, text: Buffer.from(made.value.get("bom.cdx.json")!).toString() };
}

test("a bill is CycloneDX by its schema, which takes not just anything", async () => {
  const { text } = await sealed();
  expect(await validator.validate(text)).toBeNull();
  expect(await validator.validate(text.replace('"version": 1', '"version": "1"'))).not.toBeNull();
  expect(await validator.validate(text.replace('"bomFormat"', '"format"'))).not.toBeNull();
});

test("a bill names every file but itself and the manifest, with the manifest's hashes, and what each is made with", async () => {
  const { files, text } = await sealed();
  const bill = JSON.parse(text);
  // biome-ignore lint/suspicious/noExplicitAny: JSON
  const named = bill.components.filter(({ type }: any) => type === "file");
  const others = [...files.keys()].filter((path) => path !== manifestFile && path !== "bom.cdx.json");
  expect(named.map(({ name }: { name: string }) => name)).toEqual(others.sort());
  for (const { name, hashes } of named) {
    expect(hashes).toEqual([{ alg: "SHA-256", content: digest(files.get(name)!) }]);
  }
  const tools = bill.metadata.tools.components;
  expect(tools).toMatchObject([
    {
      name: "injectc",
      version: about.version,
      components: Object.keys(about.dependencies).map((name) => ({ name })),
    },
    { name: "clang", version: expect.stringMatching(/^\d+\.\d+/) },
    { name: "bpftool", version: expect.stringMatching(/^\d+\.\d+/) },
  ]);
  const { parts } = loaderFor(arch)!;
  expect(parts.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      "inject-load",
      "gcc",
      "glibc",
      "libbpf",
      "elfutils",
      "zlib",
      "openssl",
      "jansson",
    ]),
  );
  const uses = new Map(
    bill.dependencies.map(({ ref, dependsOn }: { ref: string; dependsOn: string[] }) => [ref, dependsOn]),
  );
  const refs = parts.map(({ name, version }) => `${name}@${version}`);
  expect(uses.get(`loader/inject-load-${arch}`)).toEqual(refs);
  expect(uses.get(`objects/override-${arch}.bpf.o`)).toEqual([expect.stringMatching(/^libbpf@\d/)]);
  const known = new Set(bill.components.map((part: { "bom-ref": string }) => part["bom-ref"]));
  expect([...uses.values()].flat().filter((ref) => !known.has(ref))).toEqual([]);
});

test("a bundle carries the loader of each arch that it is for; a missing one is told", async () => {
  const other = arch === "x86_64" ? "arm64" : "x86_64";
  const made = await seal(blueprint({ objects: [object({ arch }), object({ arch: other })] }), {
    loaders: true,
  });
  if (!made.ok) throw new Error(JSON.stringify(made.diagnostics));
  expect(Buffer.compare(made.value.get(`loader/inject-load-${arch}`)!, loaderFor(arch)!.program)).toBe(0);
  const codes = loaderFor(other) ? [] : ["no-loader"];
  expect(made.diagnostics.map(({ code }) => code)).toEqual(codes);
  expect(made.value.has(`loader/inject-load-${other}`)).toBe(codes.length === 0);
});
