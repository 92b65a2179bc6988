/** Names in BTF are bytes that somebody sent: what cannot be spelled in C never gets there. */

import { describe, expect, it } from "vitest";
import { readBtf } from "../../src/btf/read.js";
import { formatDiagnostic } from "../../src/diagnostic.js";
import { makeKernel } from "../../src/kernel/facts.js";
import type { Kernel } from "../../src/kernel/kernel.js";
import { render } from "../../src/render/render.js";
import * as raw from "../btf/assemble.js";
import { compileStrictly } from "../compile.js";
import { bindText, injection } from "./spec.js";

const names = [
  "tag",
  "alias",
  "member",
  "inner",
  "parameter",
  "value",
  "number",
  "choice",
  "opaque",
] as const;
type Name = (typeof names)[number];

/** `int f(struct tag *parameter, alias *, …)`, with the names replaced by those given. */
function kernelWith(given: Partial<Record<Name, string>>): Kernel {
  const offsets = new Map<string, number>();
  let text = "\0";
  const at = (name: string) => {
    if (!offsets.has(name)) {
      offsets.set(name, Buffer.byteLength(text));
      text += `${name}\0`;
    }
    return offsets.get(name)!;
  };
  const of = (name: Name) => at(given[name] ?? name);
  const types: raw.Part[] = [
    { kind: raw.INT, name: of("number"), third: 4, rest: [(1 << 24) | 32] }, // 1
    {
      kind: raw.STRUCT,
      name: of("tag"),
      third: 16,
      vlen: 3,
      rest: [of("member"), 1, 0, at("next"), 3, 64, at("kind"), 8, 32],
    }, // 2
    { kind: raw.PTR, third: 2 }, // 3
    { kind: raw.STRUCT, third: 4, vlen: 1, rest: [of("inner"), 1, 0] }, // 4
    { kind: raw.TYPEDEF, name: of("alias"), third: 4 }, // 5
    { kind: raw.PTR, third: 5 }, // 6
    { kind: raw.PROTO, third: 1, vlen: 3, rest: [of("parameter"), 3, at("second"), 6, at("third"), 11] }, // 7
    { kind: raw.ENUM, name: of("choice"), third: 4, vlen: 1, rest: [of("value"), 7] }, // 8
    { kind: raw.FUNC, name: at("open_it"), third: 7, vlen: 1 }, // 9
    { kind: raw.FWD, name: of("opaque") }, // 10
    { kind: raw.PTR, third: 10 }, // 11
  ];
  const btf = readBtf(raw.assemble({ types, names: text }), "t");
  if (!btf.ok) throw new Error(btf.diagnostics.map((d) => formatDiagnostic(d)).join("\n"));
  const injectable = () => new Map([["open_it", "ERRNO" as const]]);
  const config = () =>
    new Map([
      ["FAILSLAB", "y"],
      ["FUNCTION_ERROR_INJECTION", "y"],
      ["BPF_KPROBE_OVERRIDE", "y"],
    ]);
  return makeKernel("k", { btf: btf.value, release: "6.12.1", arch: "x86_64", injectable, config });
}

const predicates = [
  "tag->member == 1",
  "tag->next->next->member == 1",
  "tag->kind == value",
  "second->inner == 1",
  "third && tag",
  "sizeof(*tag) == tag->kind",
];

/** The C of those predicates that bind, and the rest's diagnostics as they are printed. */
function outcomes(kernel: Kernel): { c: readonly string[]; said: readonly string[] } {
  const bound = predicates.map((when) =>
    bindText(injection({ fault: "open_it", return: "ENOMEM", when: when.replaceAll("tag", "first") }), [
      kernel,
    ]),
  );
  return {
    c: bound.flatMap((plan) => (plan.ok ? plan.value.variants.map(render) : [])),
    said: bound.flatMap((plan) => plan.diagnostics.map((d) => formatDiagnostic(d))),
  };
}

const compiled = new Set<string>();

/** Most programs are the same whatever the name. */
async function compileOnce(c: string): Promise<void> {
  if (!compiled.has(c)) await compileStrictly(c);
  compiled.add(c);
}

const evil = [
  "x { int a; }; int evil(void) { return 0; } struct y",
  "*/ int evil; /*",
  '"evil\\',
  "a\n#include <evil>",
  "\u001b[31mevil\u202e",
  "{{evil}}",
  "int",
  "injectc_chain",
  "__u64",
  "é",
];

describe("a name in BTF", () => {
  it("is in the C where it is a name", async () => {
    const { c, said } = outcomes(kernelWith({ parameter: "first" }));
    expect(said).toEqual([]);
    for (const text of c) await compileOnce(text);
  });

  it.each(names)("%s stays out of the C and off the terminal where C cannot spell it", async (name) => {
    for (const text of evil) {
      const { c, said } = outcomes(kernelWith({ parameter: "first", [name]: text }));
      for (const program of c) {
        // A word may stand there as a name; that it means no more than that shows when it compiles.
        if (/^\w+$/.test(text)) await compileOnce(program);
        else expect(program, text).not.toContain(text);
      }
      // biome-ignore lint/suspicious/noControlCharactersInRegex: that is the point
      for (const words of said) expect(words).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/);
    }
  });
});
