/** What the benches have in common: the program as a user starts it, and something to compile. */

import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The benches run in the checkout, after `make build`. */
export const root = process.cwd();
const cli = join(root, "out/js/cli.cjs");

/** The built-in profile, whatever lab kernels were built. */
export const profile = join(root, "src/kernel/profiles/lab-6.12");

export const folder = mkdtempSync(join(tmpdir(), "injectc-bench-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

/** The words that start injectc. */
export function injectc(...words: readonly string[]): [string, ...string[]] {
  return [process.execPath, cli, ...words];
}

/** Runs a program that must succeed in `folder`; its standard output. */
export function output([program, ...words]: readonly [string, ...string[]]): string {
  const ran = spawnSync(program, words, { cwd: folder, encoding: "utf8", maxBuffer: 1 << 28 });
  if (ran.status === 0) return ran.stdout;
  throw new Error(`${[program, ...words].join(" ")}: ${ran.error?.message ?? ran.stderr}`);
}

/** Whether a program succeeds. */
export function tries([program, ...words]: readonly [string, ...string[]]): boolean {
  return spawnSync(program, words, { cwd: folder, stdio: "ignore" }).status === 0;
}

/** How long a program takes from start to end. */
export function wall(command: readonly [string, ...string[]]): () => number {
  return () => {
    const start = performance.now();
    output(command);
    return performance.now() - start;
  };
}

/** How long programs take if as many run at a time as there are processors. */
export function wallOfAll(
  commands: readonly (readonly [string, ...string[]])[],
  processors: number,
): () => Promise<number> {
  return async () => {
    const start = performance.now();
    const waiting = commands.values();
    const worker = async () => {
      for (const [program, ...words] of waiting) {
        await new Promise<void>((resolve, reject) => {
          const child = spawn(program, words, { cwd: folder, stdio: "ignore" });
          child.on("error", reject);
          child.on("exit", (status) => (status === 0 ? resolve() : reject(new Error(`${program} fails`))));
        });
      }
    };
    await Promise.all(Array.from({ length: processors }, worker));
    return performance.now() - start;
  };
}

/** A spec with a predicate on a name, as in bcc's manual; `text` is the string that it looks for. */
export function spec(name: string, text: string): string {
  return `apiVersion: injectc.dev/v1
kind: Injection
metadata: { name: ${name} }
spec:
  fault: slab
  callchain:
    - function: d_alloc_parallel
      parameters: struct dentry *parent, const struct qstr *name
      when: STRCMP(name->name, "${text}")
`;
}
