/** Bundles on disk, each a file. */

import { constants, type Stats } from "node:fs";
import { lstat, mkdir, open, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Checked, checked, type Diagnostic, failed } from "../diagnostic.js";
import { notABundle, occupied, replaced, unwritable } from "./codes.js";
import { cause, readUpTo } from "./file.js";
import { manifestFile, manifestSchema } from "./manifest.js";
import { type BundleFiles, mostBytes, readTar, tarParts } from "./tar.js";
import { withTempFolder } from "./temp.js";

/**
 * Writes a bundle to a path, all or nothing: a bundle that was made from the same spec file is replaced, anything else
 * that is there is refused. Folders above it are made.
 */
export async function writeBundle(path: string, files: BundleFiles): Promise<Checked<null>> {
  try {
    const found = await obstacle(path, files);
    if (found.some(({ severity }) => severity === "error")) return failed(...found);
    const parent = dirname(path);
    await mkdir(parent, { recursive: true });
    // Beside its place, since only within a file system a rename is one step.
    await withTempFolder(async (folder) => {
      const fresh = join(folder, "new");
      await writeFile(fresh, tarParts(files));
      await rename(fresh, path);
    }, parent);
    return checked(null, found);
  } catch (error) {
    return failed(unwritable(undefined, { path, cause: cause(error) }));
  }
}

/** What is to be said of what is at the path: an error if it may not be replaced. */
async function obstacle(path: string, files: BundleFiles): Promise<Diagnostic[]> {
  const inTheWay = (problem: string) => [
    occupied(undefined, { path, problem }, { help: ["move it away, or give another folder with `-o`"] }),
  ];
  const there = await statusOf(path);
  if (!there) return [];
  if (!there.isFile()) return inTheWay(there.isDirectory() ? "it is a folder" : "it is no regular file");
  const bundle = await readBundle(path);
  const before = bundle.ok && specOf(bundle.value);
  if (!before) return inTheWay("it is a file, and no bundle");
  const after = specOf(files);
  if (after && before.file !== after.file)
    return inTheWay(`it is a bundle that was made from another file, \`${before.file}\``);
  const same =
    after && Buffer.compare(bundle.value.get(before.file) ?? Buffer.of(), files.get(after.file)!) === 0;
  return same ? [] : [replaced(undefined, { path })];
}

async function statusOf(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** The path of a bundle's spec in it, whatever version of injectc made the bundle; none if it is another's. */
function specOf(files: BundleFiles): { readonly file: string } | undefined {
  try {
    const { schema, spec } = JSON.parse(Buffer.from(files.get(manifestFile)!).toString());
    const ours = String(schema).split("/")[0] === manifestSchema.split("/")[0];
    return ours ? { file: String(spec.file) } : undefined;
  } catch {
    return undefined;
  }
}

/** Reads a bundle's file once, into memory, and takes it apart. */
export async function readBundle(path: string): Promise<Checked<BundleFiles>> {
  const refuse = (problem: string) => failed(notABundle(undefined, { path, problem }));
  try {
    // Should it be a FIFO, opening does not wait for a writer.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const there = await file.stat();
      if (there.isDirectory()) return refuse("it is a folder");
      if (!there.isFile()) return refuse("it is no regular file");
      const bytes = await readUpTo(file, mostBytes);
      if (bytes.length > mostBytes) return refuse(`it is larger than ${mostBytes >> 20} MiB`);
      const files = readTar(bytes);
      return typeof files === "string" ? refuse(files) : checked(files);
    } finally {
      await file.close();
    }
  } catch (error) {
    return refuse(cause(error));
  }
}
