/** Bundles on disk, each a file. */

import { constants, existsSync, type Stats } from "node:fs";
import { lstat, mkdir, open, rename, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { type Checked, checked, type Diagnostic, failed, hasErrors } from "../diagnostic.js";
import { notABundle, occupied, replaced, unwritable } from "./codes.js";
import { cause, readFileUpTo, readUpTo } from "./file.js";
import { manifestFile, manifestSchema } from "./manifest.js";
import { type BundleFiles, leadingManifest, mostBytes, mostManifest, readTar, tarParts } from "./tar.js";
import { withTempFolder } from "./temp.js";

/** A bundle that is whole, in a file of its own, and the path where it is to be. */
export interface Staged {
  readonly file: string;
  readonly path: string;
  /** What the bundle was made from. */
  readonly spec: Origin | undefined;
}

/** The path in a bundle of what it was made from, and the hash of its text, if that is told. */
interface Origin {
  readonly file: string;
  readonly sha256: string | undefined;
}

/** Writes a bundle to a path, all or nothing. */
export function writeBundle(path: string, files: BundleFiles): Promise<Checked<null>> {
  return withStage(dirname(path), async (folder) => {
    const staged = await stage(path, files, folder);
    return staged.ok ? place([staged.value]) : staged;
  });
}

/** Gives a temporary folder in the file system in which the folder is or will be, within which a rename is one step. */
export async function withStage<T>(
  directory: string,
  use: (folder: string) => Promise<Checked<T>>,
): Promise<Checked<T>> {
  let parent = directory;
  while (!existsSync(parent)) parent = dirname(parent);
  let given = false;
  const useIt = (folder: string) => {
    given = true;
    return use(folder);
  };
  try {
    return await withTempFolder(useIt, parent);
  } catch (error) {
    if (given) throw error;
    const where = parent === directory ? "" : `, in ${parent}`;
    return failed(unwritable(undefined, { path: directory, cause: `${cause(error)}${where}` }));
  }
}

/** Writes a bundle into the folder, under the last name of the path where it is to be. */
export async function stage(path: string, files: BundleFiles, folder: string): Promise<Checked<Staged>> {
  const file = join(folder, basename(path));
  try {
    await writeFile(file, tarParts(files));
    return checked({ file, path, spec: originOf(files.get(manifestFile)) });
  } catch (error) {
    return failed(unwritable(undefined, { path, cause: cause(error) }));
  }
}

/**
 * Puts bundles at their places, all or, if one of these is not free, none: a bundle that was made from the same spec file is
 * replaced, anything else that is there is refused. Folders above are made.
 */
export async function place(bundles: readonly Staged[]): Promise<Checked<null>> {
  const found: Diagnostic[] = [];
  for (const staged of bundles) found.push(...(await tried(staged, () => obstacle(staged))));
  for (const staged of bundles) {
    if (hasErrors(found)) return failed(...found);
    found.push(...(await tried(staged, () => put(staged))));
  }
  return hasErrors(found) ? failed(...found) : checked(null, found);
}

async function put({ file, path }: Staged): Promise<Diagnostic[]> {
  await mkdir(dirname(path), { recursive: true });
  await rename(file, path);
  return [];
}

async function tried({ path }: Staged, work: () => Promise<Diagnostic[]>): Promise<Diagnostic[]> {
  try {
    return await work();
  } catch (error) {
    return [unwritable(undefined, { path, cause: cause(error) })];
  }
}

/** What is to be said of what is at the path: an error if it may not be replaced. */
async function obstacle({ path, spec }: Staged): Promise<Diagnostic[]> {
  const inTheWay = (problem: string) => [
    occupied(undefined, { path, problem }, { help: ["move it away, or give another folder with `-o`"] }),
  ];
  const there = await statusOf(path);
  if (!there) return [];
  if (!there.isFile()) return inTheWay(there.isDirectory() ? "it is a folder" : "it is no regular file");
  const start = await readFileUpTo(path, mostManifest);
  const before = start.ok && originOf(leadingManifest(start.value));
  if (!before) return inTheWay("it is a file, and no bundle");
  if (before.file !== spec?.file)
    return inTheWay(`it is a bundle that was made from another file, \`${before.file}\``);
  return before.sha256 === spec.sha256 ? [] : [replaced(undefined, { path })];
}

async function statusOf(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** What a manifest says of the bundle's spec, whatever version of injectc made the bundle; nothing if it is another's. */
function originOf(manifest: Uint8Array | undefined): Origin | undefined {
  try {
    const { schema, spec, files } = JSON.parse(Buffer.from(manifest ?? []).toString());
    if (String(schema).split("/")[0] !== manifestSchema.split("/")[0]) return undefined;
    const listed = Array.isArray(files) ? files.find((one) => one?.path === spec.file) : undefined;
    return { file: String(spec.file), sha256: listed?.sha256 };
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
