import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { bind } from "../../src/bind/bind.js";
import { convert, joined } from "../../src/convert/convert.js";
import { type Format, formats } from "../../src/convert/limits.js";
import { render } from "../../src/render/render.js";
import { spanText } from "../../src/source.js";
import { decodeText, readSpecs } from "../../src/spec/read.js";
import type { Spec } from "../../src/spec/spec.js";
import { injection, profile } from "../bind/spec.js";
import { seeded } from "../spec/random.js";
import { generate } from "./generate.js";
import { meaning, readAll } from "./meaning.js";

const cases = Number(process.env.CONVERT_CASES ?? 60);
const files: Readonly<Record<Format, string>> = {
  native: "t.yaml",
  kernelchaos: "t.yaml",
  inject: "t.inject",
  bpfki: "t.json",
};

const root = new URL("../../", import.meta.url).pathname;
const written = [
  ...readdirSync(`${root}examples`).map((name) => `examples/${name}`),
  ...readdirSync(`${root}test/golden`).flatMap((name) =>
    readdirSync(`${root}test/golden/${name}`)
      .filter((file) => file.startsWith("spec."))
      .map((file) => `test/golden/${name}/${file}`),
  ),
].filter((name) => /\.(?:yaml|json|inject)$/.test(name));

/** The specs of a file of this repository, as far as it is without errors. */
function specsOf(name: string): readonly Spec[] {
  const source = decodeText(readFileSync(root + name), name);
  const read = source.ok ? readSpecs(source.value) : source;
  return read.ok ? read.value : [];
}

/** Converts to every format that can say it, reads that back, and converts it on. */
function roundTrips(spec: Spec): void {
  const wanted = meaning(spec);
  for (const to of formats) {
    const text = convert(spec, to);
    if (!text.ok) continue;
    const [back, ...more] = readAll(text.value, files[to]);
    expect(more).toEqual([]);
    expect(meaning(back!), text.value).toEqual(wanted);
    for (const further of formats) {
      const again = convert(back!, further);
      if (!again.ok) expect(convert(spec, further).ok).toBe(false);
      else expect(meaning(readAll(again.value, files[further])[0]!), again.value).toEqual(wanted);
    }
  }
  expect(convert(spec, "native").ok).toBe(true);
}

describe("a conversion", () => {
  it.each(written)("of %s reads back as what it was", (name) => {
    for (const spec of specsOf(name)) roundTrips(spec);
  });

  it("of any spec reads back as what it was", { timeout: 600_000 }, () => {
    const able = new Set<string>();
    for (let seed = 1; seed <= cases; seed++) {
      const text = JSON.stringify(generate(seeded(seed)));
      const [spec] = readAll(text, "t.yaml");
      try {
        roundTrips(spec!);
      } catch (error) {
        throw new Error(`seed ${seed}: ${text}`, { cause: error });
      }
      for (const to of formats) if (convert(spec!, to).ok) able.add(to);
    }
    expect([...able].sort()).toEqual([...formats].sort());
  });

  it("keeps what is beside the fault where it can", () => {
    const [spec] = readAll(
      injection({ fault: "slab", duration: "1.5h", proof: { run: "a\nb", attached: "EIO" } }).replace(
        '"name":"case"',
        '"name":"case","labels":{"a":"1"},"annotations":{"b":"c"}',
      ),
      "t.yaml",
    );
    const [native] = readAll(text(spec!, "native"), "t.yaml");
    expect(native).toMatchObject({
      name: "case",
      duration: { value: 5_400_000_000_000n },
      metadata: { value: { labels: { a: "1" }, annotations: { b: "c" } } },
      proof: { run: { value: "a\nb" }, attached: { value: "EIO" } },
    });
    const [chaos] = readAll(text(spec!, "kernelchaos"), "t.yaml");
    expect(chaos).toMatchObject({
      name: "case",
      duration: { value: 5_400_000_000_000n },
      metadata: { value: { labels: { a: "1" } } },
      placement: { value: { mode: "one", selector: {} } },
    });
  });

  it("keeps a placement from one KernelChaos to another, and headers wherever there are any", () => {
    const [spec] = readAll(chaos, "t.yaml");
    expect(readAll(text(spec!, "kernelchaos"), "t.yaml")[0]).toMatchObject({
      name: "flow-step",
      placement: { value: spec!.placement!.value },
      headers: ["linux/it's.h"],
    });
    expect(readAll(text(spec!, "inject"), "t.inject")[0]?.headers).toEqual(["linux/it's.h"]);
    expect(readAll(text(spec!, "bpfki"), "t.json")[0]?.headers).toEqual(["linux/it's.h"]);
  });

  it("keeps strings that kubectl would take for something else", () => {
    const words = ["on", "No", "y", "1_000", "010", "0b1", "1:30", "2001-01-01", "~", "<<"];
    const labels = Object.fromEntries(words.map((word) => [word, word]));
    const [spec] = readAll(
      injection({ fault: "bio", when: "bio" }).replace(
        '"name":"case"',
        `"name":"on","labels":${JSON.stringify(labels)}`,
      ),
      "t.yaml",
    );
    const chaos = text(spec!, "kernelchaos");
    for (const word of words) expect(chaos).toContain(`"${word}": "${word}"`);
    expect(readAll(chaos, "t.yaml")[0]).toMatchObject({ name: "on", metadata: { value: { labels } } });
  });

  it("makes one file of several specs", () => {
    const several = readAll(`${chaos}---\n${chaos}`, "t.yaml");
    for (const to of formats) {
      const file = joined(
        several.map((spec) => text(spec, to)),
        to,
      );
      expect(readAll(file, files[to]).map(meaning)).toEqual(several.map(meaning));
    }
  });

  it("takes the comment in front of a spec along, and nothing that only looks like one", () => {
    const bio = injection({ fault: "bio", when: "bio" });
    const [first, second] = readAll(`# one\n#two\n${bio}\n---\n# three\n${bio}`, "t.yaml");
    expect(text(first!, "native")).toMatch(/^# one\n# two\napiVersion/);
    expect(text(first!, "inject")).toMatch(/^# one\n# two\ninject /);
    expect(text(second!, "kernelchaos")).toMatch(/^# three\napiVersion/);
    const [, later] = readAll("# a\ninject bio '(bio)'\n# b\n  # c\ninject bio '(bio)' # d\n", "t.inject");
    expect(text(later!, "inject")).toBe("# b\n# c\ninject bio '(bio)'\n");
    const [inject] = readAll("# four\n\n# five\nkmalloc 'f()' # six\n", "t.inject");
    expect(text(inject!, "native")).toMatch(/^# four\n#\n# five\napiVersion/);
    const [named] = readAll(
      injection({ fault: "bio", when: "bio" }).replace("case", "a\\nkmalloc 'g()'"),
      "t.yaml",
    );
    expect(text(named!, "inject")).toBe("# a\\u000akmalloc 'g()'\ninject bio '(bio)'\n");
  });
});

function text(spec: Spec, to: Format): string {
  const converted = convert(spec, to);
  if (!converted.ok) throw new Error(converted.diagnostics.map((d) => d.message).join("\n"));
  return converted.value;
}

const chaos = `apiVersion: chaos-mesh.org/v1alpha1
kind: Workflow
metadata: { name: flow, namespace: ns }
spec:
  entry: step
  templates:
    - name: step
      templateType: KernelChaos
      deadline: 30s
      kernelChaos:
        mode: fixed
        value: "2"
        selector: { labelSelectors: { app: web } }
        containerNames: [a]
        remoteCluster: far
        failKernRequest: { failtype: 2, headers: ["linux/it's.h"], callchain: [{ predicate: bio }] }
`;

/** What is said where a spec goes into a format: each code with the text that it points at. */
const limits: readonly (readonly [spec: Record<string, unknown>, to: Format, told: readonly string[]])[] = [
  [{ fault: "syscall:openat", return: "EIO" }, "inject", ["cannot-say: syscall:openat"]],
  [{ fault: "slab", return: "EIO" }, "bpfki", ["cannot-say: EIO"]],
  [{ fault: "slab", return: "ENOMEM" }, "bpfki", []],
  [{ fault: "slab", trigger: { interval: 2 } }, "inject", ["cannot-say: 2"]],
  [{ fault: "slab", trigger: { space: 9 } }, "kernelchaos", ["cannot-say: 9"]],
  [{ fault: "slab", trigger: { "once-per-stack": true } }, "bpfki", ["cannot-say: true"]],
  [{ fault: "slab", trigger: { "once-per-stack": false } }, "bpfki", []],
  [{ fault: "slab", trigger: { probability: "0.5%" } }, "kernelchaos", ["cannot-say: 0.5%"]],
  [{ fault: "slab", trigger: { probability: "0.5%" } }, "inject", []],
  [{ fault: "slab", trigger: { probability: "29%" } }, "kernelchaos", ["placement-needed: slab"]],
  [{ fault: "slab", trigger: { times: 4294967296 } }, "bpfki", ["cannot-say: 4294967296"]],
  [{ fault: "slab", trigger: { times: 4294967296 } }, "inject", []],
  [{ fault: "slab", target: { comm: ["cat"] } }, "inject", ["cannot-say: cat"]],
  [{ fault: "slab", target: { comm: ["cat"] } }, "bpfki", ["cannot-say: cat"]],
  [{ fault: "slab", target: { pid: [1, 2] } }, "bpfki", ["cannot-say: 1"]],
  [{ fault: "slab", target: { pid: [1], tid: [2] } }, "bpfki", ["cannot-say: 1"]],
  [{ fault: "slab", target: { pid: [1] } }, "bpfki", []],
  [{ fault: "slab", target: { pid: [1] } }, "kernelchaos", ["cannot-say: 1"]],
  [{ fault: "slab", when: "STRCMP(s->name, x)" }, "inject", ["cannot-say: x"]],
  [{ fault: "slab", when: "STRCMP(s->name, x)" }, "bpfki", []],
  [{ fault: "slab", duration: "1s" }, "inject", ["not-carried: 1s"]],
  [{ fault: "slab", duration: "1s" }, "kernelchaos", ["placement-needed: slab"]],
  [{ fault: "slab", proof: { run: "a", attached: "EIO" } }, "native", []],
  [{ fault: "slab", trigger: { interval: 2 }, duration: "1s" }, "bpfki", ["cannot-say: 2"]],
];

describe("what a format cannot say", () => {
  it.each(limits)("%j to %s", (spec, to, expected) => {
    const [read] = readAll(injection(spec), "t.yaml");
    const { diagnostics } = convert(read!, to);
    const told = diagnostics.map((d) => `${d.code}: ${spanText(d.span!).replaceAll('"', "")}`);
    expect(told).toEqual(expected);
  });

  it("is told of what stands around a KernelChaos, too", () => {
    const told = (to: Format) => convert(readAll(chaos, "t.yaml")[0]!, to).diagnostics.map((d) => d.message);
    expect(told("native")).toEqual([
      "a native spec has no place for which pods it is for: without a target, every task of the node is meant",
      "a native spec has no place for the other steps of a Workflow",
    ]);
    expect(told("kernelchaos")).toEqual(["a KernelChaos has no place for the other steps of a Workflow"]);
    const [scheduled] = readAll(
      `apiVersion: chaos-mesh.org/v1alpha1\nkind: Schedule\nmetadata: { name: a }\nspec: { schedule: "@daily", type: KernelChaos, kernelChaos: { mode: one, selector: {}, failKernRequest: { failtype: 0 } } }`,
      "t.yaml",
    );
    const [first] = convert(scheduled!, "kernelchaos").diagnostics;
    expect([first?.code, spanText(first!.span!)]).toEqual(["not-carried", '"@daily"']);
  });

  it("a name that Kubernetes refuses becomes one that it takes", () => {
    for (const name of ["A_b", "-", "a..b", "x".repeat(300), "é", "a.-b-."]) {
      const [spec] = readAll(injection({ fault: "slab" }).replace("case", name), "t.yaml");
      const converted = convert(spec!, "kernelchaos");
      expect(converted.diagnostics.map((d) => d.code)).toContain("renamed");
      expect(readAll(text(spec!, "kernelchaos"), "t.yaml")).toHaveLength(1);
    }
  });
});

describe("the C", () => {
  it("is the same, whatever the format", { timeout: 120_000 }, async () => {
    const kernel = await profile("lab-6.12");
    /** The C of a spec, without comments, places and the name. */
    const c = (spec: Spec) => {
      const plan = bind({ ...spec, name: "same" }, [kernel]);
      return plan.ok
        ? plan.value.variants.map((v) => render(v).replace(/\/\*[\s\S]*?\*\/|^#line.*\n|\s+/gm, " "))
        : undefined;
    };
    let compared = 0;
    for (const spec of written.flatMap(specsOf)) {
      const wanted = c(spec);
      for (const to of wanted ? formats : []) {
        const converted = convert(spec, to);
        if (!converted.ok) continue;
        expect(c(readAll(converted.value, files[to])[0]!), converted.value).toEqual(wanted);
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(50);
  });
});
