/**
 * Every reader on damaged inputs. A plain run has the same cases each time; `make fuzz` has new ones, as many as
 * FUZZ_SECONDS (for each target) or FUZZ_CASES allow, from FUZZ_SEED on, of FUZZ_TARGET alone if it is given.
 */

import { describe, expect, test } from "vitest";
import { bundleTargets } from "./bundles.js";
import { kernelTargets } from "./kernels.js";
import { fuzz, type Target } from "./run.js";
import { specTargets } from "./specs.js";

const { FUZZ_TARGET, FUZZ_SEED, FUZZ_CASES, FUZZ_SECONDS } = process.env;
const seed = Number(FUZZ_SEED || 1);
const seconds = Number(FUZZ_SECONDS || 600);

const all = [...specTargets, ...kernelTargets, ...bundleTargets];
const targets = all.filter(({ name }) => !FUZZ_TARGET || name === FUZZ_TARGET);

describe("damaged input", () => {
  test.each(targets.map((target) => [target.name, target] as const))(
    "%s",
    { timeout: (seconds + 600) * 1000 },
    async (_name, target) => {
      const cases = FUZZ_CASES ? Number(FUZZ_CASES) : FUZZ_SECONDS ? Number.MAX_SAFE_INTEGER : target.cases;
      expect(await fuzz(target, { seed, cases, seconds })).toBeGreaterThan(0);
    },
  );
});

test("a broken law is reported with its seed and the least input that breaks it", async () => {
  const target: Target = {
    name: "broken",
    form: "text",
    cases: 1,
    corpus: () => [Buffer.from("abcdefgh ".repeat(50))],
    run: (input) => {
      if (Buffer.from(input).includes("é")) throw new Error("there it is");
    },
  };
  const failure = fuzz(target, { seed: 1, cases: 10_000, seconds: 600 });
  await expect(failure).rejects.toThrow(
    /there it is\n {2}seed: \d+ \(make fuzz .*\n {2}input: "é" \(.*out\/fuzz\/broken/,
  );
});
