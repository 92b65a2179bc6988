/**
 * A kernel's modules in a folder: `modules/NAME.btf` has the types of one, as /sys/kernel/btf/NAME, and `modules/NAME.ko`
 * is one, which has its types in it and is loaded in guests. Either may have `.gz` behind it.
 */

import { existsSync, readdirSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Btf } from "../btf/btf.js";
import { isElf, sectionOf } from "../btf/elf.js";
import { readBtf } from "../btf/read.js";
import { readUnpacked } from "./file.js";
import { lazy, lazyMap, memoized } from "./lazy.js";

const folderName = "modules";

/** A module's types as a fact's name. */
export type ModuleTypes = `${typeof folderName}/${string}.btf`;

/** The fact's name; a module's own has `_` where its file's may have `-`. */
export function moduleTypes(name: string): ModuleTypes {
  return `${folderName}/${name.replaceAll("-", "_")}.btf`;
}

/** The fact that a file of an archive is, by its path; undefined for any other file. */
export function moduleTypesAt(path: string): ModuleTypes | undefined {
  const found = /(?:^|\/)modules\/([\w.-]+)\.btf$/.exec(path);
  return found ? moduleTypes(found[1]!) : undefined;
}

/** The files of the folders' `modules` with the types of each module, the first folder's first, by the module's name. */
export function moduleFiles(folders: readonly string[]): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const folder of folders.map((one) => join(one, folderName)).filter(existsSync)) {
    for (const file of readdirSync(folder).sort()) {
      const name = /^([\w.-]+)\.(?:btf|ko)(?:\.gz)?$/.exec(file)?.[1]?.replaceAll("-", "_");
      if (name !== undefined && !files.has(name)) files.set(name, join(folder, file));
    }
  }
  return files;
}

/** The module whose types are the fact; undefined for any other fact. */
export function moduleOf(fact: string): string | undefined {
  return /^modules\/(.+)\.btf$/.exec(fact)?.[1];
}

/** A module's types as bytes, of its own file or of one that has nothing else; undefined where it has none. */
export function typesOfModule(bytes: Uint8Array, path: string): Uint8Array | undefined {
  if (!isElf(bytes)) return bytes;
  const section = sectionOf(bytes, ".BTF", path);
  return section.ok ? section.value : undefined;
}

/** Lists the functions of a folder's modules, a line each with its module, since thousands are too many to look into. */
const indexName = "functions.txt.gz";

/** Writes the list beside the modules' types in the folder. */
export async function writeIndex(folder: string, base: Btf): Promise<void> {
  const modules = modulesOf(moduleFiles([folder]), base);
  const lines = [...modules].flatMap(([module, btf]) =>
    [...functionsOf(btf, base)].map((name) => `${name} ${module}\n`),
  );
  if (modules.size > 0) await writeFile(join(folder, folderName, indexName), gzipSync(lines.sort().join("")));
}

function* functionsOf(btf: Btf, base: Btf): Iterable<string> {
  for (let id = base.count; id < btf.count; id++) {
    const type = btf.type(id);
    if (type.kind === "function") yield type.name;
  }
}

/** What the list in the first of the folders that has modules says; undefined where there is none. */
export function indexIn(folders: readonly string[]): ((name: string) => string[]) | undefined {
  const folder = folders.map((one) => join(one, folderName)).find(existsSync);
  const path = folder && join(folder, indexName);
  if (!path || !existsSync(path)) return undefined;
  const text = lazy(() => {
    const bytes = readUnpacked(path);
    return bytes.ok ? `\n${bytes.value.toString("latin1")}` : "";
  });
  return memoized((name) => {
    const found: string[] = [];
    const start = `\n${name} `;
    for (let at = text().indexOf(start); at >= 0; at = text().indexOf(start, at + 1)) {
      found.push(text().slice(at + start.length, text().indexOf("\n", at + 1)));
    }
    return found;
  });
}

/** Each module's types, read when asked for; a module that has none, or damaged ones, is left out. */
export function modulesOf(files: ReadonlyMap<string, string>, base: Btf): ReadonlyMap<string, Btf> {
  return lazyMap([...files.keys()], (name) => {
    const path = files.get(name)!;
    const bytes = readUnpacked(path);
    const btf = bytes.ok ? readBtf(bytes.value, path, base) : bytes;
    return btf.ok ? btf.value : undefined;
  });
}
