import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Btf, BtfKind } from "../../src/btf/btf.js";
import { decodeBtf } from "../../src/btf/decode.js";
import { declaration, definition, prototype, typeName } from "../../src/btf/print.js";
import { readBtf } from "../../src/btf/read.js";
import { findMember } from "../../src/btf/resolve.js";
import * as raw from "./assemble.js";
import { assemble } from "./assemble.js";
import { compile, fixture, inFolder, labKernels, unwrap } from "./fixture.js";

const btf = unwrap(readBtf(compile(fixture("types.c")), "types.o"));
const idOf = (kind: BtfKind, name: string) => btf.find(kind, name)[0]!;

describe("types in one line", () => {
  test.each([
    ["qstr", "name", "const unsigned char *", "const unsigned char *name"],
    ["packet", "names", "struct qstr [2]", "struct qstr names[2]"],
    ["packet", "owners", "struct { ... } [3]", "struct { ... } owners[3]"],
    ["packet", "data", "char []", "char data[]"],
    ["node", "first", "struct node *const *volatile", "struct node *const *volatile first"],
    ["node", "hidden", "struct undefined *", "struct undefined *hidden"],
    ["node", "unseen", "union unknown *", "union unknown *unseen"],
    ["node", "inner", "enum { ... }", "enum { ... } inner"],
    ["node", "both", "const volatile int", "const volatile int both"],
    ["node", "only", "char *restrict", "char *restrict only"],
    ["node", "matrix", "int [2][3]", "int matrix[2][3]"],
    ["node", "rows", "int (*)[3]", "int (*rows)[3]"],
    ["node", "cells", "int *[3]", "int *cells[3]"],
    ["node", "big", "__int128", "__int128 big"],
    ["operations", "open", "int (*)(struct node *, const char *, int)", null],
    ["operations", "close", "void (*)(void)", "void (*close)(void)"],
    ["operations", "print", "int (*)(const char *, ...)", null],
    [
      "operations",
      "find",
      "struct node *(*(*)(struct qstr *))(int)",
      "struct node *(*(*find)(struct qstr *))(int)",
    ],
    ["operations", "table", "void (*[4])(u32)", "void (*table[4])(u32)"],
    ["tagged", "text", "const char __user *", "const char __user *text"],
    ["tagged", "list", "char *__user *", "char *__user *list"],
    ["tagged", "number", 'int __attribute__((btf_type_tag("odd \\"one\\""))) *', null],
  ])("%s.%s", (struct, field, name, declared) => {
    const { type } = findMember(btf, idOf("struct", struct), field)!.at(-1)!.member;
    expect(typeName(btf, type)).toBe(name);
    if (declared) expect(declaration(btf, type, field)).toBe(declared);
  });

  test("void", () => expect(typeName(btf, 0)).toBe("void"));

  test.each([
    ["walk", "struct node *walk(struct node *start, const struct qstr *name, enum colour colour)"],
    ["take", "int take(char __user *from)"],
    ["rest", "void rest(void)"],
  ])("prototype of %s", (name, text) => expect(prototype(btf, idOf("function", name))).toBe(text));

  test("only functions have prototypes", () => {
    expect(() => prototype(btf, idOf("struct", "node"))).toThrow(RangeError);
  });
});

describe("types that clang does not make", () => {
  const printed = (types: readonly raw.Part[], names = "\0") =>
    typeName(unwrap(decodeBtf(assemble({ types, names }), "hand-made")), 1);

  test("an attribute that is no tag", () => {
    const types = [
      { kind: raw.PTR, third: 2 },
      { kind: raw.TYPE_TAG, name: 1, flag: true },
    ];
    expect(printed(types, "\0address_space(1)\0")).toBe("void __attribute__((address_space(1))) *");
  });

  test("a function that does not return, as GCC marks it", () => {
    const types = [{ kind: raw.PTR, third: 2 }, { kind: raw.VOLATILE, third: 3 }, { kind: raw.PROTO }];
    expect(printed(types)).toBe("void (*)(void)");
  });

  test("a constant array has constant elements", () => {
    const types = [
      { kind: raw.CONST, third: 2 },
      { kind: raw.ARRAY, rest: [3, 4, 2] },
      { kind: raw.PTR, third: 0 },
      { kind: raw.INT, third: 4, rest: [32] },
    ];
    expect(printed(types)).toBe("void *const [2]");
  });

  test("names cannot steer the terminal", () => {
    const name = "a\nb\u001b[2J\u007f";
    expect(printed([{ kind: raw.STRUCT, name: 1 }], `\0${name}\0`)).toBe("struct a\\nb\\u001b[2J\\u007f");
  });

  test("prototypes that name each other come to an end", () => {
    const types = [
      { kind: raw.PTR, third: 2 },
      { kind: raw.PROTO, third: 1, vlen: 2, rest: [0, 1, 0, 1] },
    ];
    expect(printed(types)).toMatch(/^\.\.\. .*\.\.\./);
  });

  test("a struct of thousands of them does, too", () => {
    const types = [
      { kind: raw.STRUCT, vlen: 5000, rest: Array(5000).fill([0, 2, 0]).flat() },
      { kind: raw.PTR, third: 3 },
      { kind: raw.PROTO, third: 2, vlen: 2, rest: [0, 2, 0, 2] },
    ];
    const text = definition(unwrap(decodeBtf(assemble({ types }), "hand-made")), 1);
    expect(text.split("\n").length).toBe(5002);
    expect(text.length).toBeLessThan(1_000_000);
  });
});

const definitions: readonly (readonly [BtfKind, string, string])[] = [
  [
    "struct",
    "qstr",
    `struct qstr {
	union {                    /* 0 */
		struct {           /* 0 */
			u32 hash;  /* 0 */
			u32 len;   /* 4 */
		};
		u64 hash_len;      /* 0 */
	};
	const unsigned char *name; /* 8 */
};                                 /* 16 bytes */`,
  ],
  [
    "struct",
    "flags",
    `struct flags {
	u32 before;    /* 0 */
	u32 locked:1;  /* 4:0 */
	u32 mode:3;    /* 4:1 */
	int balance:4; /* 4:4 */
	_Bool done:1;  /* 5:0 */
	u64 after;     /* 8 */
};                     /* 16 bytes */`,
  ],
  [
    "struct",
    "packet",
    `struct packet {
	u32 length;            /* 0 */
	struct qstr names[2];  /* 8 */
	struct {               /* 40 */
		u32 key;       /* 40 */
		char comm[16]; /* 44 */
	} owners[3];
	struct {               /* 104 */
		u32 key;       /* 0 */
		char comm[16]; /* 4 */
	} *last;
	char data[];           /* 112 */
};                             /* 112 bytes */`,
  ],
  [
    "typedef",
    "atomic_t",
    `typedef struct {
	int counter; /* 0 */
} atomic_t;          /* 4 bytes */`,
  ],
  ["typedef", "u32", "typedef unsigned int u32; /* 4 bytes */"],
  [
    "enum",
    "deep",
    `enum deep {
	DEEP_LOW = -1099511627776,
	DEEP_HIGH = -1099511627775,
}; /* 8 bytes */`,
  ],
  ["function", "rest", "void rest(void);"],
  ["forward", "unknown", "union unknown;"],
  ["variable", "quiet", "volatile int quiet; /* 4 bytes */"],
  ["int", "unsigned int", "unsigned int; /* 4 bytes */"],
];

describe("definitions", () => {
  test.each(definitions)("%s %s", (kind, name, text) => {
    expect(definition(btf, idOf(kind, name))).toBe(text);
  });

  test("a comment behind a long line does not move the others", () => {
    const long = "x".repeat(100);
    const types = [
      { kind: raw.STRUCT, vlen: 2, third: 2, rest: [1, 2, 0, 102, 2, 8] },
      { kind: raw.INT, name: 104, third: 1, rest: [8] },
    ];
    const made = unwrap(decodeBtf(assemble({ types, names: `\0${long}\0y\0char\0` }), "long"));
    const [, first, second] = definition(made, 1).split("\n");
    expect(first).toBe(`\tchar ${long}; /* 0 */`);
    expect(second).toBe(`\tchar y;${" ".repeat(49)} /* 1 */`);
  });

  test("anonymous types that multiply come to an end", () => {
    // Each holds the next twice: 2^40 in all.
    const types = Array.from({ length: 40 }, (_, i) => {
      return { kind: raw.STRUCT, vlen: 2, rest: [0, i + 2, 0, 0, i + 2, 0] };
    });
    const made = unwrap(decodeBtf(assemble({ types: [...types, { kind: raw.STRUCT }] }), "doubling"));
    const lines = definition(made, 1).split("\n");
    expect(lines.length).toBeLessThan(50_000);
    expect(lines.some((line) => line.includes("struct { ... };"))).toBe(true);
  });

  test("a struct that holds itself comes to an end", () => {
    const made = unwrap(
      decodeBtf(assemble({ types: [{ kind: raw.STRUCT, vlen: 1, rest: [0, 1, 8] }] }), "self"),
    );
    expect(definition(made, 1)).toContain("struct { ... };");
  });

  test("clang reads them back as the same types", () => {
    const tagged = '#define __user __attribute__((btf_type_tag("user")))\n';
    const typedefs = ["u32", "u64", "atomic_t"];
    const enums = ["colour", "wide", "deep"];
    const structs = ["qstr", "flags", "packet", "node", "operations", "tagged"];
    const functions = ["walk", "take"];
    const print = (from: Btf, kind: BtfKind, names: readonly string[]) =>
      names.map((name) => definition(from, from.find(kind, name)[0]!));
    const all = (from: Btf) => [
      ...print(from, "typedef", typedefs),
      ...print(from, "enum", enums),
      ...print(from, "struct", structs),
      ...print(from, "function", functions),
    ];
    const printed = all(btf);
    const uses = [
      ...["u64", ...enums.map((name) => `enum ${name}`), ...structs.map((name) => `struct ${name}`)].map(
        (type, i) => `${type} use${i};`,
      ),
      ...print(btf, "function", functions).map((text) => text.replace(/;$/, " { return 0; }")),
    ];
    const again = unwrap(readBtf(compile([tagged, ...printed, ...uses].join("\n")), "printed.o"));
    expect(all(again)).toEqual(printed);
  });
});

test("every prototype of a kernel is C that clang takes, given the types as bpftool prints them", () => {
  const { name, file } = labKernels()[0]!;
  const kernel = unwrap(decodeBtf(readFileSync(file), name));
  const tags = ["user", "rcu", "percpu"].map(
    (tag) => `#define __${tag} __attribute__((btf_type_tag("${tag}")))`,
  );
  const functions = [...kernel.names("function")];
  expect(functions.length).toBeGreaterThan(10_000);
  // Names of their own: a kernel has static functions of one name and several types.
  const prototypes = functions.map(({ name, id }) => {
    return `${prototype(kernel, id).replace(`${name}(`, `f${id}(`)};`;
  });
  inFolder((folder) => {
    const types = execFileSync("bpftool", ["btf", "dump", "file", file, "format", "c"], {
      maxBuffer: 2 ** 28,
    });
    writeFileSync(join(folder, "types.h"), types);
    const c = ['#include "types.h"', ...tags, ...prototypes].join("\n");
    const options = ["-target", "bpf", "-fsyntax-only", "-w", `-I${folder}`, "-xc", "-"];
    execFileSync("clang-19", options, { input: c, stdio: ["pipe", "ignore", "pipe"] });
  });
});
