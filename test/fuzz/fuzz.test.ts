/**
 * Every reader on damaged inputs. A plain run has the same cases each time; `make fuzz` has new ones, as many as
 * FUZZ_SECONDS (for each target) or FUZZ_CASES allow, from FUZZ_SEED on, of FUZZ_TARGET alone if it is given.
 */

import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, test } from "vitest";
import { lazy } from "../../src/kernel/lazy.js";
import { certificate } from "../build/pki.js";
import { loader, openLab, signed } from "../loader/lab.js";
import { bundleTargets } from "./bundles.js";
import { clusterTargets } from "./clusters.js";
import { kernelTargets } from "./kernels.js";
import { fuzz, type Target } from "./run.js";
import { specTargets } from "./specs.js";

const { FUZZ_TARGET, FUZZ_SEED, FUZZ_CASES, FUZZ_SECONDS } = process.env;
const seed = Number(FUZZ_SEED || 1);
const seconds = Number(FUZZ_SECONDS || 600);

const all = [...specTargets, ...kernelTargets, ...bundleTargets, ...clusterTargets];
const targets = all.filter(({ name }) => !FUZZ_TARGET || name === FUZZ_TARGET);

const lab = await openLab();

/** loader.c, a sound bundle for it whose signer two others stand behind, and those who are trusted, the last of them not in vain. */
const drive = lazy(async () => {
  const driver = await loader("fuzz", { asan: true, main: join(import.meta.dirname, "loader.c") });
  const folder = lab.path(".");
  const authority = { key: "ec -pkeyopt ec_paramgen_curve:P-256", authority: true, uses: "keyCertSign" };
  await certificate(folder, "root", authority);
  await certificate(folder, "outer", { ...authority, issuer: "root" });
  await certificate(folder, "inner", { ...authority, issuer: "outer" });
  await certificate(folder, "end", { issuer: "inner" });
  const at = (name: string) => lab.path(`${name}.crt`);
  const others = ["outer", "inner"].flatMap((name) => ["-certfile", at(name)]);
  const bundle = await lab.bundle(
    undefined,
    signed({ key: lab.path("end.key"), certificate: at("end") }, ...others),
  );
  return { driver, bundle, trusted: [lab.trusted.certificate, at("root")] };
});

describe.runIf(targets.length > 0)("damaged input", () => {
  test.each(targets.map((target) => [target.name, target] as const))(
    "%s",
    { timeout: (seconds + 600) * 1000 },
    async (_name, target) => {
      const cases = FUZZ_CASES ? Number(FUZZ_CASES) : FUZZ_SECONDS ? Number.MAX_SAFE_INTEGER : target.cases;
      expect(await fuzz(target, { seed, cases, seconds })).toBeGreaterThan(0);
    },
  );
});

/** What loader.c knows. */
const ofLoader = ["tar", "manifest", "signature", "bundle"].filter(
  (name) => !FUZZ_TARGET || FUZZ_TARGET === `loader-${name}`,
);

describe.runIf(ofLoader.length > 0)("damaged input to the loader, under sanitizers", () => {
  test.each(ofLoader)("loader-%s", { timeout: (seconds + 600) * 1000 }, async (name) => {
    const { driver, bundle, trusted } = await drive();
    const cases = FUZZ_CASES || (FUZZ_SECONDS ? Number.MAX_SAFE_INTEGER : 2000);
    const words = [name, seed, cases, seconds, bundle, ...trusted].map(String);
    const { exitCode, stdout, stderr } = await execa(driver, words, { reject: false });
    if (exitCode !== 0)
      throw new Error(`loader-${name}: ${stdout}; with FUZZ_CASES=1, alone\n${stderr.slice(-3000)}`);
    const [done = 0, taken = done] = (stdout.match(/\d+/g) ?? []).map(Number);
    expect(done).toBeGreaterThan(0);
    // Damage that does nothing is rare.
    if (done > 100) expect(taken).toBeLessThan(done / 2);
  });
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
