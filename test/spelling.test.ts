import { describe, expect, it } from "vitest";
import { nearest, oneOfThese } from "../src/spelling.js";

const rows: readonly (readonly [word: string, candidates: readonly string[], nearest: string | undefined])[] =
  [
    ["nam", ["name", "hash"], "name"],
    ["naem", ["name", "hash"], "name"],
    ["failKernRequst", ["failKernRequest", "selector"], "failKernRequest"],
    ["fail_kern_request", ["failKernRequest"], "failKernRequest"],
    ["KERNELCHAOS", ["KernelChaos"], "KernelChaos"],
    ["ENOMME", ["ENOMEM", "ENOENT"], "ENOMEM"],
    ["d_aloc_paralel", ["d_alloc", "d_alloc_parallel"], "d_alloc_parallel"],
    ["abc", ["abd", "abe"], "abd"],
    ["abcd", ["abxy", "abcx"], "abcx"],
    ["x", ["y", "z"], undefined],
    ["name", ["name"], undefined],
    ["parameters", ["predicate"], undefined],
    ["", ["a"], undefined],
    ["a".repeat(100_000), ["a", "b".repeat(100_000)], undefined],
  ];

describe("nearest", () => {
  it.each(rows)("%s", (word, candidates, expected) => {
    expect(nearest(word, candidates)).toBe(expected);
  });
});

describe("oneOfThese", () => {
  it.each([
    ["alow", ["did you mean `Allow`?"]],
    ["x", ["there are `Forbid`, `Allow`"]],
  ])("%s", (word, help) => {
    expect(oneOfThese(word, ["Forbid", "Allow", ""])).toEqual(help);
  });
});
