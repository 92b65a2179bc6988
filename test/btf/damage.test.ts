import { describe, expect, test } from "vitest";
import * as codes from "../../src/btf/codes.js";
import { decodeBtf } from "../../src/btf/decode.js";
import { typeName } from "../../src/btf/print.js";
import * as raw from "./assemble.js";
import { assemble } from "./assemble.js";
import { unwrap } from "./fixture.js";

const int = { kind: raw.INT, third: 4, rest: [32] };
const sound = assemble({ types: [int], names: "\0int\0" });

/** The sound BTF with words of its header, or other bytes, replaced. */
function patched(...patches: readonly (readonly [at: number, word: number])[]): Uint8Array {
  const copy = Buffer.from(sound);
  for (const [at, word] of patches) copy.writeUInt32LE(word, at);
  return copy;
}

const types = (...parts: readonly raw.Part[]) => assemble({ types: parts, names: "\0int\0" });
const chain = (length: number) => Array.from({ length }, (_, i) => ({ kind: raw.TYPEDEF, third: i + 2 }));

describe("each kind of damage is refused, with its place", () => {
  test.each<readonly [string, Uint8Array, string, RegExp]>([
    ["no magic number", patched([0, 0x01010101]), "bad-btf", /at byte 0: .*0xeb9f/],
    ["cut in the header", sound.subarray(0, 23), "bad-btf", /at byte 23: .*header/],
    ["a version to come", patched([0, 0x0002eb9f]), "unsupported-btf", /version 2 with flags 0/],
    ["flags to come", patched([0, 0x0101eb9f]), "unsupported-btf", /version 1 with flags 1/],
    ["a header too short", patched([4, 20]), "bad-btf", /at byte 4: .*20 bytes/],
    ["a header too long", patched([4, 4096]), "bad-btf", /at byte 4: .*4096 bytes/],
    ["a header of part of a word", patched([4, 25]), "bad-btf", /at byte 4: .*25 bytes/],
    ["types out of line", patched([8, 1]), "bad-btf", /at byte 8: .*whole words/],
    ["part of a word", patched([12, 15]), "bad-btf", /at byte 8: .*whole words/],
    ["types beyond the end", patched([12, 64]), "bad-btf", /at byte 12: .*type section of 64 bytes/],
    ["names beyond the end", patched([20, 6]), "bad-btf", /at byte 20: .*string section of 6 bytes/],
    ["no names", patched([20, 0]), "bad-btf", /at byte 40: .*empty/],
    ["a name without an end", patched([20, 4]), "bad-btf", /at byte 43: .*NUL/],
    ["no empty name", assemble({ names: "int\0" }), "bad-btf", /at byte 24: .*empty name/],
    ["an endless name", assemble({ names: `\0a\0${"n".repeat(5000)}\0` }), "bad-btf", /at byte 27: .*longer/],
    [
      "an endless last name",
      assemble({ names: `\0${"n".repeat(4097)}\0` }),
      "bad-btf",
      /at byte 25: .*longer/,
    ],
    [
      "a type cut off",
      assemble({ types: [int, int].map((t) => ({ ...t, rest: [] })) }),
      "bad-btf",
      /byte 40: type \[2\] is cut/,
    ],
    ["no kind", types({ kind: 0 }), "bad-btf", /at byte 28: type \[1\] is of kind 0/],
    [
      "a kind to come",
      types(int, { kind: 20 }),
      "unsupported-btf",
      /at byte 44 \(type \[2\] is of kind 20\)/,
    ],
    [
      "members beyond the end",
      types({ kind: raw.STRUCT, vlen: 1, rest: [0, 0] }),
      "bad-btf",
      /at byte 28: .*24 bytes long, and 20/,
    ],
    [
      "very many members",
      types({ kind: raw.ENUM, third: 4, vlen: 0xffffff }),
      "bad-btf",
      /at byte 28: type \[1\] \(enum\)/,
    ],
    [
      "a name that is not there",
      types({ ...int, name: 5 }),
      "bad-btf",
      /at byte 24: type \[1\] has its name at 5/,
    ],
    [
      "a member's name",
      types({ kind: raw.UNION, vlen: 1, rest: [5, 0, 0] }),
      "bad-btf",
      /at byte 36: .*name at 5/,
    ],
    [
      "an enumerator's name",
      types({ kind: raw.ENUM64, third: 8, vlen: 2, rest: [0, 0, 0, 9, 0, 0] }),
      "bad-btf",
      /at byte 48: .*name at 9/,
    ],
    [
      "a type that is not there",
      types({ kind: raw.PTR, third: 2 }),
      "bad-btf",
      /at byte 32: type \[1\] refers to type \[2\]/,
    ],
    [
      "a member's type",
      types({ kind: raw.STRUCT, vlen: 1, rest: [0, 2, 0] }),
      "bad-btf",
      /at byte 40: .*type \[2\]/,
    ],
    [
      "a parameter's type",
      types({ kind: raw.PROTO, vlen: 1, rest: [0, 7] }),
      "bad-btf",
      /at byte 40: .*type \[7\]/,
    ],
    ["an element's type", types({ kind: raw.ARRAY, rest: [2, 0, 1] }), "bad-btf", /at byte 36: .*type \[2\]/],
    ["an index's type", types({ kind: raw.ARRAY, rest: [0, 2, 1] }), "bad-btf", /at byte 40: .*type \[2\]/],
    [
      "a section's variable",
      types({ kind: raw.SECTION, vlen: 1, rest: [2, 0, 4] }),
      "bad-btf",
      /at byte 36: .*type \[2\]/,
    ],
    [
      "an integer of no size",
      types({ ...int, third: 3 }),
      "bad-btf",
      /at byte 32: .*\(int\) cannot have 3 bytes/,
    ],
    [
      "an enum of no size",
      types({ kind: raw.ENUM, third: 0 }),
      "bad-btf",
      /at byte 32: .*\(enum\) cannot have 0 bytes/,
    ],
    [
      "a float of no size",
      types({ kind: raw.FLOAT, third: 5 }),
      "bad-btf",
      /at byte 32: .*\(float\) cannot have 5 bytes/,
    ],
    [
      "a function without a prototype",
      types(int, { kind: raw.FUNC, third: 1 }),
      "bad-btf",
      /at byte 48: .*no prototype/,
    ],
    ["a void function type", types({ kind: raw.FUNC, third: 0 }), "bad-btf", /at byte 32: .*no prototype/],
    [
      "a typedef of itself",
      types({ kind: raw.TYPEDEF, third: 1 }),
      "bad-btf",
      /at byte 32: .*\(typedef\) leads back/,
    ],
    [
      "a circle",
      types({ kind: raw.CONST, third: 2 }, { kind: raw.TYPE_TAG, third: 1 }),
      "bad-btf",
      /leads back/,
    ],
    ["an array of itself", types({ kind: raw.ARRAY, rest: [1, 0, 1] }), "bad-btf", /\(array\) leads back/],
    ["a pointer to itself", types({ kind: raw.PTR, third: 1 }), "bad-btf", /\(pointer\) leads back/],
    ["a chain too long", types(...chain(110), int), "bad-btf", /\(typedef\) leads back .*more than 100/],
  ])("%s", (_, bytes, code, message) => {
    const result = decodeBtf(bytes, "vmlinux.btf");
    expect(result.ok).toBe(false);
    expect(result.diagnostics.map((d) => d.code)).toEqual([code]);
    expect(result.diagnostics[0]!.message).toMatch(message);
    expect(result.diagnostics[0]!.message).toContain("`vmlinux.btf`");
  });

  test("what these rows change is sound before", () => {
    expect(unwrap(decodeBtf(sound, "sound")).count).toBe(2);
    expect(unwrap(decodeBtf(types(...chain(100), int), "chain")).count).toBe(102);
    expect(unwrap(decodeBtf(assemble({ names: `\0${"n".repeat(4096)}\0` }), "name")).count).toBe(1);
    expect(
      unwrap(decodeBtf(types({ kind: raw.FUNC, third: 2 }, { kind: raw.PROTO }), "function")).count,
    ).toBe(3);
  });
});

describe("split BTF", () => {
  const base = unwrap(
    decodeBtf(assemble({ types: [{ ...int, name: 1 }, { kind: raw.PROTO }], names: "\0int\0" }), "base"),
  );

  test.each<readonly [string, raw.Parts, RegExp]>([
    ["a type past both", { types: [{ kind: raw.PTR, third: 4 }] }, /type \[3\] refers to type \[4\]/],
    ["a name past both", { types: [{ ...int, name: 5 }], names: "" }, /type \[3\] has its name at 5/],
    [
      "a function of the base's int",
      { types: [{ kind: raw.FUNC, third: 1 }] },
      /type \[3\] \(function\) .*\[1\]/,
    ],
    ["a circle of its own", { types: [{ kind: raw.CONST, third: 3 }] }, /type \[3\] \(const\) leads back/],
  ])("%s", (_, parts, message) => {
    const result = decodeBtf(assemble({ names: "", ...parts }), "module", base);
    expect(result.diagnostics.map((d) => d.code)).toEqual(["bad-btf"]);
    expect(result.diagnostics[0]!.message).toMatch(message);
    expect(result.diagnostics[0]!.help.join()).toContain("base");
  });

  test("what the base has is there", () => {
    const parts = {
      types: [
        { kind: raw.FUNC, name: 1, third: 2 },
        { kind: raw.CONST, third: 1 },
      ],
      names: "",
    };
    const split = unwrap(decodeBtf(assemble(parts), "module", base));
    expect(split.type(3)).toMatchObject({ kind: "function", name: "int", type: 2 });
    expect(typeName(split, 4)).toBe("const int");
  });

  test("alone it is damaged, and the help says that a base is missing", () => {
    for (const parts of [{ types: [{ kind: raw.PTR, third: 9 }] }, { names: "mine\0" }]) {
      const result = decodeBtf(assemble(parts), "module");
      expect(result.diagnostics[0]!.help.join()).toContain("needs its kernel's as a base");
    }
  });
});

test("every code has a page, and a name of its own", () => {
  const all = Object.values(codes);
  expect(new Set(all.map(({ code }) => code)).size).toBe(all.length);
  for (const { code, page } of all) {
    expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(page.length).toBeGreaterThan(200);
  }
});
