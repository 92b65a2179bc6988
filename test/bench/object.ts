/** Objects to measure. */

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { clangWords } from "../../src/build/compile.js";
import type { Backend } from "../../src/build/manifest.js";
import { locate } from "../../src/build/tools.js";
import type { Start } from "./guest.js";
import { folder, injectc, output } from "./lab.js";

export type { Backend };

const section: Readonly<Record<Backend, string>> = { fmod_ret: "fmod_ret", override: "kprobe" };

/** C of what any program costs. */
export function emptyProgram(backend: Backend): string {
  return `#define SEC(name) __attribute__((section(name), used))
char LICENSE[] SEC("license") = "GPL";
SEC("${section[backend]}/should_failslab") long empty(void *ctx) { return 0; }
`;
}

/** C of ours. */
export function rendered(spec: string, backend: Backend, kernel: string): string {
  writeFileSync(join(folder, "path.yaml"), spec);
  return output(injectc("render", "path.yaml", "-k", kernel, "--backend", backend));
}

export function compiled(c: string): Buffer {
  writeFileSync(join(folder, "path.bpf.c"), c);
  output([locate("clang") ?? "clang", ...clangWords("x86_64"), "-c", "path.bpf.c", "-o", "path.o"]);
  return readFileSync(join(folder, "path.o"));
}

/** A signed bundle with it. */
export function bundled(spec: string, backend: Backend, kernel: string): Start {
  writeFileSync(join(folder, "path.yaml"), spec);
  if (!existsSync(join(folder, "path.keys"))) output(injectc("keygen", "-o", "path.keys"));
  const signing = ["--sign-key", "path.keys/inject.key", "--sign-cert", "path.keys/inject.crt"];
  output(
    injectc(
      "build",
      "path.yaml",
      "-k",
      kernel,
      "--backend",
      backend,
      "-o",
      "path",
      "--no-loader",
      ...signing,
    ),
  );
  output(["tar", "xf", "path/path.bundle", "-C", "path"]);
  const file = (name: string) => readFileSync(join(folder, name));
  return {
    ...{ bundle: file("path/path.bundle"), certificate: file("path.keys/inject.crt") },
    object: file(`path/objects/${backend}-x86_64.bpf.o`),
  };
}
