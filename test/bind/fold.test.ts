/** What is constant has the value that gcc's C gives it: expressions without anything else, made up at random. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { typeExpression } from "../../src/bind/expression.js";
import { constantOf } from "../../src/bind/lower.js";
import type { Scope } from "../../src/bind/scope.js";
import { wholeFragment } from "../../src/source.js";
import { parsePredicate } from "../../src/spec/c/parse.js";
import { seeded } from "../spec/random.js";
import { valuesFile } from "../vm/equal/equal.js";
import { generate } from "../vm/equal/generate.js";
import { type Group, integers, must } from "../vm/equal/group.js";
import { readOutcomes, runNative } from "../vm/equal/native.js";
import { fill } from "../vm/equal/world.js";
import { profile } from "./spec.js";

const count = 2000;

test.each([
  "lab-5.10",
  "lab-6.12",
])("constant expressions of %s, whose char has a sign or none", async (name) => {
  const kernel = await profile(name);
  const folder = mkdtempSync(join(tmpdir(), "injectc-fold-"));
  const constants = ["true", "false", "PAGE_SIZE", "ENOMEM", "EIO"];
  const world = {
    kernel,
    constants,
    integers,
    variables: [],
    places: new Map(),
    mark: "",
    trusted: false,
    flexible: false,
  };
  const group: Group = {
    name,
    world,
    backend: "override",
    fault: "",
    target: "",
    syscall: false,
    wide: true,
    header: "fixture.h",
  };
  const expressions = Array.from({ length: count }, (_, number) => ({
    number,
    text: generate(world, seeded(number)).least,
  }));
  writeFileSync(join(folder, `${name}.values`), valuesFile([fill(world, seeded(1))]));
  await runNative(group, expressions, folder);
  const outcomes = readOutcomes(group, folder);
  rmSync(folder, { recursive: true });
  const wrong: string[] = [];
  let known = 0;
  for (const [i, { text }] of expressions.entries()) {
    const scope: Scope = {
      ...{
        kernel,
        kernels: [kernel],
        btf: kernel.btf,
        variables: new Map(),
        reads: new Set(),
        numbers: new Set(),
      },
      ...{ values: new Map(), taken: new Set(), diagnostics: [] },
    };
    const typed = typeExpression(must(parsePredicate(wholeFragment({ name: "p", text }))).expression, scope);
    const value = constantOf(typed);
    const native = outcomes[i];
    if (value === undefined || native === undefined) continue;
    known++;
    if (BigInt.asIntN(64, value) !== native) wrong.push(`${text}: ${value}, not ${native}`);
  }
  expect(wrong).toEqual([]);
  expect(known).toBeGreaterThan(count / 2);
});
