/** What `explain` says of each example, and of specs that hold everything: expected/NAME.txt. `UPDATE=1` rewrites them. */

import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { bind } from "../../src/bind/bind.js";
import { elsewhere } from "../../src/explain/elsewhere.js";
import { explained } from "../../src/explain/explain.js";
import { inKernels } from "../../src/explain/kernel.js";
import { sectionsText } from "../../src/explain/layout.js";
import { predicateWords } from "../../src/explain/words.js";
import { wholeFragment } from "../../src/source.js";
import { parsePredicate } from "../../src/spec/c/parse.js";
import { decodeText, readSpecs } from "../../src/spec/read.js";
import { profile } from "../bind/spec.js";

const root = new URL("../../", import.meta.url).pathname;
const expected = new URL("expected/", import.meta.url).pathname;
const files = [
  ...readdirSync(`${root}examples`).map((name) => `examples/${name}`),
  ...readdirSync(new URL("specs/", import.meta.url)).map((name) => `test/explain/specs/${name}`),
];

async function explanation(path: string): Promise<string> {
  const source = decodeText(readFileSync(root + path), path);
  const read = source.ok ? readSpecs(source.value) : source;
  if (!read.ok) throw new Error(JSON.stringify(read.diagnostics.map((d) => d.message)));
  const kernel = await profile("lab-6.12");
  const texts = read.value.map((spec) => {
    const plan = bind(spec, [kernel]);
    const bound = plan.ok ? inKernels(spec, plan.value, [kernel]) : [];
    return sectionsText([...explained(spec), ...bound, ...elsewhere(spec, read.diagnostics)]);
  });
  return `${texts.join("\n\n")}\n`;
}

describe("a spec in plain words", () => {
  it.each(files)("%s", async (path) => {
    const text = await explanation(path);
    const file = `${expected}${path.slice(path.lastIndexOf("/") + 1)}.txt`;
    if (process.env.UPDATE) writeFileSync(file, text);
    expect(existsSync(file) ? readFileSync(file, "utf8") : "").toBe(text);
  });

  it("has no expectation too many", () => {
    const names = files.map((path) => `${path.slice(path.lastIndexOf("/") + 1)}.txt`);
    expect(readdirSync(expected).sort()).toEqual(names.sort());
  });
});

const predicates: readonly (readonly [c: string, words: string])[] = [
  ["a == 1", "`a == 1` holds"],
  ['STRCMP(a->b, "x")', 'the string at `a->b` is "x"'],
  ['STRNCMP(a, "xyz", 2)', 'the string at `a` begins with "xy"'],
  ['STRNCMP(a, "xyz", 3)', 'the string at `a` begins with "xyz"'],
  ['STRNCMP(a, "xyz", 4)', 'the string at `a` is "xyz"'],
  ['STRNCMP(a, "xyz", sizeof(int))', '`STRNCMP(a, "xyz", sizeof(int))` holds'],
  [
    'STRPREFIX(a, "x") || STRSTR(a, "y\\n")',
    'the string at `a` begins with "x" or the string at `a` holds "y\\n"',
  ],
  ['!STRCMP(a, "x")', 'not (the string at `a` is "x")'],
  ["exists(a->b) && a->b == 1", "the kernel has `a->b` and `a->b == 1`"],
  ['(STRCMP(a, "x") || c) && b  ==\n 2', '(the string at `a` is "x" or `c`) and `b == 2`'],
  ["b && c", "`b && c` holds"],
  ["b == '/' // then\n && /* or */ c", "`b == '/' && c` holds"],
  ["exists(a->b) && ({ int i = 3; i == a->b; })", "the kernel has `a->b` and `({ int i = 3; i == a->b; })`"],
  ['STRCMP(a, "\\x1b[2J")', 'the string at `a` is "\\u001b[2J"'],
];

describe("a predicate in words", () => {
  it.each(predicates)("%s", (text, words) => {
    const parsed = parsePredicate(wholeFragment({ name: "t", text }));
    if (!parsed.ok) throw new Error(text);
    expect(predicateWords(parsed.value).replace(/: `[^`]*`$/, "")).toBe(words);
  });
});
