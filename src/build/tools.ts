/** The programs that injectc runs to compile and to sign, and the one place that runs them. No word of a user reaches a shell. */

import { type ChildProcess, type ExecFileException, execFile } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import { join } from "node:path";
import { type Checked, checked, type Diagnostic, failed } from "../diagnostic.js";
import { missingTool, toolFailed } from "./codes.js";

export type ToolName = "clang" | "bpftool" | "openssl";

interface Tool {
  /** The environment variable that names the program; it then is the only candidate. */
  readonly variable: string;
  /** Tried in this order. */
  readonly programs: readonly string[];
  /** Debian's package that has it. */
  readonly debian: string;
  /** What every run of it says, since a run just for that would cost as much as to compile a small object; absent: nothing. */
  readonly version?: RegExp;
}

const tools: Readonly<Record<ToolName, Tool>> = {
  clang: {
    variable: "CLANG",
    programs: [...[19, 18, 17, 16, 15, 14].map((major) => `clang-${major}`), "clang"],
    debian: "clang-19",
    version: /clang version (\S+)/,
  },
  // Debian installs bpftool where only root's PATH leads.
  bpftool: {
    variable: "BPFTOOL",
    programs: ["bpftool", "/usr/sbin/bpftool"],
    debian: "bpftool",
    version: /bpftool v(\S+)/,
  },
  openssl: { variable: "OPENSSL", programs: ["openssl"], debian: "openssl" },
};

export interface ToolOptions {
  readonly cwd?: string;
  /** Standard input; absent: empty. */
  readonly input?: Uint8Array;
  /** The run says nothing of the tool's version. */
  readonly unversioned?: boolean;
}

/** How a tool ended, whatever its exit status. */
export interface ToolRun {
  readonly exit: number;
  readonly stdout: Buffer;
  readonly stderr: string;
  /** The tool's version, as it says it: `19.1.7`; empty for one that does not. */
  readonly version: string;
}

/** How any program ended; without an exit status, what became of it instead, as a clause without its subject. */
export type Ending = Pick<ToolRun, "stdout" | "stderr"> &
  ({ readonly exit: number } | { readonly exit: undefined; readonly how: string });

/** What became of a program that did not end by itself, as a clause without its subject. */
export function unended(error: Pick<ExecFileException, "code" | "signal"> | null): string {
  if (error?.signal) return `was ended by the signal ${error.signal}`;
  return `cannot be started: ${error?.code === "ENOENT" ? "there is no such program" : error?.code}`;
}

function missing(name: ToolName): Diagnostic {
  const { variable, debian } = tools[name];
  const help = [`in Debian: apt install ${debian}`, `or set ${variable} to the program's path`];
  return missingTool(undefined, { name, candidates: candidates(name) }, { help });
}

function candidates(name: ToolName): readonly string[] {
  const { variable, programs } = tools[name];
  const wanted = process.env[variable];
  return wanted ? [wanted] : programs;
}

/** A tool's path, or that there is none. */
export function present(name: ToolName): Checked<string> {
  const program = locate(name);
  return program === undefined ? failed(missing(name)) : checked(program);
}

/** The path of a tool's first candidate that may be executed; names without a slash are looked for in PATH, like execvp(3) does. */
export function locate(name: ToolName): string | undefined {
  const folders = (process.env.PATH ?? "").split(":");
  const paths = candidates(name).flatMap((program) =>
    program.includes("/") ? [program] : folders.map((folder) => join(folder, program)),
  );
  // To fail costs accessSync() an exception.
  return paths.find((path) => existsSync(path) && executable(path));
}

function executable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Runs a tool to its end; fails only where there is no such tool, or a signal ended it. */
export async function tryTool(
  name: ToolName,
  words: readonly string[],
  options: ToolOptions = {},
): Promise<Checked<ToolRun>> {
  const program = present(name);
  return program.ok ? ended(name, await start(program.value, words, options), options.unversioned) : program;
}

/** A tool's run, if it came to an end, and it was this tool. */
export function ended(name: ToolName, run: Ending, unversioned = false): Checked<ToolRun> {
  if (run.exit === undefined) {
    const notes = [{ text: lastLines(run.stderr) || "it said nothing" }];
    return failed(toolFailed(undefined, { name, how: run.how }, { notes }));
  }
  const { version } = tools[name];
  if (!version || unversioned) return checked({ ...run, version: "" });
  const said = version.exec(`${run.stdout}${run.stderr}`);
  return said ? checked({ ...run, version: said[1]! }) : failed(missing(name));
}

/** Runs a tool that must succeed. */
export async function runTool(
  name: ToolName,
  words: readonly string[],
  options: ToolOptions = {},
): Promise<Checked<ToolRun>> {
  return succeeded(name, words[0]!, await tryTool(name, words, options));
}

/** A tool's run, if it did what it had to. */
export function succeeded(name: ToolName, what: string, run: Checked<ToolRun>): Checked<ToolRun> {
  if (!run.ok || run.value.exit === 0) return run;
  const notes = [{ text: lastLines(run.value.stderr) || "it said nothing" }];
  const how = `${what} ended with status ${run.value.exit}`;
  return failed(toolFailed(undefined, { name, how }, { notes }));
}

/** The end of what a tool said: enough to know why, not a screenful. */
export function lastLines(text: string, count = 6): string {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return lines.slice(-count).join("\n");
}

const running = new Map<ChildProcess, () => void>();

process.on("exit", () => {
  for (const end of running.values()) end();
});

/** Sees to it that the program does not outlive this one. */
export function owned<T extends ChildProcess>(child: T): T {
  running.set(child, () => child.kill("SIGKILL"));
  return child.on("close", () => running.delete(child));
}

/** The same for a detached program and what it has started. */
export function ownedGroup<T extends ChildProcess>(child: T): T {
  const { pid } = owned(child);
  if (pid === undefined) return child;
  running.set(child, () => {
    try {
      process.kill(-pid, "SIGKILL");
    } catch {
      // It is over already.
    }
  });
  return child;
}

/** Messages are read by us, and objects must not depend on the user's language. */
export function environment(): NodeJS.ProcessEnv {
  return { ...process.env, LC_ALL: "C" };
}

function start(program: string, words: readonly string[], { cwd, input }: ToolOptions = {}): Promise<Ending> {
  const options = {
    cwd,
    env: environment(),
    encoding: "buffer",
    maxBuffer: Number.POSITIVE_INFINITY,
  } as const;
  return new Promise((resolve) => {
    const run = execFile(program, words, options, (error, stdout, stderr) => {
      const said = { stdout, stderr: stderr.toString() };
      const exit = error ? error.code : 0;
      if (typeof exit === "number") resolve({ exit, ...said });
      else resolve({ exit: undefined, how: unended(error), ...said });
    });
    const child = owned(run);
    // It may have ended before it read all, and its exit status says why.
    child.stdin?.on("error", () => {});
    child.stdin?.end(input);
  });
}
