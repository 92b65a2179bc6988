/**
 * C's conversions and precedence: expressions made up at random, and some by hand, have the same value in C as gcc
 * compiles it for this machine and in the BPF that injectc makes of them, as a real kernel runs it. EQUAL_COUNT is how many
 * each group of types has, EQUAL_SEED where their seeds start, EQUAL_GROUPS which groups, EQUAL_KERNEL the lab kernel.
 */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { kernelImage } from "../engine/lab.js";
import { compare } from "./equal.js";
import { fixtureGroups } from "./fixture.js";
import { kernelGroups } from "./vmlinux.js";

const count = Number(process.env.EQUAL_COUNT ?? 150);
const seed = Number(process.env.EQUAL_SEED ?? 1);
const image = kernelImage(process.env.EQUAL_KERNEL ?? "lab-6.12");
const only = process.env.EQUAL_GROUPS?.split(",");

/** Told apart from everything else by what is wrong with it. */
const wrong = { text: "2 + 2", native: "5" };

test("an expression has the same value in native C and in BPF", { timeout: 7_200_000 }, async () => {
  const folder = process.env.EQUAL_FOLDER ?? mkdtempSync(join(tmpdir(), "injectc-equal-"));
  try {
    const all = [...(await fixtureGroups(folder)), ...(await kernelGroups(folder, image))];
    const groups = all.filter((g) => !only || only.includes(g.name));
    const outcome = await compare(groups, { image, count, seed, given: [wrong], folder });
    const { expressions, compared, different } = outcome;
    console.log(
      `seed ${seed}: ${expressions} expressions, ${compared} values, ${outcome.undefined} undefined in C`,
    );
    const found = different.filter((d) => d.text !== wrong.text);
    const bad = [...outcome.refused, ...found.map((d) => d.told)];
    expect(bad.join("\n\n"), `${outcome.refused.length} are refused, ${found.length} differ`).toBe("");
    // A difference is seen where there is one.
    expect(different.length).toBe(groups.filter((g) => g.wide).length);
    expect(expressions).toBe(groups.length * (count + 1));
    expect(outcome.undefined).toBeLessThan(compared / 10);
  } finally {
    if (!process.env.EQUAL_FOLDER) rmSync(folder, { recursive: true });
  }
});
