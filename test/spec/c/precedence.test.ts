/** Operators bind as in C: with the brackets that C needs, and with all that there could be, it is the same tree. */

import { expect, test } from "vitest";
import { wholeFragment } from "../../../src/source.js";
import { parsePredicate } from "../../../src/spec/c/parse.js";
import { profile } from "../../bind/spec.js";
import { generate } from "../../vm/equal/generate.js";
import { integers, must, variablesOf } from "../../vm/equal/group.js";
import { seeded } from "../random.js";

const kernel = await profile("lab-6.12");
const variables = variablesOf(
  "d_alloc_parallel",
  ["struct dentry *parent", "const struct qstr *name"],
  kernel,
);
const world = {
  ...{ kernel, variables, integers, constants: ["true", "ENOMEM"], mark: "__user " },
  ...{
    places: new Map([
      ["struct dentry", [0]],
      ["struct inode", [0]],
    ]),
    trusted: false,
    flexible: false,
  },
};

/** The tree without places, as text. */
function tree(text: string): string {
  const { expression } = must(parsePredicate(wholeFragment({ name: "p", text }), ["parent", "name"]));
  const plain = (key: string, value: unknown) =>
    key === "span" || key === "operatorSpan" ? undefined : typeof value === "bigint" ? `${value}` : value;
  return JSON.stringify(expression, plain);
}

test("expressions made up at random", () => {
  const made = Array.from({ length: 2000 }, (_, seed) => generate(world, seeded(seed)));
  // The depth of brackets is limited.
  const shallow = made.filter(({ full }) => full.length < 600);
  expect(shallow.length).toBeGreaterThan(1000);
  for (const { least, full } of shallow) expect(tree(least), least).toBe(tree(full));
});

test.each([
  ["1 - 2 - 3", "1 - (2 - 3)"],
  ["1 | 2 ^ 3 & 4", "((1 | 2) ^ 3) & 4"],
  ["1 == 2 < 3", "(1 == 2) < 3"],
  ["-1 << 2", "-(1 << 2)"],
  ["(int)1 + 2", "(int)(1 + 2)"],
  ["1 ? 2 : 3 ? 4 : 5", "(1 ? 2 : 3) ? 4 : 5"],
])("%s is not %s", (a, b) => {
  expect(tree(a)).not.toBe(tree(b));
});
