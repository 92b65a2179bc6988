/** Targets: every format of specs, and the grammars of C. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../src/root.js";
import { type Fragment, type Source, spanText, wholeFragment } from "../../src/source.js";
import { parseChain, parseParameters, parsePredicate } from "../../src/spec/c/parse.js";
import { decodeText, readOneLiner, readSpecs } from "../../src/spec/read.js";
import type { Spec } from "../../src/spec/spec.js";
import { plainData } from "../../src/spec/tree.js";
import { shellWords } from "../../src/spec/words.js";
import { readYaml } from "../../src/spec/yaml.js";
import { checkDiagnostics, checkOrder, checkResult, checkSpan, must } from "./law.js";
import type { Target } from "./run.js";

/** The specs that come with injectc, and those of the golden cases. */
const files: readonly Source[] = ["examples", "test/golden"].flatMap((folder) =>
  readdirSync(join(packageRoot, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => /(^|\/)[^/]*\.(yaml|json|inject)$/.test(path))
    .sort()
    .map((path) => ({ name: path, text: readFileSync(join(packageRoot, folder, path), "utf8") })),
);
const specs = (): readonly Spec[] =>
  files.flatMap((file) => {
    const read = readSpecs(file);
    return read.ok ? read.value : [];
  });
const bytes = (texts: Iterable<string>) => [...new Set(texts)].map((text) => Buffer.from(text));
const text = (input: Uint8Array) => Buffer.from(input).toString("utf8");

/** A format as a file with the ending. */
function format(name: string, ending: string, fits: (file: Source) => boolean, cases: number): Target {
  return {
    ...{ name, form: "text", cases },
    corpus: () => bytes(files.filter(fits).map((file) => file.text)),
    run: (input) => {
      const decoded = decodeText(input, `t${ending}`);
      checkResult(decoded);
      if (!decoded.ok) return;
      const read = readSpecs(decoded.value);
      checkResult(read, decoded.value);
      checkOrder(read.diagnostics);
      for (const spec of read.ok ? read.value : []) checkSpan(spec.span, decoded.value);
    },
  };
}

/** The fragment's places are in order, and inside of the source. */
function checkFragment({ source, text, starts, ends }: Fragment): void {
  must(starts.length === text.length && ends.length === text.length, "each letter has a place");
  for (let i = 0; i < text.length; i++) {
    checkSpan({ source, start: starts[i]!, end: ends[i]! });
    must(i === 0 || starts[i - 1]! <= starts[i]!, "letters stand in the order of the text");
  }
}

/** What is read of a text reads the same as JSON, which is YAML. */
function checkTree(source: Source): void {
  const found: Parameters<typeof checkDiagnostics>[0][number][] = [];
  const trees = readYaml(source, (d) => found.push(d));
  checkDiagnostics(found, source);
  if (found.length > 0) return;
  for (const tree of trees) {
    const data = plainData(tree);
    const again = readYaml({ name: "t", text: JSON.stringify(data) }, (d) => {
      must(d.code === "document-too-long" || d.code === "document-too-deep", `JSON is YAML, not ${d.code}`);
    });
    if (again.length === 0) continue;
    must(JSON.stringify(plainData(again[0]!)) === JSON.stringify(data), "a tree reads the same as JSON");
  }
}

const grammars: readonly Target[] = [
  {
    ...{ name: "predicate", form: "text", cases: 4000 },
    corpus: () => bytes(specs().flatMap((s) => [s.when, ...s.callchain].flatMap((f) => predicateOf(f)))),
    run: (input) => {
      const fragment = wholeFragment({ name: "t", text: text(input) });
      checkResult(parsePredicate(fragment, ["a", "parent", "name"]), fragment.source);
    },
  },
  {
    ...{ name: "parameters", form: "text", cases: 4000 },
    corpus: () =>
      bytes([
        "int (*handler)(struct file *, unsigned long), const char __user *const names[4], ...",
        ...specs().flatMap((s) =>
          s.callchain.flatMap((f) => (f.parameters ? [spanText(f.parameters.span)] : [])),
        ),
      ]),
    run: (input) => {
      const fragment = wholeFragment({ name: "t", text: text(input) });
      checkResult(parseParameters(fragment), fragment.source);
    },
  },
  {
    ...{ name: "chain", form: "text", cases: 3000 },
    corpus: () => bytes(oneLiners()),
    run: (input) => {
      const fragment = wholeFragment({ name: "--spec", text: text(input) });
      const parsed = parseChain(fragment);
      checkResult(parsed, fragment.source);
      for (const { name, groups } of parsed.ok ? parsed.value : []) {
        for (const range of [name, ...groups]) if (range) checkSpan({ ...range, source: fragment.source });
      }
      checkResult(readOneLiner({ mode: "bio", spec: text(input), probability: text(input).slice(0, 5) }));
    },
  },
  {
    ...{ name: "words", form: "text", cases: 3000 },
    corpus: () => bytes(files.filter(isInject).map((file) => file.text)),
    run: (input) => {
      const source = { name: "t.inject", text: text(input) };
      const words = shellWords(source, (d) => checkDiagnostics([d], source));
      for (const word of words ?? []) checkFragment(word);
    },
  },
  {
    ...{ name: "yaml", form: "text", cases: 1500 },
    corpus: () => bytes(files.filter((file) => !isInject(file)).map((file) => file.text)),
    run: (input) => checkTree({ name: "t.yaml", text: text(input) }),
  },
];

function predicateOf(part: Spec["when"] | Spec["callchain"][number]): string[] {
  const predicate = part && ("predicate" in part ? part.predicate : part.when);
  return predicate ? [predicate.text] : [];
}

/** The call chains of the one-liners, which are their longest words. */
function oneLiners(): string[] {
  return files.filter(isInject).flatMap((file) => {
    const words = shellWords(file, () => undefined) ?? [];
    return words.map((word) => word.text).filter((word) => word.includes("("));
  });
}

const isInject = ({ name }: Source) => name.endsWith(".inject");
const holds = (word: string) => (file: Source) => !isInject(file) && file.text.includes(word);

export const specTargets: readonly Target[] = [
  format("kernelchaos", ".yaml", holds("chaos-mesh.org"), 1200),
  format("injection", ".yaml", holds("injectc.dev"), 1500),
  format("request", ".json", holds('"ftype"'), 1200),
  format("inject", ".inject", isInject, 1200),
  { ...format("encoding", ".yaml", () => true, 1500), form: "bytes" },
  ...grammars,
];
