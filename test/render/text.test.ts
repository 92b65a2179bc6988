import { describe, expect, it } from "vitest";
import { bind } from "../../src/bind/bind.js";
import { render } from "../../src/render/render.js";
import { commentText, cString } from "../../src/render/text.js";
import { readSpecs } from "../../src/spec/read.js";
import { injection, profile } from "../bind/spec.js";
import { compileStrictly } from "../compile.js";

const nasty = [
  "*/ int evil; /*",
  "*/*/*/",
  "/*/",
  "**//",
  "a\n#include <evil>",
  "a\r\u2028\u2029#define evil",
  "\\\n",
  "ends in \\",
  "??/",
  '"; int evil; "',
  "%:include <evil>",
  "{{evil}} {{{evil}}} {{/if}}",
  "#line restore",
  "\u001b[31m\u009b31m\u202e\u2066",
  "é漢🍌",
];

describe("commentText", () => {
  it.each(nasty)("keeps %j inside a comment", (text) => {
    const made = commentText(text);
    expect(made).not.toMatch(/\*\/|\/\*|[^\P{Cc}]|[\u2028\u2029\u202e\u2066]|\\$/u);
  });

  it("changes no ordinary words", () => {
    const words = 'f: STRNCMP(name->name, "bananas 🍌", 8) && a * b / c';
    expect(commentText(words)).toBe(words);
  });
});

describe("cString", () => {
  it("gives every byte back, and needs no more than ASCII", () => {
    const bytes = Uint8Array.from({ length: 512 }, (_, i) => i % 256);
    const text = cString(bytes);
    expect(text).toMatch(/^"[ -~]*"$/);
    const units = text.slice(1, -1).matchAll(/\\([0-7]{3})|\\(.)|([^"\\?])/g);
    const back = [...units].map(([, octal, escaped, plain]) =>
      octal === undefined ? (escaped ?? plain)!.charCodeAt(0) : Number.parseInt(octal, 8),
    );
    expect(back).toEqual([...bytes]);
  });
});

describe("a spec of nasty names", () => {
  it.each(nasty)("%j is a comment and a string in the C, and nothing else", async (text) => {
    const spec = injection({
      fault: "slab",
      callchain: [
        { function: "d_alloc_parallel", parameters: "struct dentry *parent, const struct qstr *name" },
        { function: "__d_alloc", when: `STRCMP(name->name, ${JSON.stringify(text)})` },
      ],
    }).replace('"name":"case"', `"name":${JSON.stringify(text)}`);
    const read = readSpecs({ name: `a/${text.replaceAll("/", "")}.yaml`, text: spec });
    if (!read.ok) {
      // C's strings have fewer escapes than JSON's; those that it does not have are refused.
      expect(read.diagnostics.map((d) => d.code)).toEqual(["bad-literal"]);
      return;
    }
    const plan = bind(read.value[0]!, [await profile("lab-6.12")]);
    expect(plan.diagnostics).toEqual([]);
    for (const c of plan.ok ? plan.value.variants.map(render) : []) {
      expect(
        c.split("\n").filter((line) => /^\s*(#include <evil|#define evil|int evil|%:)/.test(line)),
      ).toEqual([]);
      expect(c).not.toMatch(/[^\P{Cc}\n\t]|[\u2028\u2029\u202e\u2066]/u);
      await compileStrictly(c);
    }
  });
});
