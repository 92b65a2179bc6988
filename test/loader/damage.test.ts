import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { loader, openLab, signed } from "./lab.js";

const lab = await openLab();
const damage = await loader("damage", { asan: true, main: join(import.meta.dirname, "damage.c") });
const program = await loader("inject-load-asan", { asan: true });

test.each([
  ["P-256 and attributes, as openssl signs by itself", [], []],
  ["RSA without attributes, as injectc signs", ["-newkey", "rsa:2048"], ["-noattr", "-nosmimecap"]],
])("no damage to a bundle is taken, nor breaks the loader: %s", async (name, kind, words) => {
  const signer = await lab.signer(name.slice(0, 5), ...kind);
  const bundle = await lab.bundle(undefined, signed(signer, ...words));
  const run = await execa(damage, [bundle, signer.certificate, "20261124", "1000"], { stderr: "ignore" });
  const [flips, mangled, parsed] = (run.stdout.match(/\d+/g) ?? []).map(Number);
  // The signature is tried at every byte; some mangled manifests stay well-formed, most do not.
  expect(flips).toBeGreaterThan(1000);
  expect(mangled).toBe(1000);
  expect(parsed).toBeGreaterThan(0);
  expect(parsed).toBeLessThan(500);
});

test("the loader runs clean under sanitizers from its first line to its last", async () => {
  const bundle = await lab.bundle();
  for (const words of [[], ["--all", "--pid", "1"], ["--uid", "0", "--pid", `${process.pid}`]]) {
    const run = await execa(program, [bundle, "--trust", lab.trusted.certificate, ...words], {
      reject: false,
    });
    expect(run.stderr).not.toMatch(/Sanitizer|runtime error/);
    expect([1, 2]).toContain(run.exitCode);
  }
});
