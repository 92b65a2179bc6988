import { describe, expect, test } from "vitest";
import type { BtfKind } from "../../src/btf/btf.js";
import { decodeBtf } from "../../src/btf/decode.js";
import { typeName } from "../../src/btf/print.js";
import { readBtf } from "../../src/btf/read.js";
import {
  findMember,
  functionPrototype,
  memberNames,
  resolve,
  sizeOf,
  stripQualifiers,
} from "../../src/btf/resolve.js";
import * as raw from "./assemble.js";
import { assemble } from "./assemble.js";
import { compile, fixture, unwrap } from "./fixture.js";

const btf = unwrap(readBtf(compile(fixture("types.c")), "types.o"));
const idOf = (kind: BtfKind, name: string) => btf.find(kind, name)[0]!;
const typeOf = (struct: string, field: string) => {
  return findMember(btf, idOf("struct", struct), field)!.at(-1)!.member.type;
};

describe("behind qualifiers and typedefs", () => {
  test.each([
    ["node", "both", "int", "int"],
    ["node", "only", "char *", "char *"],
    ["node", "uses", "atomic_t", "struct { ... }"],
    ["qstr", "hash_len", "u64", "unsigned long long"],
    ["node", "matrix", "int [2][3]", "int [2][3]"],
  ])("%s.%s", (struct, field, stripped, resolved) => {
    const id = typeOf(struct, field);
    expect(typeName(btf, stripQualifiers(btf, id))).toBe(stripped);
    expect(typeName(btf, resolve(btf, id))).toBe(resolved);
  });

  test("type tags count as qualifiers", () => {
    const pointer = btf.type(typeOf("tagged", "text"));
    expect(pointer.kind).toBe("pointer");
    if (pointer.kind === "pointer") expect(typeName(btf, resolve(btf, pointer.type))).toBe("char");
  });

  test("one behind another, in any order", () => {
    const types = [
      { kind: raw.CONST, third: 2 },
      { kind: raw.TYPEDEF, third: 3 },
      { kind: raw.VOLATILE, third: 4 },
      { kind: raw.TYPEDEF, third: 5 },
      { kind: raw.INT, third: 4, rest: [32] },
    ];
    const chain = unwrap(decodeBtf(assemble({ types }), "chain"));
    expect(stripQualifiers(chain, 1)).toBe(2);
    expect(resolve(chain, 1)).toBe(5);
    expect(sizeOf(chain, 1)).toBe(4);
  });
});

describe("sizes", () => {
  test.each([
    ["node", "next", 8],
    ["node", "uses", 4],
    ["node", "colour", 4],
    ["node", "matrix", 24],
    ["node", "cells", 24],
    ["node", "ratio", 8],
    ["node", "big", 16],
    ["packet", "owners", 60],
    ["packet", "data", 0],
    ["operations", "table", 32],
  ])("%s.%s has %i bytes", (struct, field, size) => expect(sizeOf(btf, typeOf(struct, field))).toBe(size));

  test.each([
    ["struct", "node", 144],
    ["enum", "wide", 8],
    ["forward", "undefined", undefined],
    ["function", "walk", undefined],
    ["variable", "node", undefined],
  ] as const)("%s %s: %s", (kind, name, size) => expect(sizeOf(btf, idOf(kind, name))).toBe(size));

  test("void has none", () => expect(sizeOf(btf, 0)).toBeUndefined());

  test("lengths that multiply beyond all bounds", () => {
    const arrays = Array.from({ length: 40 }, (_, i) => ({ kind: raw.ARRAY, rest: [i + 2, 41, 0xffffffff] }));
    const types = [...arrays, { kind: raw.INT, third: 4, rest: [32] }];
    const huge = unwrap(decodeBtf(assemble({ types }), "huge"));
    expect(sizeOf(huge, 1)).toBeUndefined();
    expect(sizeOf(huge, 40)).toBe(4 * 0xffffffff);
  });
});

describe("members", () => {
  const path = (struct: string, field: string) =>
    findMember(btf, idOf("struct", struct), field)?.map(({ owner, member, bitOffset }) => {
      return [typeName(btf, owner), member.name, bitOffset];
    });

  test.each([
    ["qstr", "name", [["struct qstr", "name", 64]]],
    [
      "qstr",
      "len",
      [
        ["struct qstr", "", 0],
        ["union { ... }", "", 0],
        ["struct { ... }", "len", 32],
      ],
    ],
    [
      "qstr",
      "hash_len",
      [
        ["struct qstr", "", 0],
        ["union { ... }", "hash_len", 0],
      ],
    ],
    ["flags", "balance", [["struct flags", "balance", 36]]],
    ["packet", "key", undefined],
    ["packet", "", undefined],
    ["qstr", "nam", undefined],
  ])("%s.%s", (struct, field, steps) => expect(path(struct, field)).toEqual(steps));

  test("through typedefs and qualifiers", () => {
    expect(findMember(btf, idOf("typedef", "atomic_t"), "counter")).toHaveLength(1);
    expect(memberNames(btf, idOf("typedef", "atomic_t"))).toEqual(["counter"]);
  });

  test("what is no struct has none", () => {
    expect(findMember(btf, idOf("int", "int"), "counter")).toBeUndefined();
    expect(memberNames(btf, 0)).toEqual([]);
  });

  test("offsets add up, and the names are in order", () => {
    // struct { x; struct { y; struct { z; }; }; w; }
    const types = [
      { kind: raw.STRUCT, vlen: 3, third: 32, rest: [1, 4, 0, 0, 2, 64, 7, 4, 192] },
      { kind: raw.STRUCT, vlen: 2, third: 16, rest: [3, 4, 0, 0, 3, 32] },
      { kind: raw.STRUCT, vlen: 1, third: 8, rest: [5, 4, 32] },
      { kind: raw.INT, third: 4, rest: [32] },
    ];
    const nested = unwrap(decodeBtf(assemble({ types, names: "\0x\0y\0z\0w\0" }), "nested"));
    expect(memberNames(nested, 1)).toEqual(["x", "y", "z", "w"]);
    expect(findMember(nested, 1, "z")?.map((step) => step.bitOffset)).toEqual([64, 96, 128]);
    expect(findMember(nested, 1, "w")?.map((step) => step.bitOffset)).toEqual([192]);
  });

  test("structs that hold each other, or are nested deeply, come to an end", () => {
    const depth = 20_000;
    const types = Array.from({ length: depth }, (_, i) => {
      return { kind: raw.STRUCT, vlen: 2, rest: [0, ((i + 1) % depth) + 1, 1, 1, 0, 0] };
    });
    const circle = unwrap(decodeBtf(assemble({ types, names: "\0x\0" }), "circle"));
    expect(memberNames(circle, 1)).toEqual(["x"]);
    expect(findMember(circle, 1, "x")).toHaveLength(depth);
    expect(findMember(circle, 1, "y")).toBeUndefined();
  });
});

test("a function's prototype", () => {
  const { result, parameters } = functionPrototype(btf, idOf("function", "walk"));
  expect(typeName(btf, result)).toBe("struct node *");
  expect(parameters.map(({ name }) => name)).toEqual(["start", "name", "colour"]);
  expect(() => functionPrototype(btf, idOf("struct", "node"))).toThrow(RangeError);
});
