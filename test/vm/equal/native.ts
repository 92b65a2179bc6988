/** Expressions as this machine's C has them. */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { charOf } from "../../../src/bind/typename.js";
import type { Expression } from "./bpf.js";
import type { Group } from "./group.js";
import { sizeOfNamed } from "./world.js";

const here = new URL(".", import.meta.url).pathname;

/** The built-ins as C's own functions, and the kernel's macros (include/linux/kdev_t.h). */
const builtins = `
#define __user
#define NULL ((void *)0)
#define true 1
#define false 0
#define PAGE_SIZE 4096UL
#define EIO 5
#define ENOMEM 12
#define STRCMP(p, text) (strcmp((const char *)(p), text) == 0)
#define STRNCMP(p, text, n) (strncmp((const char *)(p), text, n) == 0)
#define STRPREFIX(p, text) (strncmp((const char *)(p), text, strlen(text)) == 0)
#define STRSTR(p, text) equal_holds((const char *)(p), text)
#define MKDEV(major, minor) (((major) << 20) | (minor))
#define MAJOR(dev) ((unsigned int)((dev) >> 20))
#define MINOR(dev) ((unsigned int)((dev) & ((1U << 20) - 1)))
int strcmp(const char *, const char *);
int strncmp(const char *, const char *, unsigned long);
unsigned long strlen(const char *);
char *strstr(const char *, const char *);
char *strncat(char *, const char *, unsigned long);

static int equal_holds(const char *string, const char *text)
{
	char head[256] = "";

	return strstr(strncat(head, string, 255), text) != NULL;
}
`;

/** Undefined behaviour traps, but for signed arithmetic, which wraps as in the kernel. */
const flags = [
  ...["-w", "-O0", "-std=gnu11", "-fwrapv", "-fno-strict-aliasing", "-fno-builtin"],
  ...["-fsanitize=shift-exponent,integer-divide-by-zero", "-fsanitize-undefined-trap-on-error"],
];

export function nativeText(group: Group, expressions: readonly Expression[]): string {
  const { variables } = group.world;
  const declared = variables.map(({ declared, type }, i) => {
    const bool =
      type.kind === "int" && type.bool
        ? "(_Bool)(unsigned char)"
        : `(typeof(${declared.replace(/\w+$/, "")}))`;
    return `${declared} = ${bool}arguments[${i}];`;
  });
  const functions = expressions.map(
    ({ number, text, native = text }) =>
      `static long long e${number}(const unsigned long *arguments)\n{\n\t${declared.join(" ")}\n\treturn ${group.wide ? "" : "!!"}(${native});\n}`,
  );
  const sizes = [...group.world.places.keys()].map(
    (name) => `_Static_assert(sizeof(${name}) == ${sizeOfNamed(group.world.kernel, name)}, "${name}");`,
  );
  const list = expressions.map(({ number }) => `e${number}`).join(", ");
  return [
    `#include "${group.header}"`,
    builtins,
    ...sizes,
    ...functions,
    `long long (*const expressions[])(const unsigned long *) = { ${list} };`,
    `const unsigned expression_count = ${expressions.length};`,
    "",
  ].join("\n");
}

/** Runs the expressions over the values; the file of outcomes has them in their order. */
export async function runNative(
  group: Group,
  expressions: readonly Expression[],
  folder: string,
): Promise<void> {
  const path = (ending: string) => join(folder, `${group.name}.${ending}`);
  writeFileSync(path("c"), nativeText(group, expressions));
  const char = charOf(group.world.kernel).signed ? "-fsigned-char" : "-funsigned-char";
  await execa("gcc", [...flags, char, `-I${here}`, "-o", path("native"), join(here, "native.c"), path("c")]);
  await execa(path("native"), [path("values"), path("outcomes")]);
}

/** What came of each expression over each of the values; `undefined` where C leaves it so. */
export function readOutcomes(group: Group, folder: string): (bigint | undefined)[] {
  const bytes = readFileSync(join(folder, `${group.name}.outcomes`));
  return Array.from({ length: bytes.length / 16 }, (_, i) =>
    bytes.readBigUInt64LE(i * 16 + 8) ? bytes.readBigInt64LE(i * 16) : undefined,
  );
}
