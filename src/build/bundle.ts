/** What a bundle is on disk: a folder. No other module knows. */

import { constants, type Dirent, renameSync, type Stats } from "node:fs";
import { lstat, mkdir, open, readdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Checked, checked, failed } from "../diagnostic.js";
import { notABundle, occupied, unwritable } from "./codes.js";
import { cause, readUpTo } from "./file.js";
import { manifestFile, manifestSchema, signatureFile } from "./manifest.js";
import { withTempFolder } from "./temp.js";

/** A bundle's files by their paths in it, steps joined by `/`. */
export type BundleFiles = ReadonlyMap<string, Uint8Array>;

// The loader's own limits: bundle.c.
const mebibyte = 1 << 20;
const mostBytes = 64 * mebibyte;
const mostEntries = 1024;
const mostDepth = 8;

/** What is parsed before anything vouches for it has little room. */
function sizeLimit(path: string): number {
  if (path === signatureFile) return mebibyte / 16;
  return path === manifestFile ? mebibyte : 16 * mebibyte;
}

/**
 * Writes a bundle to a path, all or nothing: a bundle that injectc made or an empty folder there is replaced, anything
 * else is refused. Folders above it are made.
 */
export async function writeBundle(path: string, files: BundleFiles): Promise<Checked<null>> {
  try {
    const problem = await obstacle(path);
    if (problem) return failed(occupied(undefined, { path, problem }));
    const parent = dirname(path);
    await mkdir(parent, { recursive: true });
    // Beside its place, since only within a file system a rename is one step.
    await withTempFolder(async (folder) => {
      const fresh = join(folder, "new");
      await mkdir(fresh);
      for (const [name, data] of files) {
        const file = join(fresh, ...name.split("/"));
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, data);
      }
      replace(path, fresh, join(folder, "old"));
    }, parent);
    return checked(null);
  } catch (error) {
    return failed(unwritable(undefined, { path, cause: cause(error) }));
  }
}

/** Nothing of ours runs between the two steps, also not what a signal starts. */
function replace(path: string, fresh: string, old: string): void {
  try {
    renameSync(path, old);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  renameSync(fresh, path);
}

/** Why what is at the path may not be replaced; undefined if it may, or nothing is there. */
async function obstacle(path: string): Promise<string | undefined> {
  const there = await statusOf(path);
  if (!there) return undefined;
  if (!there.isDirectory()) return "it is no folder";
  if ((await readdir(path)).length === 0) return undefined;
  const bundle = await readBundle(path);
  const manifest = bundle.ok ? bundle.value.get(manifestFile) : undefined;
  const listed = manifest && listedFiles(manifest);
  if (!bundle.ok || !listed) return "it is a folder, and no bundle";
  const stranger = [...bundle.value.keys()].find((name) => !listed.has(name));
  return stranger && `it is a bundle, but someone has put ${stranger} into it`;
}

async function statusOf(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** The names that may be in a bundle with this manifest, if it is one of ours, of whatever version. */
function listedFiles(manifest: Uint8Array): ReadonlySet<unknown> | undefined {
  try {
    const { schema, files } = JSON.parse(Buffer.from(manifest).toString());
    if (String(schema).split("/")[0] !== manifestSchema.split("/")[0]) return undefined;
    return new Set([manifestFile, signatureFile, ...files.map(({ path }: { path: unknown }) => path)]);
  } catch {
    return undefined;
  }
}

/** Reads every file of a bundle once, into memory; regular files in folders, and nothing else. */
export async function readBundle(path: string): Promise<Checked<Map<string, Uint8Array>>> {
  const files = new Map<string, Uint8Array>();
  let bytes = 0;
  let entries = 0;
  /** The first problem met in a folder of the bundle; `inside` is its path, with a `/` at its end. */
  const read = async (inside: string, depth: number): Promise<string | undefined> => {
    for (const entry of await entriesOf(join(path, inside))) {
      const name = inside + entry.name;
      if (++entries > mostEntries) return `it holds more than ${mostEntries} files and folders`;
      if (entry.isDirectory()) {
        if (depth === mostDepth) return `it holds folders more than ${mostDepth} deep`;
        const problem = await read(`${name}/`, depth + 1);
        if (problem) return problem;
      } else if (!entry.isFile()) {
        return `\`${name}\` is ${entry.isSymbolicLink() ? "a symbolic link" : "a special file"}`;
      } else {
        const limit = Math.min(sizeLimit(name), mostBytes - bytes);
        const data = await readRegular(join(path, name), limit);
        if (!data) return `\`${name}\` changed while it was read`;
        if (data.length > limit) return `\`${name}\` is too large`;
        bytes += data.length;
        files.set(name, data);
      }
    }
    return undefined;
  };
  try {
    const problem = await read("", 0);
    return problem ? failed(notABundle(undefined, { path, problem })) : checked(files);
  } catch (error) {
    return failed(notABundle(undefined, { path, problem: cause(error) }));
  }
}

/** In an order that does not depend on the file system, so that neither does the first problem. */
async function entriesOf(folder: string): Promise<Dirent[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Undefined if it is no regular file any more; should it be a FIFO now, opening does not wait for a writer. */
async function readRegular(path: string, limit: number): Promise<Uint8Array | undefined> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    return (await file.stat()).isFile() ? await readUpTo(file, limit) : undefined;
  } finally {
    await file.close();
  }
}
