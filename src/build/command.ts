/** Runs what a user bids injectc to run. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { open, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { withTempFolder } from "./temp.js";
import { type Ending, environment, owned, unended } from "./tools.js";

/**
 * Runs a command, its words as they are; the first is the program. What it reads and prints are files, since there are
 * programs that want to know their size, or open /dev/stdin and /dev/stdout, which no socket lets them do.
 */
export function runCommand([program = "", ...words]: readonly string[], input: Uint8Array): Promise<Ending> {
  return withTempFolder(async (folder) => {
    const [read, printed] = ["input", "output"].map((name) => join(folder, name)) as [string, string];
    await writeFile(read, input);
    const files = [await open(read), await open(printed, "wx")] as const;
    try {
      const [stdin, stdout] = files.map(({ fd }) => fd) as [number, number];
      const child = owned(spawn(program, words, { env: environment(), stdio: [stdin, stdout, "pipe"] }));
      let stderr = "";
      child.stderr!.setEncoding("utf8").on("data", (text) => {
        stderr += text;
      });
      const [exit, signal] = await once(child, "close");
      const said = { stdout: await readFile(printed), stderr };
      return exit === null ? { exit: undefined, how: unended({ signal }), ...said } : { exit, ...said };
    } catch (error) {
      return {
        exit: undefined,
        how: unended(error as NodeJS.ErrnoException),
        stdout: Buffer.alloc(0),
        stderr: "",
      };
    } finally {
      for (const file of files) await file.close();
    }
  });
}
