/** The same inputs give the same bytes, whoever builds them, where and when. */

import { cpSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { execa } from "execa";
import { expect, test } from "vitest";
import { packageRoot } from "../../src/root.js";
import { folder } from "../build/fixture.js";
import { injectc } from "./run.js";
import { spec } from "./specs.js";

/** A copy of what an installed package has. */
async function installed(): Promise<string> {
  const place = join(await folder(), "elsewhere");
  for (const path of [
    "package.json",
    "out/js",
    "out/inject-load",
    "src/kernel/profiles",
    "src/kernel/lab.config",
  ])
    cpSync(join(packageRoot, path), join(place, path), { recursive: true });
  // What the program does not bundle.
  cpSync(join(packageRoot, "node_modules"), join(place, "node_modules"), { recursive: true, filter: wanted });
  return place;
}

const wanted = (path: string) =>
  !/node_modules\/(@biomejs|@cyclonedx|typescript|@typescript|rolldown|@rolldown)/.test(path);

/** Builds the same spec in a folder of its own, in these surroundings, and gives the bundle. */
async function built(program: string, keys: string, umask: string, env: Readonly<Record<string, string>>) {
  const cwd = join(await folder(), "a folder");
  mkdirSync(join(cwd, "home"), { recursive: true });
  const signing = ["--sign-key", join(keys, "inject.key"), "--sign-cert", join(keys, "inject.crt")];
  const words = ["build", "-", "-k", "lab-6.12", "-k", "lab-5.10", ...signing];
  const shell = `umask ${umask}; exec "$0" "$@"`;
  const run = await execa("sh", ["-c", shell, process.execPath, program, ...words], {
    ...{ cwd, input: spec(), reject: false },
    env: { HOME: join(cwd, "home"), TMPDIR: await folder(), ...env },
  });
  expect([run.exitCode, run.stderr]).toEqual([0, ""]);
  return readFileSync(join(cwd, "bananas.bundle"));
}

test("a bundle does not depend on the place, the time, the user's mask, zone or language", {
  timeout: 300_000,
}, async () => {
  const keys = await folder();
  await injectc(["keygen", "-o", keys]);
  const here = join(packageRoot, "out/js/cli.js");
  const first = await built(here, keys, "022", { TZ: "UTC", LC_ALL: "C" });
  await setTimeout(2000);
  const second = await built(join(await installed(), "out/js/cli.js"), keys, "077", {
    ...{ TZ: "Asia/Kathmandu", LC_ALL: "de_DE.UTF-8", LANG: "tr_TR.UTF-8" },
    ...{ COLUMNS: "40", FORCE_COLOR: "1", SOURCE_DATE_EPOCH: "1" },
  });
  expect(first.length).toBeGreaterThan(1 << 20);
  expect(second.equals(first)).toBe(true);
});

test("nor does the loader in it", { timeout: 300_000 }, async () => {
  const place = join(await folder(), "a", "checkout");
  cpSync(join(packageRoot, "package.json"), join(place, "package.json"), { recursive: true });
  cpSync(join(packageRoot, "src/loader"), join(place, "src/loader"), { recursive: true });
  const out = join(place, "inject-load");
  const env = { TZ: "Asia/Kathmandu", LC_ALL: "C" };
  await execa("sh", ["-c", `umask 077; exec make -s -C src/loader OUT=${out}`], { cwd: place, env });
  expect(readFileSync(out).equals(readFileSync(join(packageRoot, "out/inject-load")))).toBe(true);
});
