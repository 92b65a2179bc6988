/**
 * clang and bpftool, for one folder after another, started by small shells. To start a program the kernel copies the tables of
 * the one that starts it, and for injectc, with kernels' types in memory, that takes longer than to link an object.
 */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { constants } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { type Ending, environment, ownedGroup, unended } from "./tools.js";

/** What is run: bpftool's path, clang's, and clang's words. */
export type Toolchain = readonly [bpftool: string, clang: string, ...words: string[]];

/**
 * For each folder that a line names, runs clang in its `src`, which has to make `../clang.o`, and bpftool's linker, which makes
 * `../linked.o` of that, with BTF and without DWARF (tools/lib/bpf/linker.c). Prints a line with both exit statuses.
 */
const script = `bpftool=$1
shift
while IFS= read -r folder; do
	cd "$folder/src" || exit
	"$@" 2>../clang.said
	status=$?
	"$bpftool" batch file - >../bpftool.said 2>&1 <<-end
		version
		gen object ../linked.o ../clang.o
	end
	echo $status $?
done`;

interface Shell {
  /** Tells it a folder; the exit statuses, or what became of the shell instead. */
  readonly run: (folder: string) => Promise<readonly number[] | string>;
}

/** Shells that have nothing to do, by their toolchain. They keep this program from nothing, and end with it. */
const idle = new Map<string, Shell[]>();

/** Compiles and links in the folder, in a shell that is idle or a new one. */
export async function compileIn(
  folder: string,
  toolchain: Toolchain,
): Promise<{ readonly clang: Ending; readonly bpftool: Ending }> {
  const key = JSON.stringify(toolchain);
  const shells = idle.get(key) ?? [];
  idle.set(key, shells);
  const shell = shells.pop() ?? startShell(toolchain);
  const statuses = await shell.run(folder);
  if (typeof statuses !== "string") shells.push(shell);
  const [clang, bpftool] = typeof statuses === "string" ? [statuses, statuses] : statuses;
  return {
    clang: ending(clang!, join(folder, "clang.said")),
    bpftool: ending(bpftool!, join(folder, "bpftool.said")),
  };
}

function startShell(toolchain: Toolchain): Shell {
  const child = ownedGroup(
    spawn("/bin/sh", ["-c", script, "sh", ...toolchain], {
      env: environment(),
      detached: true,
      stdio: ["pipe", "pipe", "ignore"],
    }),
  );
  const left = (status: number) => `was not run: its shell ended with status ${status}`;
  const how = once(child, "close").then(
    ([status, signal]) => (signal ? unended({ signal }) : left(status)),
    unended,
  );
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const handles = [child, child.stdout as Socket];
  // Why it takes no more, its end says.
  child.stdin.on("error", () => {});
  return {
    async run(folder) {
      for (const handle of handles) handle.ref();
      // It is in another folder with each.
      child.stdin.write(`${resolve(folder)}\n`);
      const { done, value } = await lines.next();
      if (done) return how;
      for (const handle of handles) handle.unref();
      return value.split(" ").map(Number);
    },
  };
}

/** How a program ended, by what a shell calls its status: 128 and a signal's number is that signal (POSIX, 2.8.2). */
function ending(status: number | string, file: string): Ending {
  const said = { stdout: Buffer.alloc(0), stderr: existsSync(file) ? readFileSync(file, "utf8") : "" };
  if (typeof status === "string") return { exit: undefined, how: status, ...said };
  const signals = Object.entries(constants.signals) as [NodeJS.Signals, number][];
  const [signal] = signals.find(([, number]) => number === status - 128) ?? [];
  return signal ? { exit: undefined, how: unended({ signal }), ...said } : { exit: status, ...said };
}
