/** Guests in which the loader itself is tried: a shell script, check by check, many to a boot. */

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { execa } from "execa";
import { afterAll } from "vitest";
import { packageRoot } from "../../../src/root.js";
import { type BootOptions, boot } from "../../../src/vm/boot.js";
import type { Entry } from "../../../src/vm/cpio.js";
import { injectc } from "../../cli/run.js";
import { lab, loader } from "../engine/lab.js";

const here = import.meta.dirname;

/** A file of the check's own beside the loader's. */
export interface Trial extends BootOptions {
  /** Paths of C programs of one file each; in the guest they are /sbin/NAME. */
  readonly programs?: readonly string[];
  /** Paths of this machine's programs, which come with their libraries as /sbin/NAME; in place of the usual. */
  readonly tools?: readonly string[];
  readonly files?: readonly Entry[];
}

/** `run` is shell in the words of prelude.sh, `says` what it prints. */
export interface Check {
  readonly name: string;
  readonly run: string;
  readonly says: string | RegExp;
}

/** A bundle of the spec for these kernels, one for each backend; in a guest it is /bundles/BACKEND/NAME.bundle. */
export interface Made {
  readonly spec: string;
  readonly kernels: readonly string[];
  readonly backends: readonly string[];
  /** Further words for `injectc build`. */
  readonly options?: readonly string[];
}

/** A folder of bundles and the key that signed them; it goes with the tests of the file that awaits it. */
export async function bundles(wanted: readonly Made[]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "injectc-loader-vm-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  await ran("keygen", "-o", folder);
  const signer = ["--sign-key", join(folder, "inject.key"), "--sign-cert", join(folder, "inject.crt")];
  for (const { spec, kernels, backends, options = [] } of wanted) {
    for (const backend of backends) {
      const out = join(folder, "bundles", backend);
      mkdirSync(out, { recursive: true });
      const names = kernels.flatMap((name) => ["-k", name]);
      await ran(
        "build",
        resolve(here, spec),
        ...names,
        "--backend",
        backend,
        "-o",
        out,
        ...signer,
        ...options,
      );
    }
  }
  return folder;
}

async function ran(...words: string[]): Promise<void> {
  const { exit, stderr } = await injectc(words);
  if (exit !== 0) throw new Error(stderr);
}

/** What each check prints in a guest of the kernel, by the checks' names; `$b` is the bundle in the guest. */
export async function tryOut(
  kernel: string,
  folder: string,
  bundle: string,
  checks: readonly Check[],
  options: Trial = {},
): Promise<ReadonlyMap<string, string>> {
  const script = checks.map(({ name, run }) => `echo "== ${name}"\n${run}`).join("\n");
  const report = await boot(
    lab(kernel),
    {
      // What boot() takes for the bundle; the checks have theirs.
      bundle: join(folder, "inject.crt"),
      certificate: join(folder, "inject.crt"),
      // What boot() takes for the loader; the real one is started by the checks.
      loader: await stub(folder),
      workload: `[ $1 = attached ] || exit 0\nexec 2>&1\nb=${bundle}\n${readFileSync(join(here, "prelude.sh"))}\n${script}\n`,
      loaderArguments: [],
      files: [
        ...(await programs(
          folder,
          options.programs ?? ["task.c", "race.c", "pool.c"].map((source) => join(here, source)),
          options.tools ?? ["/usr/sbin/bpftool", "/usr/bin/setpriv", "/usr/bin/script"],
        )),
        ...bundleFiles(folder),
        ...(options.files ?? []),
      ],
    },
    { phaseSeconds: 120, ...options },
  );
  const stdout = report.phases.attached?.stdout ?? "";
  if (!report.ok) throw new Error(`${kernel}: ${report.reason}\n${stdout}\n${report.log.slice(-3000)}`);
  const parts = stdout.split(/^== (.*)\n/m).slice(1);
  return new Map(
    checks.map(({ name }, i) => [name, parts[2 * i] === name ? parts[2 * i + 1]! : "(not run)"]),
  );
}

function bundleFiles(folder: string): Entry[] {
  const all = readdirSync(join(folder, "bundles"), { recursive: true, encoding: "utf8" });
  const paths = all.filter((path) => path.endsWith(".bundle")).map((path) => join("bundles", path));
  return paths.map((path) => ({ kind: "file", path, mode: 0o644, data: readFileSync(join(folder, path)) }));
}

async function stub(folder: string): Promise<string> {
  await writeFile(join(folder, "stub"), loader());
  return join(folder, "stub");
}

/** The loader, what is to fail, and tools to look with and to take privileges away. */
async function programs(
  folder: string,
  sources: readonly string[],
  tools: readonly string[],
): Promise<Entry[]> {
  const built = sources.map((source) => join(folder, basename(source, ".c")));
  for (const [i, path] of built.entries())
    await execa("gcc", ["-O2", "-static", "-pthread", sources[i]!, "-o", path]);
  const libraries = await Promise.all(tools.map(async (tool) => (await execa("ldd", [tool])).stdout));
  const paths = new Set(libraries.join("\n").match(/\/\S+\.so\S*/g));
  const file = (path: string, from: string): Entry => ({
    ...{ kind: "file", path, mode: 0o755 },
    data: readFileSync(realpathSync(from)),
  });
  return [
    file("sbin/inject-load", join(packageRoot, "out/inject-load")),
    file("sbin/capture.sh", join(packageRoot, "src/kernel/capture.sh")),
    ...[...built, ...tools].map((path) => file(`sbin/${basename(path)}`, path)),
    ...[...paths].map((path) => file(path.slice(1), path)),
  ];
}
