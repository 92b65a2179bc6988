import { expect, test } from "vitest";
import { type Bendable, type Draft, openLab, refused } from "./lab.js";

const lab = await openLab();

/** What the loader says of a well signed bundle with this manifest. */
async function say(bend: (draft: Draft) => void, stage = "verify"): Promise<string> {
  const outcome = await lab.load(await lab.bundle(bend), "--all");
  expect(outcome).toSatisfy(refused(stage));
  return outcome.lines[0].message;
}

/** Puts a value at a path such as `objects.0.arch`; undefined takes the member away. */
function put(manifest: Bendable, path: string, value: unknown): void {
  const steps = path.split(".");
  const last = steps.pop() as string;
  const place = steps.reduce((at, step) => at[step], manifest);
  if (value === undefined) delete place[last];
  else place[last] = value;
}

const list = (count: number, item: unknown) => Array.from({ length: count }, () => structuredClone(item));

const bad: readonly [string, unknown, RegExp][] = [
  ["schema", "injectc.dev/bundle/v3", /schema `injectc.dev\/bundle\/v3`; this loader knows .*v2 only/],
  ["schema", undefined, /schema `\(none\)`/],
  ["schema", 1, /schema `\(none\)`/],
  ["extra", 1, /\(top level\).*does not fit the schema/],
  ["name", undefined, /does not fit the schema/],
  ["name", 1, /does not fit/],
  ["spec.extra", 1, /does not fit/],
  ["spec.file", "spec/other", /`spec\/other` .* is not among the bundle's files/],
  ["fault.value", "-5", /does not fit/],
  ["fault.value", 1.5, /does not fit/],
  ["fault.function", "", /what can't be a function/],
  ["frames", {}, /not a list/],
  ["frames", list(17, { function: "f" }), /at most 16 frames/],
  ["frames.0.function", "f".repeat(512), /what can't be a function/],
  ["frames.0.when", "x", /does not fit/],
  ["trigger.probability", 0, /out of its range/],
  ["trigger.probability", 2 ** 32 + 1, /out of its range/],
  ["trigger.probability", 0.5, /does not fit/],
  ["trigger.times", -1, /out of its range/],
  ["trigger.interval", 0, /out of its range/],
  ["trigger.space", -1, /out of its range/],
  ["trigger.oncePerStack", 1, /does not fit/],
  ["trigger.stack", true, /does not fit/],
  ["target.pid", ["1"], /`pid` .* not a list of targets/],
  ["target.comm", [1], /`comm` .* not a list of targets/],
  ["target.gid", [], /does not fit/],
  ["target.uid", list(1025, 0), /not a list of targets/],
  ["durationMs", 0, /neither null nor a time over zero/],
  ["durationMs", -1, /neither null nor a time over zero/],
  ["durationMs", "30s", /neither null nor a time over zero/],
  ["durationMs", 1e13, /neither null nor a time over zero/],
  ["placement", [], /neither an object nor null/],
  ["proof", {}, /does not fit/],
  ["proof", { run: "x", attached: "EIO", extra: 1 }, /does not fit/],
  ["objects.0.kernels.0.btf", 1, /does not fit/],
  ["objects.0.skeleton", { metadata: "x" }, /does not fit/],
  [
    "objects.0.skeleton",
    { metadata: "spec/bananas.yaml", loaders: [] },
    /`spec\/bananas.yaml` .* is not among the bundle's files of the kind skeleton/,
  ],
  [
    "objects.0.kernels.0.btf",
    "spec/bananas.yaml",
    /`spec\/bananas.yaml` .* is not among the bundle's files of the kind btf/,
  ],
  ["objects", [], /one object or more/],
  ["objects", list(65, {}), /one object or more/],
  ["objects.0.extra", 1, /does not fit/],
  ["objects.0.arch", "mips", /`mips` .* no arch/],
  ["objects.0.backend", "lsm", /`lsm` .* no backend/],
  ["objects.0.file", "objects/none", /not among the bundle's files/],
  ["objects.0.source", "objects/none", /not among the bundle's files/],
  ["objects.0.file", "../bananas.bpf.o", /not among the bundle's files/],
  ["objects.0.kernels.0.release", 6.12, /neither a string nor null/],
  ["objects.0.kernels.0", "lab-6.12", /not a list of kernels/],
  ["objects.0.needs.features", "task_storage", /not a list of names/],
  ["objects.0.needs.config", [1], /not a list of names/],
  ["objects.0.needs.functions.0.arities", [-1], /what can't be a function/],
  ["objects.0.needs.functions.0.arities", [2, 32], /what can't be a function/],
  ["objects.0.needs.functions.0.arities", ["1"], /what can't be a function/],
  ["objects.0.needs.functions.0.arities", [], /what can't be a function/],
  ["objects.0.needs.functions.0.arity", 2, /does not fit/],
  ["objects.0.needs.functions.0.name", "", /what can't be a function/],
  ["objects.0.needs.maps", [], /does not fit/],
  ["files.0.size", -1, /no proper size and SHA-256/],
  ["files.0.size", 1e300, /does not fit|not JSON/],
  ["files.0.kind", "exploit", /is of no kind that this loader knows/],
  ["files.0.kind", undefined, /does not fit/],
  ["files.0.kind", "bill", /not among the bundle's files of these kinds/],
  ["files.2.kind", "object", /not among the bundle's files of the kind spec/],
  ["files.0.sha256", "00", /no proper size and SHA-256/],
  ["files.0.sha256", "A".repeat(64), /no proper size and SHA-256/],
  ["files.0.mode", 420, /does not fit/],
  ["files.0.path", "x".repeat(512), /not a path inside a bundle/],
  ["files", list(1025, {}), /not a list of files/],
  ["tools.node", "20", /does not fit/],
];

test.each(bad)("%s: %j is refused", async (path, value, message) => {
  expect(await say(({ manifest }) => put(manifest, path, value))).toMatch(message);
});

test("a file that is listed twice, or out of order, is refused", async () => {
  const message = "is listed twice or out of order";
  expect(await say(({ manifest }) => manifest.files.push(manifest.files.at(-1)))).toContain(message);
  expect(await say(({ manifest }) => manifest.files.reverse())).toContain(message);
});

const good: readonly [string, unknown][] = [
  ["durationMs", 0.5],
  ["durationMs", 9e12],
  ["placement", { mode: "one", selector: { labels: ["x"] } }],
  ["proof", { run: "cat /x", attached: "EIO" }],
  ["frames", []],
  ["frames", list(16, { function: "f" })],
  ["trigger.probability", 1],
  ["objects.0.needs.functions.0.arities", [0]],
  ["objects.0.needs.functions.0.arities", [2, 31]],
  ["objects.0.kernels", []],
];

test.each(good)("%s: %j is taken", async (path, value) => {
  await say(({ manifest }) => put(manifest, path, value), "select");
});

/** Texts that a manifest is made into. */
const texts: readonly [string, (text: string) => string, RegExp][] = [
  ["cut short", (t) => t.slice(0, -3), /is not JSON/],
  ["with something behind", (t) => `${t}{}`, /is not JSON/],
  ["with a member twice", (t) => t.replace("{", '{"name": "x",'), /duplicate object key/],
  ["with a schema twice", (t) => t.replace("{", '{"schema": "x",'), /duplicate object key/],
  [
    "with a size beyond 64 bits",
    (t) => t.replace(/"size":\d+/, '"size":99999999999999999999'),
    /too big integer/,
  ],
  ["with a NUL in a string", (t) => t.replace("bananas", "ban\\u0000"), /is not JSON/],
  ["with a raw NUL", (t) => t.replace("bananas", "ban\0"), /is not JSON/],
  ["with half a surrogate pair", (t) => t.replace("bananas", "\\ud800"), /is not JSON/],
  ["that is a list", () => "[]", /schema `\(none\)`/],
  ["that is null", () => "null", /is not JSON/],
  ["10000 lists deep", () => "[".repeat(10_000), /is not JSON/],
  ["with a byte order mark", (t) => `\ufeff${t}`, /is not JSON/],
];

test.each(texts)("a manifest %s is refused", async (_, change, message) => {
  const text = await say((draft) => {
    draft.manifest = change(JSON.stringify(draft.manifest));
  });
  expect(text).toMatch(message);
});

test("what a manifest says does not steer the terminal", async () => {
  const outcome = await lab.load(
    await lab.bundle(({ manifest }) => put(manifest, "objects.0.arch", "\u001b[2J\u009b31m\u007f")),
    "--all",
  );
  expect(outcome.words).toContain("`\\x1b[2J\\xc2");
  expect(outcome.words).not.toContain("\u001b");
  expect(outcome.words).not.toContain("\u009b");
  expect(outcome.lines[0].message).toContain("\u001b[2J");
});
