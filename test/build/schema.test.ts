import { expect, test } from "vitest";
import { manifestText, parseManifest } from "../../src/build/schema.js";
import { manifest } from "./fixture.js";

function problem(text: string | Uint8Array): string {
  const { diagnostics } = parseManifest(Buffer.from(text as string));
  expect(diagnostics.map((d) => d.code)).toEqual(diagnostics.map(() => "bad-manifest"));
  return diagnostics.map((d) => d.message).join();
}

test("a manifest is read as it was written", () => {
  const read = parseManifest(Buffer.from(manifestText(manifest())));
  expect(read).toEqual({ ok: true, value: manifest(), diagnostics: [] });
});

// biome-ignore lint/suspicious/noExplicitAny: the tests make manifests that have no type
type Loose = any;

test.each<[(m: Loose) => void, RegExp]>([
  [(m) => delete m.name, /`name` is missing/],
  [(m) => (m.extra = 1), /`extra` is not known/],
  [(m) => (m.objects[0].needs.extra = 1), /`objects\[0\].needs.extra` is not known/],
  [(m) => (m.schema = "injectc.dev/bundle/v1"), /schema `injectc.dev\/bundle\/v1`/],
  [(m) => (m.schema = 1), /`schema` is not injectc/],
  [(m) => (m.name = "a\0b"), /`name` holds a NUL/],
  [(m) => (m.name = "\ud800"), /`name` is not valid Unicode/],
  [(m) => (m.placement.selector.namespaces[1] = "\0"), /`placement.selector.namespaces\[1\]` holds a NUL/],
  [(m) => (m.placement = { "a\0": 1 }), /`placement` holds a NUL/],
  [(m) => (m.placement = []), /`placement` is not an object/],
  [(m) => (m.spec.file = "spec/b.yaml"), /`spec\/b.yaml` is not among/],
  [(m) => (m.objects[0].source = "objects/b.c"), /`objects\/b.c` is not among/],
  [(m) => (m.fault.kind = "disk"), /`fault.kind` is not slab or page/],
  [(m) => (m.fault.function = ""), /`fault.function` is not a function's name/],
  [(m) => (m.fault.value = 1.5), /`fault.value` is not an integer/],
  [(m) => (m.frames = Array(17).fill(m.frames[0])), /`frames` has not from 0 to 16/],
  [(m) => (m.trigger.probability = 0), /`trigger.probability`/],
  [(m) => (m.trigger.probability = 2 ** 32 + 1), /`trigger.probability`/],
  [(m) => (m.trigger.times = -1), /`trigger.times`/],
  [(m) => (m.trigger.times = 2 ** 53), /`trigger.times`/],
  [(m) => (m.trigger.interval = 0), /`trigger.interval`/],
  [(m) => (m.trigger.oncePerStack = 1), /`trigger.oncePerStack` is neither/],
  [(m) => (m.target.pid = ["1"]), /`target.pid\[0\]` is not an integer/],
  [(m) => (m.target.comm = [1]), /`target.comm\[0\]` is not a text/],
  [(m) => (m.durationMs = 0), /`durationMs` is no time/],
  [(m) => (m.durationMs = 9e12 + 1), /`durationMs` is no time/],
  [(m) => (m.proof = { run: "x" }), /`proof.attached` is missing/],
  [(m) => (m.objects = []), /`objects` has not from 1 to 64/],
  [(m) => (m.objects[0].arch = "riscv64"), /`objects\[0\].arch` is not x86_64 or arm64/],
  [(m) => (m.objects[0].backend = "kprobe"), /`objects\[0\].backend`/],
  [(m) => (m.objects[0].kernels[0].release = 6), /`objects\[0\].kernels\[0\].release`/],
  [
    (m) => (m.objects[0].skeleton = { metadata: "x", loaders: [] }),
    /`objects\[0\].skeleton.loaders` has not from 1 to 2/,
  ],
  [
    (m) =>
      (m.objects[0].skeleton = {
        metadata: m.spec.file,
        loaders: [{ covers: "instructions", instructions: m.spec.file, signature: m.spec.file }],
      }),
    /`spec\/a.yaml` is not among its files of the kind skeleton/,
  ],
  [(m) => (m.objects[0].kernels[0].btf = "../x"), /`objects\[0\].kernels\[0\].btf` is not a path/],
  [
    (m) => (m.objects[0].kernels[0].btf = m.spec.file),
    /`spec\/a.yaml` is not among its files of the kind btf/,
  ],
  [
    (m) => (m.objects[0].needs.functions[0].arities = [-1]),
    /`objects\[0\].needs.functions\[0\].arities\[0\]`/,
  ],
  [(m) => (m.objects[0].needs.functions[0].arities = []), /`objects\[0\].needs.functions\[0\].arities`/],
  [(m) => (m.files[0].sha256 = "A".repeat(64)), /`files\[0\].sha256` is not a SHA-256/],
  [(m) => (m.files[0].kind = "exploit"), /`files\[0\].kind` is not object or/],
  [(m) => (m.files[0].kind = "object"), /`objects\/a.bpf.c` is not among its files of the kind source/],
  [(m) => (m.files[1].kind = "loader"), /`objects\/a.bpf.o` is not among its files of the kind object/],
  [(m) => (m.files[2].kind = "bill"), /`spec\/a.yaml` is not among its files of the kind spec/],
  [(m) => m.files.reverse(), /out of order/],
  [(m) => m.files.push(m.files.at(-1)), /listed twice/],
  ...["/etc/passwd", "../a", "a/../b", "a//b", "a/", "", ".", "./a", "a/.b", "a b", "ä", "x".repeat(512)].map(
    (path): [(m: Loose) => void, RegExp] => [
      (m) => (m.files[0].path = path),
      /`files\[0\].path` is not a path/,
    ],
  ),
  ...["manifest.json", "manifest.json.p7s"].map((path): [(m: Loose) => void, RegExp] => [
    (m) => (m.files[0].path = path),
    /`files\[0\].path` is the manifest's own/,
  ]),
])("%s is refused", (change, expected) => {
  const changed: Loose = structuredClone(manifest());
  change(changed);
  expect(problem(manifestText(changed))).toMatch(expected);
});

test.each<[string, (text: string) => string | Uint8Array, RegExp]>([
  ["no JSON", () => "{", /no JSON/],
  ["nothing", () => "", /no JSON/],
  ["null", () => "null\n", /not an object/],
  ["a byte order mark", (text) => `\ufeff${text}`, /no JSON/],
  ["bytes that are no UTF-8", (text) => Buffer.from(text, "latin1"), /no JSON/],
  ["a member twice", (text) => text.replace('"name"', '"name": "x",\n  "name"'), /canonical/],
  ["another indentation", (text) => JSON.stringify(JSON.parse(text)), /canonical/],
  ["no newline at its end", (text) => text.trimEnd(), /canonical/],
  ["another spelling of a number", (text) => text.replace("4294967296", "4294967296.0"), /canonical/],
  [
    "nesting without end",
    (text) =>
      text.replace(
        /"placement": \{[\s\S]*?\n {2}\}/,
        `"placement": { "a": ${"[".repeat(1e5)}${"]".repeat(1e5)} }`,
      ),
    /it nests too deep/,
  ],
  ["an escape without need", (text) => text.replace('"bananas"', '"\\u0062ananas"'), /canonical/],
])("%s is refused", (_, change, expected) => {
  expect(problem(change(manifestText(manifest())))).toMatch(expected);
});
