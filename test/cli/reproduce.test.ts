/** The same inputs give the same bytes, whoever builds them, where and when; diffoscope looks for what would tell. */

import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { packageRoot } from "../../src/root.js";
import { entriesOf, packed } from "../build/attack.js";
import { folder } from "../build/fixture.js";
import { injectc } from "./run.js";
import { spec } from "./specs.js";

/** Somebody, somewhere, some day: words of the shell before the program's, and their environment. */
interface Surroundings {
  readonly program: string;
  readonly shell: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Debian's `nobody`. */
const stranger = "65534";
const asStranger = `umask 077; exec setpriv --reuid ${stranger} --regid ${stranger} --clear-groups faketime '+400 days' "$0" "$@"`;
const elsewhere = {
  ...{ TZ: "Asia/Kathmandu", LC_ALL: "de_DE.UTF-8", LANG: "tr_TR.UTF-8" },
  ...{ COLUMNS: "40", FORCE_COLOR: "1", SOURCE_DATE_EPOCH: "1" },
};

/** A copy of what an installed package has, for everybody. */
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
  await execa("chmod", ["-R", "a+rX", join(place, "..")]);
  return place;
}

const wanted = (path: string) =>
  !/node_modules\/(@biomejs|@cyclonedx|typescript|@typescript|rolldown|@rolldown)/.test(path);

/** Builds the same spec in a folder of its own, in these surroundings, and gives the bundle's path. */
async function built(keys: string, { program, shell, env }: Surroundings): Promise<string> {
  const place = await folder();
  const cwd = join(place, "a folder");
  for (const path of ["home", "tmp"]) mkdirSync(join(cwd, path), { recursive: true });
  cpSync(keys, join(cwd, "keys"), { recursive: true });
  if (shell === asStranger) await execa("chown", ["-R", stranger, place]);
  const signing = ["--sign-key", "keys/inject.key", "--sign-cert", "keys/inject.crt", "--skeletons"];
  const words = ["build", "-", "-k", "lab-6.12", "-k", "lab-5.10", ...signing];
  const run = await execa("sh", ["-c", shell, process.execPath, program, ...words], {
    ...{ cwd, input: spec(), reject: false },
    env: { HOME: join(cwd, "home"), TMPDIR: join(cwd, "tmp"), ...env },
  });
  expect([run.exitCode, run.stderr]).toEqual([0, ""]);
  return join(cwd, "bananas.bundle");
}

/** Its exit status and its words; it looks into tars and objects, and compares what it finds there. */
async function diffoscope(one: string, other: string) {
  const { exitCode, stdout } = await execa("diffoscope", [one, other], { reject: false });
  return { exit: exitCode, says: stdout };
}

const same = { exit: 0, says: "" };

test("a bundle does not depend on who builds it, where, when, in which language, zone and mask", {
  timeout: 300_000,
}, async () => {
  const keys = await folder();
  await injectc(["keygen", "-o", keys]);
  const first = await built(keys, {
    program: join(packageRoot, "out/js/cli.cjs"),
    shell: `umask 022; exec "$0" "$@"`,
    env: { TZ: "UTC", LC_ALL: "C" },
  });
  const second = await built(keys, {
    program: join(await installed(), "out/js/cli.cjs"),
    shell: asStranger,
    env: elsewhere,
  });
  expect(await diffoscope(first, second)).toEqual(same);
  const bytes = readFileSync(first);
  expect(bytes.length).toBeGreaterThan(1 << 20);
  expect(bytes.equals(readFileSync(second))).toBe(true);

  // That nothing is found says something only because this is.
  const leaky = packed(
    entriesOf(bytes).map(({ path, data, ...rest }) =>
      path.endsWith("x86_64.bpf.c")
        ? { path, data: Buffer.concat([data, Buffer.from("/* /home/me */\n")]), ...rest }
        : { path, data, ...rest },
    ),
  );
  const third = join(await folder(), "leaky.bundle");
  writeFileSync(third, leaky);
  const found = await diffoscope(first, third);
  expect(found.exit).toBe(1);
  expect(found.says).toMatch(/── objects\/fmod_ret-x86_64\.bpf\.c\n/);
  expect(found.says).toContain("+/* /home/me */");
});

test("nor does the loader in it", { timeout: 300_000 }, async () => {
  const place = join(await folder(), "a", "checkout");
  cpSync(join(packageRoot, "package.json"), join(place, "package.json"), { recursive: true });
  cpSync(join(packageRoot, "src/loader"), join(place, "src/loader"), { recursive: true });
  await execa("chown", ["-R", stranger, join(place, "..", "..")]);
  const out = join(place, "inject-load");
  const words = ["-c", asStranger, "make", "-s", "-C", "src/loader", `OUT=${out}`];
  await execa("sh", words, { cwd: place, env: { ...elsewhere, TMPDIR: place } });
  expect(await diffoscope(out, join(packageRoot, "out/inject-load"))).toEqual(same);
  expect(readFileSync(out).equals(readFileSync(join(packageRoot, "out/inject-load")))).toBe(true);
});
