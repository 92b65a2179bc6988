/** The programs that injectc runs to compile and to sign, and the one place that runs them. Never through a shell. */

import { execa } from "execa";
import { type Checked, checked, failed } from "../diagnostic.js";
import { missingTool, toolFailed } from "./codes.js";

export type ToolName = "clang" | "bpftool" | "openssl";

interface Tool {
  /** The environment variable that names the program; it then is the only candidate. */
  readonly variable: string;
  /** Tried in this order. */
  readonly programs: readonly string[];
  /** Debian's package that has it. */
  readonly debian: string;
  readonly askVersion: string;
  readonly version: RegExp;
}

const tools: Readonly<Record<ToolName, Tool>> = {
  clang: {
    variable: "CLANG",
    programs: [...[19, 18, 17, 16, 15, 14].map((major) => `clang-${major}`), "clang"],
    debian: "clang-19",
    askVersion: "--version",
    version: /clang version (\S+)/,
  },
  // Debian installs bpftool where only root's PATH leads.
  bpftool: {
    variable: "BPFTOOL",
    programs: ["bpftool", "/usr/sbin/bpftool"],
    debian: "bpftool",
    askVersion: "version",
    version: /bpftool v(\S+)/,
  },
  openssl: {
    variable: "OPENSSL",
    programs: ["openssl"],
    debian: "openssl",
    askVersion: "version",
    version: /OpenSSL (\S+)/,
  },
};

/** A tool as it was found on this machine. */
export interface FoundTool {
  readonly program: string;
  /** As the tool says it, `19.1.7`. */
  readonly version: string;
}

export interface ToolOptions {
  readonly cwd?: string;
  /** Standard input; absent: empty. */
  readonly input?: Uint8Array;
}

/** How a tool ended, whatever its exit status. */
export interface ToolRun {
  readonly exit: number;
  readonly stdout: Uint8Array;
  readonly stderr: string;
}

const found = new Map<string, Promise<Checked<FoundTool>>>();

/** The first candidate that starts and tells its version; looked for once. */
export function findTool(name: ToolName): Promise<Checked<FoundTool>> {
  const { variable, programs } = tools[name];
  const wanted = process.env[variable];
  const key = JSON.stringify([name, wanted, process.env.PATH]);
  const known = found.get(key);
  if (known) return known;
  const search = firstThatStarts(name, wanted ? [wanted] : programs);
  found.set(key, search);
  return search;
}

async function firstThatStarts(name: ToolName, candidates: readonly string[]): Promise<Checked<FoundTool>> {
  const { variable, debian, askVersion, version } = tools[name];
  for (const program of candidates) {
    const run = await start(program, [askVersion]);
    const said = run && version.exec(Buffer.from(run.stdout).toString());
    if (said) return checked({ program, version: said[1]! });
  }
  const help = [`in Debian: apt install ${debian}`, `or set ${variable} to the program's path`];
  return failed(missingTool(undefined, { name, candidates }, { help }));
}

/** Runs a tool to its end; fails only where there is no such tool, or a signal ended it. */
export async function tryTool(
  name: ToolName,
  words: readonly string[],
  options: ToolOptions = {},
): Promise<Checked<ToolRun>> {
  const tool = await findTool(name);
  if (!tool.ok) return tool;
  const run = await start(tool.value.program, words, options);
  if (!run) return failed(toolFailed(undefined, { name, how: "did not end by itself" }));
  return checked(run);
}

/** Runs a tool that must succeed, and gives its standard output. */
export async function runTool(
  name: ToolName,
  words: readonly string[],
  options: ToolOptions = {},
): Promise<Checked<Uint8Array>> {
  const run = await tryTool(name, words, options);
  if (!run.ok) return run;
  const { exit, stdout, stderr } = run.value;
  if (exit === 0) return checked(stdout);
  const notes = [{ text: lastLines(stderr) || "it said nothing" }];
  const how = `${words[0]} ended with status ${exit}`;
  return failed(toolFailed(undefined, { name, how }, { notes }));
}

/** The end of what a tool said: enough to know why, not a screenful. */
export function lastLines(text: string, count = 6): string {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return lines.slice(-count).join("\n");
}

/** Undefined if there is no such program, or it did not exit. */
async function start(
  program: string,
  words: readonly string[],
  { cwd, input }: ToolOptions = {},
): Promise<ToolRun | undefined> {
  const result = await execa(program, words, {
    reject: false,
    encoding: "buffer",
    // A signature's last byte may be a newline's.
    stripFinalNewline: false,
    // Messages are read by us, and objects must not depend on the user's language.
    env: { LC_ALL: "C" },
    ...(cwd === undefined ? {} : { cwd }),
    ...(input === undefined ? { stdin: "ignore" } : { input }),
  });
  if (result.exitCode === undefined) return undefined;
  return {
    exit: result.exitCode,
    stdout: result.stdout,
    stderr: Buffer.from(result.stderr).toString(),
  };
}
