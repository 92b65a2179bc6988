import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Btf } from "../../src/btf/btf.js";
import { decodeBtf } from "../../src/btf/decode.js";
import { sectionOf } from "../../src/btf/elf.js";
import { readBtf } from "../../src/btf/read.js";
import * as raw from "./assemble.js";
import { assemble } from "./assemble.js";
import { asDumped, type Dumped, dump } from "./bpftool.js";
import { compile, fixture, type LabKernel, labKernels, unwrap } from "./fixture.js";

const object = compile(fixture("types.c"));
const btf = unwrap(readBtf(object, "types.o"));

/** Every type is what bpftool says, and there are no more. */
function expectSame(ours: Btf, theirs: readonly Dumped[], first = 1): void {
  expect(ours.count).toBe(first + theirs.length);
  for (const type of theirs) {
    const own = asDumped(ours, type.id, type.kind);
    // Comparing text first: the kernels have half a million types.
    if (JSON.stringify(own) !== JSON.stringify(type)) expect(own).toEqual(type);
  }
}

describe("bpftool agrees on every type", () => {
  test("of an object from clang", () => {
    const types = dump(object);
    expectSame(btf, types);
    const kinds = new Set(types.map((type) => type.kind));
    expect([...kinds].sort()).toEqual([
      ...[
        "ARRAY",
        "CONST",
        "DATASEC",
        "DECL_TAG",
        "ENUM",
        "ENUM64",
        "FLOAT",
        "FUNC",
        "FUNC_PROTO",
        "FWD",
        "INT",
      ],
      ...["PTR", "RESTRICT", "STRUCT", "TYPEDEF", "TYPE_TAG", "UNION", "VAR", "VOLATILE"],
    ]);
  });

  test("of a big-endian object", () => {
    const bytes = compile(fixture("types.c"), "bpfeb");
    expect(bytes[5]).toBe(2);
    // bpftool swaps the bytes back itself.
    expectSame(unwrap(readBtf(bytes, "types.o")), dump(bytes));
  });

  test.each(labKernels())("of $name", ({ name, file }) => {
    const bytes = readFileSync(file);
    expectSame(unwrap(decodeBtf(bytes, name)), dump(bytes));
  });

  test("of split BTF over a kernel's", () => {
    const { name, file } = labKernels()[0]!;
    const bytes = readFileSync(file);
    const base = unwrap(decodeBtf(bytes, name));
    const split = moduleOver(base);
    expectSame(unwrap(decodeBtf(split, "module", base)), dump(split, bytes), base.count);
  });
});

/** A module's BTF: names and types of the base beside its own. */
function moduleOver(base: Btf): Uint8Array {
  const start = base.encoding.strings.length;
  const own = (offset: number) => start + offset;
  const qstr = base.find("struct", "qstr")[0]!;
  const name = [...base.encoding.strings.offsets("qstr")][0]!;
  return assemble({
    names: "mine\0list\0",
    types: [
      {
        kind: raw.STRUCT,
        name: own(0),
        vlen: 2,
        third: 24,
        rest: [name, qstr, 0, own(5), base.count + 1, 128],
      },
      { kind: raw.PTR, third: base.count },
      { kind: raw.PROTO, third: 0, vlen: 1, rest: [name, base.count + 1] },
      { kind: raw.FUNC, name: own(5), third: base.count + 2 },
      { kind: raw.STRUCT, name, vlen: 0, third: 0 },
    ],
  });
}

describe("look-up", () => {
  test.each([
    ["struct", "qstr", ["qstr"]],
    ["struct", "nothing", []],
    ["struct", "str", []],
    ["union", "qstr", []],
    ["enum", "colour", ["colour"]],
    ["enum", "wide", ["wide"]],
    ["forward", "undefined", ["undefined"]],
    ["function", "walk", ["walk"]],
    ["typedef", "u32", ["u32"]],
    ["section", ".bss", [".bss"]],
    ["void", "void", []],
  ] as const)("find(%s, %s)", (kind, name, expected) => {
    const found = btf.find(kind, name).map((id) => btf.type(id));
    expect(found.map((type) => type.kind)).toEqual(expected.map(() => kind));
    expect(found.map((type) => "name" in type && type.name)).toEqual(expected);
  });

  test("find gives all of a name, in order", () => {
    const names = "\0twice\0";
    const types = [1, 1, 0, 1].map((name) => ({ kind: raw.STRUCT, name }));
    expect(unwrap(decodeBtf(assemble({ names, types }), "twice")).find("struct", "twice")).toEqual([1, 2, 4]);
  });

  test("find knows a name that is the end of another", () => {
    const bytes = assemble({ names: "\0inner\0", types: [{ kind: raw.STRUCT, name: 3 }] });
    expect(unwrap(decodeBtf(bytes, "tail")).find("struct", "ner")).toEqual([1]);
  });

  test("no name runs on into the next one", () => {
    const bytes = assemble({ names: "\0one\0two\0", types: [{ kind: raw.STRUCT, name: 1 }] });
    const two = unwrap(decodeBtf(bytes, "two"));
    expect([two.find("struct", "one"), two.find("struct", "one\0two")]).toEqual([[1], []]);
  });

  test("both kinds of enum come in one order", () => {
    const names = "\0a\0";
    const types = [raw.ENUM64, raw.ENUM, raw.ENUM64].map((kind) => ({ kind, name: 1, third: 8 }));
    const enums = unwrap(decodeBtf(assemble({ names, types }), "enums"));
    expect(enums.find("enum", "a")).toEqual([1, 2, 3]);
    expect([...enums.names("enum")]).toEqual([1, 2, 3].map((id) => ({ name: "a", id })));
  });

  test("names leaves out the anonymous", () => {
    const names = [...btf.names("struct")].map(({ name }) => name).sort();
    expect(names).toEqual(["flags", "node", "operations", "packet", "qstr", "tagged"]);
  });

  test.each([
    ["GREEN", 5n, "colour"],
    ["BLUE", 0x80000000n, "colour"],
    ["OVERDRAWN", -1n, "balance"],
    ["INNER_B", 1n, ""],
    ["WIDE_HIGH", 1n << 40n, "wide"],
    ["DEEP_LOW", -(1n << 40n), "deep"],
    ["DEEP_HIGH", -(1n << 40n) + 1n, "deep"],
  ])("enumerator(%s)", (name, value, owner) => {
    const found = btf.enumerator(name)!;
    expect(found.value).toBe(value);
    expect(btf.type(found.type)).toMatchObject({ kind: "enum", name: owner });
  });

  test("every enumerator is named", () => {
    const names = [...btf.enumerators()];
    expect(names).toEqual(expect.arrayContaining(["GREEN", "OVERDRAWN", "INNER_B", "WIDE_HIGH", "DEEP_LOW"]));
  });

  test("no enumerator", () => expect(btf.enumerator("colour")).toBeUndefined());

  test("of a kernel: what goes through all its types finds the same, of names that end many others, too", () => {
    const [{ name, file }] = labKernels() as [LabKernel];
    const kernel = unwrap(decodeBtf(readFileSync(file), name));
    const kinds = ["struct", "union", "enum", "typedef", "function"] as const;
    const named = kinds.flatMap((kind) => [...kernel.names(kind)].map((one) => ({ ...one, kind })));
    const owners = new Map<string, number>();
    for (let id = 1; id < kernel.count; id++) {
      const type = kernel.type(id);
      for (const value of type.kind === "enum" ? type.values : [])
        if (!owners.has(value.name)) owners.set(value.name, id);
    }
    const some = <T>(all: readonly T[]) => all.filter((_, i) => i % Math.ceil(all.length / 200) === 0);
    const short = ["s", "p", "name", "device", "list", "dentry"];
    const asked = [...short, ...some(named).map((one) => one.name)];
    const ids = new Map<string, number[]>();
    for (const one of named) {
      const key = `${one.kind} ${one.name}`;
      ids.set(key, [...(ids.get(key) ?? []), one.id]);
    }
    for (const kind of kinds) {
      for (const one of asked) expect(kernel.find(kind, one)).toEqual(ids.get(`${kind} ${one}`) ?? []);
    }
    for (const one of [...short, "NONE", "MAX", ...some([...owners.keys()])])
      expect(kernel.enumerator(one)?.type).toBe(owners.get(one));
    expect(owners.size).toBeGreaterThan(1000);
  });

  test("a number that was never given out", () => {
    expect(btf.type(0)).toEqual({ kind: "void" });
    expect(() => btf.type(btf.count)).toThrow(RangeError);
    expect(() => btf.type(-1)).toThrow(RangeError);
  });

  test("split BTF: the base's first", () => {
    const base = unwrap(
      decodeBtf(
        assemble({
          names: "\0a\0A\0",
          types: [
            { kind: raw.STRUCT, name: 1 },
            { kind: raw.ENUM, third: 4, vlen: 1, rest: [3, 7] },
          ],
        }),
        "base",
      ),
    );
    const split = unwrap(
      decodeBtf(
        assemble({
          names: "A\0B\0a\0",
          types: [
            { kind: raw.STRUCT, name: 1 },
            { kind: raw.STRUCT, name: 9 },
            { kind: raw.ENUM, third: 4, vlen: 2, rest: [5, 8, 7, 9] },
          ],
        }),
        "split",
        base,
      ),
    );
    expect(split.find("struct", "a")).toEqual([1, 3, 4]);
    expect([...split.names("struct")].map(({ id }) => id)).toEqual([1, 3, 4]);
    expect([...split.names("struct", base.count)].map(({ id }) => id)).toEqual([3, 4]);
    expect([...split.names("struct", 4)].map(({ id }) => id)).toEqual([4]);
    expect(split.enumerator("A")).toEqual({ value: 7n, type: 2 });
    expect(split.enumerator("B")).toEqual({ value: 9n, type: 5 });
    expect(split.type(1)).toEqual(base.type(1));
  });
});

describe("encodings", () => {
  const minusOne = { kind: raw.ENUM, third: 4, vlen: 1, rest: [1, 0xffffffff] };
  const marked = { kind: raw.ENUM, third: 4, flag: true };
  const valueIn = (types: readonly raw.Part[], base?: Btf) =>
    unwrap(decodeBtf(assemble({ names: base ? "" : "\0A\0", types }), "enum", base)).enumerator("A")?.value;

  test("before enums had signs, they were all signed", () => {
    expect(valueIn([minusOne])).toBe(-1n);
    expect(valueIn([minusOne, marked])).toBe(0xffffffffn);
    expect(valueIn([minusOne, { kind: raw.ENUM64, third: 8 }])).toBe(0xffffffffn);
  });

  test("a module's enums are like its base's", () => {
    const base = (types: readonly raw.Part[]) =>
      unwrap(decodeBtf(assemble({ names: "\0A\0", types }), "base"));
    expect(valueIn([minusOne], base([]))).toBe(-1n);
    expect(valueIn([minusOne], base([marked]))).toBe(0xffffffffn);
  });

  test("attributes are told from tags", () => {
    const types = [false, true].map((flag) => ({ kind: raw.TYPE_TAG, name: 1, flag }));
    const tags = unwrap(decodeBtf(assemble({ names: "\0user\0", types }), "tags"));
    expect([1, 2].map((id) => tags.type(id))).toEqual([
      { kind: "typeTag", name: "user", type: 0, attribute: false },
      { kind: "typeTag", name: "user", type: 0, attribute: true },
    ]);
  });

  test("more than 65535 members, as the info word has room for", () => {
    const rest = Array.from({ length: 70_000 }, (_, i) => [0, 0, 8 * i]).flat();
    const bytes = assemble({ types: [{ kind: raw.UNION, vlen: 70_000, rest }] });
    expect(unwrap(decodeBtf(bytes, "wide")).type(1)).toMatchObject({
      kind: "union",
      members: { length: 70_000 },
    });
  });

  test("a longer header, as with a layout section", () => {
    const bytes = assemble({ types: [{ kind: raw.FWD, flag: true }], longer: 8 });
    expect(unwrap(decodeBtf(bytes, "later")).type(1)).toEqual({ kind: "forward", name: "", union: true });
  });

  test("bytes that are not aligned", () => {
    const section = unwrap(sectionOf(object, ".BTF", "types.o"))!;
    const moved = new Uint8Array(section.length + 1);
    moved.set(section, 1);
    expect(unwrap(decodeBtf(moved.subarray(1), "moved")).type(1)).toEqual(btf.type(1));
  });

  test("decoding leaves the caller's bytes alone", () => {
    const bytes = assemble({ big: true, types: [{ kind: raw.INT, third: 4, rest: [32] }] });
    const before = Uint8Array.from(bytes);
    expect(unwrap(decodeBtf(bytes, "big")).type(1)).toMatchObject({ kind: "int", size: 4, bits: 32 });
    expect(Uint8Array.from(bytes)).toEqual(before);
  });
});
