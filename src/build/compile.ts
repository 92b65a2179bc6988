/** The arrow from C to a BPF object: clang, then bpftool's static linker. Same inputs, same bytes. */

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Checked, checked, type Diagnostic, failed } from "../diagnostic.js";
import type { Arch } from "../kernel/kernel.js";
import { cFile } from "../render/render.js";
import { lineSpan, type Source, type Span, spanText } from "../source.js";
import { compilerRefused, missingHeader, stackLimit, toolFailed } from "./codes.js";
import type { Manifest } from "./manifest.js";
import { inParallel } from "./parallel.js";
import { withTempFolder } from "./temp.js";
import { compileIn } from "./toolchain.js";
import { ended, lastLines, present, succeeded } from "./tools.js";

export interface CompileJob {
  readonly arch: Arch;
  readonly c: string;
  /** The user's own text, and the file name by which `#line` in `c` speaks of it. */
  readonly spec: { readonly fileName: string; readonly source: Source };
}

const targetMacro: Readonly<Record<Arch, string>> = { x86_64: "x86", arm64: "arm64" };

/** An object, and the versions of what made it. */
export interface Compiled {
  readonly object: Uint8Array;
  readonly tools: Omit<Manifest["tools"], "injectc">;
  /** The version of libbpf whose headers are in it; null: none are, or they do not say. */
  readonly libbpf: string | null;
}

/**
 * Compiles one generated text; clang works as soon as this returns. clang's complaints about lines of the spec come back as
 * diagnostics there; about lines of our own they are thrown, since no spec may cause them.
 */
export function compile(job: CompileJob): Promise<Checked<Compiled>> {
  return withTempFolder(async (folder) => {
    // The spec has a folder with the C alone: whatever it is called, it is in nobody's way.
    const cwd = join(folder, "src");
    mkdirSync(cwd);
    const { fileName, source } = job.spec;
    // For line information, which quotes it. The kernel knows one end of line only.
    writeFileSync(join(cwd, fileName), source.text.replace(/\r\n?/g, "\n"));
    writeFileSync(join(cwd, cFile), job.c);

    const [clang, bpftool] = [present("clang"), present("bpftool")];
    if (!clang.ok) return clang;
    if (!bpftool.ok) return bpftool;
    const outputs = ["-o", "../clang.o", "-MD", "-MF", "../headers"];
    // Verbose, it says its version.
    const words = ["-v", ...clangWords(job.arch), "-c", cFile, ...outputs];
    const ends = await compileIn(folder, [bpftool.value, clang.value, ...words]);
    const compiled = ended("clang", ends.clang);
    if (!compiled.ok) return compiled;
    if (compiled.value.exit !== 0) return failed(...complaints(compiled.value.stderr, job));
    const linked = succeeded("bpftool", "gen object", ended("bpftool", ends.bpftool));
    if (!linked.ok) return linked;
    const tools = { clang: compiled.value.version, bpftool: linked.value.version };
    const libbpf = await headersVersion(readFileSync(join(folder, "headers"), "utf8"));
    return checked({ object: readFileSync(join(folder, "linked.o")), tools, libbpf });
  });
}

/** libbpf's version by the header that stands beside those that clang has read; `rule` is clang's for `make`. */
async function headersVersion(rule: string): Promise<string | null> {
  const header = rule.match(/\S*\/bpf\/bpf_helpers\.h/)?.[0];
  if (!header) return null;
  const text = await readFile(join(dirname(header), "libbpf_version.h"), "utf8").catch(() => "");
  const numbers = ["MAJOR", "MINOR"].map(
    (name) => new RegExp(`LIBBPF_${name}_VERSION (\\d+)`).exec(text)?.[1],
  );
  return numbers.includes(undefined) ? null : numbers.join(".");
}

/** Compiles all, so many at a time (absent: as many as keep all processors busy), and reports everything that is wrong with any of them. */
export async function compileAll(
  jobs: readonly CompileJob[],
  concurrency?: number,
): Promise<Checked<Compiled[]>> {
  const results = await inParallel(jobs, compile, concurrency);
  return checked(
    results.flatMap((result) => (result.ok ? [result.value] : [])),
    results.flatMap((result) => result.diagnostics),
  );
}

/** How clang is called, but for the files. */
export function clangWords(arch: Arch): string[] {
  return [
    ...["-target", "bpf", "-mcpu=v3", "-O2", "-g", "-fno-ident", "-fdebug-compilation-dir=."],
    // Signed arithmetic wraps in the kernel's own C, too (-fno-strict-overflow in its Makefile).
    "-fwrapv",
    // Of 512 bytes of stack, the verifier reckons 32 for a program that calls a function (kernel/bpf/verifier.c).
    ...["-mllvm", "-bpf-stack-size=480"],
    // What a predicate means was judged before; a compiler's taste is no reason to refuse it.
    ...["-w", `-D__TARGET_ARCH_${targetMacro[arch]}`],
  ];
}

/** clang's `file:line:column: error: text`, as the user's diagnostics; throws if it is we who are to blame. */
function complaints(stderr: string, job: CompileJob): Diagnostic[] {
  const found = [...stderr.matchAll(/^(.+):(\d+):\d+: (?:fatal )?error: (.*)$/gm)];
  const deep = found.some(([, , , message]) => message!.includes(stackComplaint))
    ? stackLines(stderr, job)
    : [];
  if (deep.length > 0) return deep.map((line) => stackLimit(wordsOf(job.spec.source, line), {}, stackHelp));
  const diagnostics = found.map(([, file, line, message]) => {
    const header = /^'(.+)' file not found$/.exec(message!);
    if (header) {
      const help = ["in Debian: apt install libbpf-dev linux-libc-dev"];
      return missingHeader(undefined, { header: header[1]! }, { help });
    }
    if (message!.includes(stackComplaint)) return stackLimit(undefined, {});
    if (file !== job.spec.fileName)
      throw new Error(`clang refuses ${file}:${line}: ${message}\n    ${lineOf(job.c, Number(line))}`);
    return compilerRefused(wordsOf(job.spec.source, Number(line)), { message: message! });
  });
  if (diagnostics.length > 0) return diagnostics;
  return [
    toolFailed(undefined, { name: "clang", how: "no place given" }, { notes: [{ text: lastLines(stderr) }] }),
  ];
}

const stackComplaint = "BPF stack limit";
const stackHelp = { help: ["use fewer locals and shorter texts, or split the predicate over two frames"] };

/** The lines of the spec whose code wants the stack: clang says it once for each value that it finds no room for. */
function stackLines(stderr: string, { spec }: CompileJob): number[] {
  const places = stderr.matchAll(
    /^(.+?):(\d+):\d+: error: .*BPF stack limit| location for (.+?):(\d+):\d+$/gm,
  );
  const lines = [...places].flatMap(([, file, line, other, otherLine]) =>
    (file ?? other) === spec.fileName ? [Number(line ?? otherLine)] : [],
  );
  return [...new Set(lines)];
}

function lineOf(text: string, line: number): string {
  return (text.split("\n")[line - 1] ?? "").trim();
}

/** The words on a line of the spec. clang's columns count in the generated line, so they say nothing about ours. */
function wordsOf(source: Source, line: number): Span {
  const whole = lineSpan(source, line);
  const text = spanText(whole);
  const start = whole.start + (text.length - text.trimStart().length);
  return { source, start, end: start + text.trim().length };
}
