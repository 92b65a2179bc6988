/** Exported files on disk. */

import { mkdir, readdir, rename, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { occupied, unwritable } from "../build/codes.js";
import { cause } from "../build/file.js";
import { withTempFolder } from "../build/temp.js";
import { type Checked, checked, failed } from "../diagnostic.js";
import type { Exported } from "./format.js";

/** Makes the folder, all or nothing; one that is there must be empty. */
export async function writeFolder(path: string, files: Exported): Promise<Checked<null>> {
  try {
    const problem = await obstacle(path);
    if (problem)
      return failed(
        occupied(undefined, { path, problem }, { help: ["move it away, or give another folder with `-o`"] }),
      );
    const parent = dirname(resolve(path));
    await mkdir(parent, { recursive: true });
    // Beside its place, since only within a file system a rename is one step.
    await withTempFolder(async (folder) => {
      const fresh = join(folder, "new");
      await mkdir(fresh);
      for (const [name, data] of files) {
        await mkdir(dirname(join(fresh, name)), { recursive: true });
        await writeFile(join(fresh, name), data);
      }
      await rename(fresh, path);
    }, parent);
    return checked(null);
  } catch (error) {
    return failed(unwritable(undefined, { path, cause: cause(error) }));
  }
}

async function obstacle(path: string): Promise<string | undefined> {
  try {
    const names = await readdir(path);
    return names.length > 0 ? "it is a folder that is not empty" : undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    if (code === "ENOTDIR") return "it is no folder";
    throw error;
  }
}
