import { expect, test } from "vitest";
import { isColoured, withColor } from "../../src/cli/color.js";

test.each<[string, string]>([
  ["check a.yaml", "check a.yaml"],
  ["--color check a.yaml", "--color=always check a.yaml"],
  ["check a.yaml --color", "check a.yaml --color=always"],
  ["check --color never a.yaml", "check --color never a.yaml"],
  ["check --color=auto a.yaml", "check --color=auto a.yaml"],
  ["check --no-color", "check --color=never"],
  ["boot a.yaml -- --color --no-color", "boot a.yaml -- --color --no-color"],
])("%s means %s", (given, meant) => {
  expect(withColor(given.split(" ")).join(" ")).toBe(meant);
});

test.each<[string, Parameters<typeof isColoured>, boolean]>([
  ["a terminal", [undefined, { isTTY: true }, {}], true],
  ["a file", [undefined, {}, {}], false],
  ["a simple terminal", ["auto", { isTTY: true }, { TERM: "dumb" }], false],
  ["NO_COLOR", ["auto", { isTTY: true }, { NO_COLOR: "1" }], false],
  ["an empty NO_COLOR", ["auto", { isTTY: true }, { NO_COLOR: "" }], true],
  ["FORCE_COLOR", ["auto", {}, { FORCE_COLOR: "1" }], true],
  ["FORCE_COLOR=0", ["auto", { isTTY: true }, { FORCE_COLOR: "0" }], false],
  ["both", ["auto", { isTTY: true }, { FORCE_COLOR: "1", NO_COLOR: "1" }], false],
  ["the option, always", ["always", {}, { NO_COLOR: "1" }], true],
  ["the option, never", ["never", { isTTY: true }, { FORCE_COLOR: "1" }], false],
])("%s", (_, words, expected) => {
  expect(isColoured(...words)).toBe(expected);
});
