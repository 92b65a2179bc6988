/** What predicates are told of macros that are numbers, held against the headers themselves by a compiler. */

import { execa } from "execa";
import { expect, test } from "vitest";
import { values } from "../../src/bind/macros.js";

const headers = ["fcntl", "sys/stat", "sys/mman", "sys/mount", "sys/socket", "limits", "linux/limits"];

/** The compiler's complaints where each name is to be its value. */
async function complaints(rows: Iterable<readonly [string, string]>): Promise<string> {
  const includes = headers.map((header) => `#include <${header}.h>\n`).join("");
  const asserts = [...rows].map(([name, value]) => `_Static_assert((${name}) == (${value}), "${name}");\n`);
  const input = `#define _GNU_SOURCE\n${includes}${asserts.join("")}`;
  const ran = await execa("gcc", ["-fsyntax-only", "-xc", "-"], { input, reject: false });
  return ran.stderr;
}

test("macros have the values that predicates are told", async () => {
  expect(await complaints(values)).toBe("");
  expect(await complaints([["O_CREAT", "0101"]])).toContain("O_CREAT");
});
