/** The program itself, as a user starts it. */

import { execa } from "execa";

const cli = new URL("../../out/js/cli.js", import.meta.url).pathname;

interface Surroundings {
  readonly cwd?: string;
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Ended {
  readonly exit: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `injectc` with these words to its end; neither of its outputs is a terminal. */
export async function injectc(words: readonly string[], around: Surroundings = {}): Promise<Ended> {
  const { cwd, input, env } = around;
  const run = await execa(process.execPath, [cli, ...words], {
    reject: false,
    stripFinalNewline: false,
    env: { NO_COLOR: undefined, FORCE_COLOR: undefined, ...env },
    ...(cwd === undefined ? {} : { cwd }),
    ...(input === undefined ? { stdin: "ignore" } : { input }),
  });
  return { exit: run.exitCode, stdout: run.stdout, stderr: run.stderr };
}

/** The codes of the diagnostics in a `--json` document. */
export function codes({ stdout }: Ended): string[] {
  return JSON.parse(stdout).diagnostics.map(({ code }: { code: string }) => code);
}
