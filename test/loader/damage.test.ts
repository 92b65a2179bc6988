import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { entriesOf } from "../build/attack.js";
import { wholeBundle } from "../build/whole.js";
import { listing, loader, openLab, signed } from "./lab.js";

const lab = await openLab();
const main = join(import.meta.dirname, "damage.c");
const damage = await loader("damage", { main });
const watched = await loader("damage-asan", { asan: true, main });
const program = await loader("inject-load-asan", { asan: true });

/** What damage.c says: the numbers in it. */
async function damaged(driver: string, bundle: string, trust: string, step: number, sample = 2 ** 30) {
  const words = [bundle, trust, "20261124", `${step}`, `${sample}`];
  const { stdout } = await execa(driver, words, { stderr: "ignore" });
  const [changes = 0, cuts = 0, size = 0] = (stdout.match(/\d+/g) ?? []).map(Number);
  expect(size).toBe(statSync(bundle).size);
  return { changes, cuts, size };
}

test.each<[string, string[], string[]]>([
  ["P-256 and attributes, as openssl signs by itself", [], []],
  ["RSA without attributes, as injectc signs", ["-newkey", "rsa:2048"], ["-noattr", "-nosmimecap"]],
])(
  "no byte of a bundle can be another, nor breaks the loader: %s",
  { timeout: 600_000 },
  async (name, kind, words) => {
    const signer = await lab.signer(name.slice(0, 5), ...kind);
    const bundle = await lab.bundle(
      ({ manifest, files }) => {
        // What a file holds is one to the hash; a short one has as many ways to be wrong.
        files.set("objects/bananas.bpf.o", Buffer.alloc(100, "x"));
        manifest.files = listing(files);
      },
      signed(signer, ...words),
    );
    const every = await damaged(damage, bundle, signer.certificate, 1);
    expect(every.changes).toBe(every.size);
    // Under sanitizers all is slow.
    const some = await damaged(watched, bundle, signer.certificate, 23);
    expect(some.changes).toBe(Math.ceil(every.size / 23));
  },
);

test("nor of a whole one, with a loader and skeletons: each but those that the manifest's hashes are over, and of these some", {
  timeout: 600_000,
}, async () => {
  const { bundle, certificate } = await wholeBundle(lab.path("whole"));
  const rest = entriesOf(readFileSync(bundle)).slice(2);
  const hashed = rest.reduce((sum, { data }) => sum + data.length, 0);
  const { changes, cuts, size } = await damaged(damage, bundle, certificate, 1, 40);
  console.info(`the loader refused ${changes} changes and ${cuts} cuts to a bundle of ${size} bytes`);
  expect(changes).toBeGreaterThan(size - hashed + 20 * rest.length);
  expect((await damaged(watched, bundle, certificate, 23, 4)).changes).toBeGreaterThan((size - hashed) / 24);
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
