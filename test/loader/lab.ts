/** A loader, a signer and bundles to try it on. Nothing here is loaded into a kernel. */

import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { arch, tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll } from "vitest";
import { manifestFile, manifestSchema, signatureFile } from "../../src/build/manifest.js";
import { writeTar } from "../../src/build/tar.js";

const here = import.meta.dirname;
const sources = join(here, "../../src/loader");
const made = join(here, "../../out/test/loader");

/** This machine's arch, as manifests call it, and one that it is not. */
export const [ownArch, otherArch] = arch() === "x64" ? ["x86_64", "arm64"] : ["arm64", "x86_64"];

/**
 * Builds a program of the loader's parts and gives its path; a second call finds it up to date. `asan` is the one under
 * sanitizers; `main` stands in for the loader's own main().
 */
export async function loader(name: string, { asan = false, main = "main.c" } = {}): Promise<string> {
  const out = join(made, name);
  mkdirSync(made, { recursive: true });
  const words = ["-C", sources, ...(asan ? ["asan"] : []), `OUT=${out}`, `MAIN=${main}`];
  // Test files run at the same time.
  await execa("flock", [join(made, `${name}.lock`), "make", "--no-print-directory", ...words]);
  return out;
}

export interface Signer {
  readonly key: string;
  readonly certificate: string;
}

/** JSON that a test may bend. */
// biome-ignore lint/suspicious/noExplicitAny: a test bends it into what no type allows
export type Bendable = any;

export interface Draft {
  manifest: Bendable;
  /** All files but the manifest and its signature. */
  readonly files: Map<string, Buffer>;
}

/** A folder of its own, with a loader and a signer whom it trusts, for the tests of a file. */
export interface Lab {
  readonly program: string;
  readonly trusted: Signer;
  /** A path in the folder. */
  path(name: string): string;
  /** Makes NAME.key and a self-signed NAME.crt, P-256 unless these words say otherwise. */
  signer(name: string, ...kind: string[]): Promise<Signer>;
  /** Writes a bundle, signed by `sign`, and gives its path. `bend` may change whatever goes into it. */
  bundle(bend?: (draft: Draft) => void, sign?: Sign): Promise<string>;
  /** The bytes of a bundle, changed and written elsewhere; its new path. */
  changed(bundle: string, change: (bytes: Buffer) => Buffer): string;
  /** What the loader makes of a bundle. */
  load(bundle: string, ...options: string[]): Promise<Outcome>;
  /** The same with the whole command line. */
  run(...words: string[]): Promise<Outcome>;
}

/** Opens a lab for the file that awaits it; it is gone after the file's tests. */
export async function openLab(): Promise<Lab> {
  const folder = mkdtempSync(join(tmpdir(), "injectc-loader-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const path = (name: string) => join(folder, name);
  const program = await loader("inject-load");
  const object = await compile(path("bananas.bpf.o"));
  const trusted = await signer(folder, "trusted");
  let count = 0;

  const run = async (...words: string[]): Promise<Outcome> => {
    const trace = path(`trace-${++count}`);
    const strace = ["-f", "-qq", "-o", trace, "-e", "trace=bpf,perf_event_open", program];
    const { exitCode, stdout, stderr } = await execa("strace", [...strace, ...words], {
      reject: false,
      timeout: 30_000,
    });
    const lines = (text: string) => text.split("\n").filter(Boolean);
    return {
      exit: exitCode,
      lines: lines(stdout).map((line) => JSON.parse(line)),
      words: stderr,
      calls: lines(readFileSync(trace, "utf8")),
    };
  };
  const bundle: Lab["bundle"] = async (bend = () => {}, sign = signed(trusted)) => {
    const bent = draft(object);
    bend(bent);
    const { manifest, files } = bent;
    const text = typeof manifest === "string" ? manifest : `${JSON.stringify(manifest, null, 2)}\n`;
    const place = path(`${++count}.bundle`);
    const signature = await sign(Buffer.from(text));
    const vouching: [string, Buffer][] = signature ? [[signatureFile, signature]] : [];
    writeFileSync(place, writeTar(new Map([...files, ...vouching, [manifestFile, Buffer.from(text)]])));
    return place;
  };
  const changed: Lab["changed"] = (place, change) => {
    const other = path(`${++count}.bundle`);
    writeFileSync(other, change(readFileSync(place)));
    return other;
  };
  return {
    ...{ program, trusted, path, bundle, changed, run },
    signer: (name, ...kind) => signer(folder, name, ...kind),
    load: (place, ...options) => run(place, "--trust", trusted.certificate, ...options),
  };
}

async function signer(folder: string, name: string, ...kind: string[]): Promise<Signer> {
  const made = { key: join(folder, `${name}.key`), certificate: join(folder, `${name}.crt`) };
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"];
  const names = ["-keyout", made.key, "-out", made.certificate, "-subj", `/CN=${name}`];
  await execa("openssl", ["req", "-x509", ...(kind.length ? kind : curve), "-noenc", "-days", "9", ...names]);
  return made;
}

async function compile(out: string): Promise<Buffer> {
  const include = await execa("gcc", ["-print-multiarch"]);
  const words = ["-O2", "-g", "-target", "bpf", `-I/usr/include/${include.stdout}`];
  const target = `-D__TARGET_ARCH_${ownArch === "x86_64" ? "x86" : ownArch}`;
  await execa("clang-19", [...words, target, "-c", join(here, "bananas.bpf.c"), "-o", out]);
  return readFileSync(out);
}

/** The whole of a bundle that the loader takes, up to a function that no kernel has. */
function draft(object: Buffer): Draft {
  const files = new Map([
    ["objects/bananas.bpf.o", object],
    ["objects/bananas.bpf.c", Buffer.from("/* as told */\n")],
    ["spec/bananas.yaml", Buffer.from("kind: Injection\n")],
  ]);
  const manifest = {
    schema: manifestSchema,
    name: "bananas",
    spec: { input: "native", file: "spec/bananas.yaml" },
    fault: { kind: "function", function: "security_file_open", value: -5, return: "EIO" },
    frames: [{ function: "vfs_open" }],
    trigger: { probability: 2 ** 32, times: 0, interval: 1, space: 0, oncePerStack: false },
    target: { pid: [], tid: [], cgroup: [], comm: [], uid: [] },
    durationMs: null,
    placement: null,
    proof: null,
    objects: [
      {
        file: "objects/bananas.bpf.o",
        source: "objects/bananas.bpf.c",
        arch: ownArch,
        backend: "override",
        reason: "a test",
        kernels: [{ name: "lab-6.12", release: null }],
        needs: { features: [], functions: [{ name: "no_kernel_has_this" }], config: ["BANANAS"] },
      },
    ],
    files: listing(files),
    tools: { injectc: "0.1.0", clang: "19", bpftool: "7.1" },
  };
  return { manifest, files };
}

/** Makes the signature of a bundle's manifest, or none. */
export type Sign = (manifest: Buffer) => Promise<Buffer | undefined>;

/** How a run of the loader ended: its exit status, its lines on stdout, its words, its bpf(2) calls. */
export interface Outcome {
  readonly exit: number | undefined;
  readonly lines: readonly Bendable[];
  readonly words: string;
  readonly calls: readonly string[];
}

/** What a refusal at one of these stages looks like, whatever its words; the kernel was not asked for anything. */
export function refused(...stages: string[]) {
  return (outcome: Outcome) =>
    outcome.exit === (stages.includes("usage") ? 2 : 1) &&
    outcome.lines.length === 1 &&
    outcome.lines[0].event === "error" &&
    stages.includes(outcome.lines[0].stage) &&
    outcome.words.includes("inject-load: ") &&
    outcome.calls.length === 0;
}

const kinds: readonly (readonly [RegExp, string])[] = [
  [/\.o$/, "object"],
  [/\.c$/, "source"],
];

/** The manifest's list of files. */
export function listing(files: ReadonlyMap<string, Buffer>): Bendable[] {
  const entries = [...files].map(([path, data]) => ({
    path,
    kind: kinds.find(([pattern]) => pattern.test(path))?.[1] ?? "spec",
    size: data.length,
    sha256: createHash("sha256").update(data).digest("hex"),
  }));
  return entries.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Signs a bundle's manifest as `openssl cms` does, with these words more. */
export function signed({ key, certificate }: Signer, ...more: string[]): Sign {
  return async (input) => {
    const words = ["-sign", "-binary", "-outform", "DER", "-signer", certificate, "-inkey", key, ...more];
    const run = await execa("openssl", ["cms", ...words], {
      input,
      encoding: "buffer",
      stripFinalNewline: false,
    });
    return Buffer.from(run.stdout);
  };
}
