/** A kernel described by the files of a folder, or of several folders of one name. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Btf } from "../btf/btf.js";
import { readBtf } from "../btf/read.js";
import { type Checked, checked, type Diagnostic, failed, hasErrors } from "../diagnostic.js";
import type { Source } from "../source.js";
import { emptyKernelFolder, kernelWithoutBtf } from "./codes.js";
import { configArch, configList, configRelease } from "./config.js";
import type { Facts } from "./facts.js";
import { readBytes, readSource, readUnpacked, readUnpackedAside } from "./file.js";
import { type Image, readImage } from "./image.js";
import { injectableList, type ListFormat, readList, syscallList, traceableList } from "./lists.js";
import { indexIn, type ModuleTypes, moduleFiles, modulesOf, moduleTypes } from "./modules.js";
import { type How, parseRecord, type Record, recordFile } from "./record.js";

/** The facts that a kernel's folder may hold, by their files. */
export const fileNames = [
  "vmlinuz",
  "vmlinux.btf",
  "config",
  "injectable.txt",
  "traceable.txt",
  "syscalls.txt",
] as const;
export type FileName = (typeof fileNames)[number];
/** A fact's name: the file that holds it. */
export type FactName = FileName | ModuleTypes;

/**
 * What the files say; each is taken from the first folder that has it, plain or with `.gz`. The image is looked into
 * only for what no other file tells. All damaged lists are reported, not the first only.
 */
export async function readFolder(folders: readonly string[]): Promise<Checked<Facts>> {
  const paths = new Map(fileNames.flatMap((file) => locate(file, folders)));
  const path = folders[0]!;
  if (paths.size === 0) return failed(emptyKernelFolder(undefined, { path }));

  const btfPath = paths.get("vmlinux.btf");
  // By far the largest file; the others are read meanwhile.
  const unpacking = btfPath === undefined ? undefined : readUnpackedAside(btfPath);
  const problems: Diagnostic[] = [];
  const source = (file: FileName) => sourceOf(paths.get(file), problems);
  const config = source("config");
  const lists = {
    config: listOf(configList, config, problems),
    injectable: listOf(injectableList, source("injectable.txt"), problems),
    traceable: listOf(traceableList, source("traceable.txt"), problems),
    syscalls: listOf(syscallList, source("syscalls.txt"), problems),
  };

  const record = recordIn(folders);
  problems.push(...(record?.diagnostics ?? []));
  const told = {
    release: (record?.ok && record.value.release) || (config && configRelease(config.text)),
    arch: config && configArch(config.text),
  };
  const imagePath = paths.get("vmlinuz");
  const needed = imagePath !== undefined && (!btfPath || !told.release || !told.arch);
  const image = needed ? await imageOf(imagePath) : undefined;
  if (image && !image.ok) return failed(...problems, ...image.diagnostics);

  const unpacked = await unpacking;
  const btf = unpacked ? typesFrom(unpacked, btfPath!) : await typesIn(imagePath, image?.value, path);
  if (!btf.ok) return failed(...problems, ...btf.diagnostics);
  if (hasErrors(problems)) return failed(...problems);
  const modules = moduleFiles(folders);
  return checked({
    btf: btf.value,
    modules: modulesOf(modules, btf.value),
    modulesWith: modules.size > 0 ? indexIn(folders) : undefined,
    loadable: [...modules.values()].filter((file) => file.endsWith(".ko")),
    release: told.release ?? image?.value.release,
    arch: told.arch ?? image?.value.arch,
    // QEMU does not unpack an x86-64 image.
    image: imagePath?.endsWith(".gz") ? undefined : imagePath,
    ...lists,
  });
}

/** Files that only a kernel which runs can tell. */
const toldOnly: readonly FileName[] = ["injectable.txt", "traceable.txt", "syscalls.txt"];

/** How a fact was learned that no record tells of. */
export function usualHow(name: FactName): How {
  return toldOnly.some((file) => file === name) ? "captured" : "read";
}

/** The facts in the folders, with how each was learned. */
export function factsIn(folders: readonly string[]): ReadonlyMap<FactName, How> {
  const record = recordIn(folders);
  const hows = record?.ok ? record.value.facts : {};
  const files: FactName[] = fileNames.filter((name) => locate(name, folders).length > 0);
  const modules = [...moduleFiles(folders).keys()].map(moduleTypes);
  return new Map([...files, ...modules].map((name) => [name, hows[name] ?? usualHow(name)]));
}

/** What the first of the folders that is a profile says of itself. */
function recordIn(folders: readonly string[]): Checked<Record> | undefined {
  const path = folders.map((folder) => join(folder, recordFile)).find(existsSync);
  if (path === undefined) return undefined;
  const bytes = readBytes(path);
  return bytes.ok ? parseRecord(bytes.value, path) : bytes;
}

function locate(file: FileName, folders: readonly string[]): [FileName, string][] {
  const candidates = folders.flatMap((folder) => [join(folder, file), join(folder, `${file}.gz`)]);
  const path = candidates.find((candidate) => existsSync(candidate));
  return path === undefined ? [] : [[file, path]];
}

function sourceOf(path: string | undefined, problems: Diagnostic[]): Source | undefined {
  if (path === undefined) return undefined;
  const read = readSource(path);
  problems.push(...read.diagnostics);
  return read.ok ? read.value : undefined;
}

function listOf<T>(
  format: ListFormat<T>,
  source: Source | undefined,
  problems: Diagnostic[],
): (() => T) | undefined {
  if (!source) return undefined;
  const read = readList(format, source);
  problems.push(...read.diagnostics);
  return read.ok ? read.value : undefined;
}

async function imageOf(path: string): Promise<Checked<Image>> {
  const bytes = readUnpacked(path);
  return bytes.ok ? readImage(bytes.value, path) : bytes;
}

function typesFrom(bytes: Checked<Buffer>, path: string): Checked<Btf> {
  return bytes.ok ? readBtf(bytes.value, path) : bytes;
}

async function typesIn(
  imagePath: string | undefined,
  image: Image | undefined,
  folder: string,
): Promise<Checked<Btf>> {
  if (!image || imagePath === undefined) {
    const help = [
      "put a `vmlinux.btf` into it, a copy of /sys/kernel/btf/vmlinux of a node that runs the kernel",
    ];
    return failed(kernelWithoutBtf(undefined, { path: folder }, { help }));
  }
  const types = await image.types();
  return types.ok ? readBtf(types.value, imagePath) : types;
}
