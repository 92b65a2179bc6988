/** The program itself, as a user starts it. */

import { execa } from "execa";

/** What `bin.injectc` of package.json names. */
export const cli = new URL("../../out/js/cli.cjs", import.meta.url).pathname;

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

/** Starts `injectc` with these words; neither of its outputs is a terminal. */
export function start(words: readonly string[], { cwd, input, env }: Surroundings = {}) {
  return execa(process.execPath, [cli, ...words], {
    reject: false,
    stripFinalNewline: false,
    env: { NO_COLOR: undefined, FORCE_COLOR: undefined, ...env },
    ...(cwd === undefined ? {} : { cwd }),
    ...(input === undefined ? { stdin: "ignore" } : { input }),
  });
}

/** Runs it to its end. */
export async function injectc(words: readonly string[], around: Surroundings = {}): Promise<Ended> {
  const { exitCode, stdout, stderr } = await start(words, around);
  return { exit: exitCode, stdout, stderr };
}

/** The codes of the diagnostics in a `--json` document. */
export function codes({ stdout }: Ended): string[] {
  return JSON.parse(stdout).diagnostics.map(({ code }: { code: string }) => code);
}
