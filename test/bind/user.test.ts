/** Pointers that the kernel's own types call user memory, as clang writes them. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openKernel } from "../../src/kernel/open.js";
import { compile, unwrap } from "../btf/fixture.js";
import { bindText, framed } from "./spec.js";

const folder = mkdtempSync(join(tmpdir(), "injectc-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

const types = `
#define __user __attribute__((btf_type_tag("user")))
typedef unsigned gfp_t;
struct kmem_cache { int object_size; };
int should_failslab(struct kmem_cache *s, gfp_t gfpflags) { return s->object_size + gfpflags; }
struct request { const char __user *name; char *const __user *list; const char *kernel; };
int take(const char __user *from, struct request *r, const char *kernel) { return from && r->name && kernel; }
`;

const path = join(folder, "types.o");
writeFileSync(path, compile(types));
const kernel = unwrap(await openKernel(`6.1=${path}`, { search: [] }));

test.each([
  ["from", "user"],
  ["from + 1", "user"],
  ["r->name", "user"],
  ["r->list[1]", "user"],
  ["(char *)r->list", "user"],
  ["r->kernel", "kernel"],
  ["kernel", "kernel"],
])("%s leads to %s memory", (pointer, access) => {
  const plan = bindText(framed(`STRCMP(${pointer}, "x")`, "take"), [kernel]);
  const [frame] = plan.ok ? plan.value.variants[0]!.frames : [];
  expect(frame?.when?.test).toMatchObject({ kind: "equals", access });
});
