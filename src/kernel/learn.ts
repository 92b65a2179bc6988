/** What a kernel's files tell, gathered to make a profile of: from packages, images, dumps, captures and folders. */

import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { isElf, sectionOf } from "../btf/elf.js";
import { withTempFolder } from "../build/temp.js";
import { type Checked, checked, type Diagnostic, failed, hasErrors } from "../diagnostic.js";
import {
  differingFact,
  emptyKernelFolder,
  kernelWithoutBtf,
  packageWithoutKernel,
  severalKernels,
} from "./codes.js";
import { configRelease } from "./config.js";
import type { Facts } from "./facts.js";
import { readBytes, readUnpacked } from "./file.js";
import { type FactName, fileNames, readFolder, usualHow } from "./folder.js";
import { type Image, readImage } from "./image.js";
import { moduleFiles, moduleTypes, moduleTypesAt, typesOfModule } from "./modules.js";
import { isPackage, isTar, readArchive, readPackage } from "./package.js";
import { isFolder } from "./profile.js";
import { type How, parseRecord, printRecord, type Record, recordFile } from "./record.js";
import { splitRelease } from "./release.js";
import { gunzip, isGzip } from "./unpack.js";

export interface Fact {
  readonly how: How;
  /** As the kernel has it, uncompressed; an image as a boot loader takes it. */
  readonly bytes: Uint8Array;
}

/** All that is known of a kernel; a fact that is absent is unknown. */
export interface Learned {
  readonly release?: string;
  readonly facts: ReadonlyMap<FactName, Fact>;
}

/** What one of the user's files told. */
export interface Told {
  readonly path: string;
  readonly learned: Learned;
}

/** What each of the paths, as after `-k`, tells of a kernel. */
export async function gather(paths: readonly string[]): Promise<Checked<readonly Told[]>> {
  const found: Told[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const path of paths) {
    const learned = await learnFrom(path);
    diagnostics.push(...learned.diagnostics);
    if (learned.ok) found.push({ path, learned: learned.value });
  }
  return hasErrors(diagnostics) ? failed(...diagnostics) : checked(found, diagnostics);
}

/** The release that they agree on; undefined where none tells it. */
export function releaseOf(told: readonly Told[]): Checked<string | undefined> {
  const releases = [...new Set(told.flatMap(({ learned }) => learned.release ?? []))];
  return releases.length > 1 ? failed(severalKernels(undefined, { releases })) : checked(releases[0]);
}

/** The one kernel that all of it tells of, types included. What does not fit together is an error. */
export async function combine(told: readonly Told[]): Promise<Checked<Learned>> {
  const release = releaseOf(told);
  if (!release.ok) return release;
  const facts = new Map<FactName, Fact>();
  for (const { path, learned } of told) {
    for (const [name, fact] of learned.facts) {
      const before = facts.get(name);
      if (before && Buffer.compare(before.bytes, fact.bytes) !== 0)
        return failed(differingFact(undefined, { path, name }));
      facts.set(name, before ?? fact);
    }
  }
  const named = release.value === undefined ? {} : { release: release.value };
  return withTypes({ ...named, facts }, told.map(({ path }) => path).join(" "));
}

/** Both steps at once. */
export async function learn(paths: readonly string[]): Promise<Checked<Learned>> {
  const told = await gather(paths);
  return told.ok ? combine(told.value) : told;
}

/** Writes what was learned as a kernel's folder, and reads it as one: that tells whether it is sound. */
export async function asFolder(learned: Learned, folder: string): Promise<Checked<Facts>> {
  await writeFacts(learned, folder);
  return readFolder([folder]);
}

/** Writes what was learned, and its record, as files of the folder. */
export async function writeFacts(learned: Learned, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, recordFile), recordOf(learned));
  for (const [name, { bytes }] of learned.facts) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), bytes);
  }
}

/** The record of what was learned, as bytes. */
export function recordOf({ release, facts }: Learned): Buffer {
  const hows = Object.fromEntries([...facts].map(([name, { how }]) => [name, how]));
  return printRecord({ ...(release === undefined ? {} : { release }), facts: hows });
}

async function learnFrom(argument: string): Promise<Checked<Learned>> {
  const given = splitRelease(argument);
  if (!given.ok) return given;
  const { release, path } = given.value;
  const learned = await learnFromPath(path);
  if (!learned.ok || !release) return learned;
  const actual = learned.value.release;
  if (actual !== undefined && actual !== release.text) {
    return failed(severalKernels(undefined, { releases: [release.text, actual] }));
  }
  return checked({ ...learned.value, release: release.text }, learned.diagnostics);
}

async function learnFromPath(path: string): Promise<Checked<Learned>> {
  if (isFolder(path)) {
    const files = folderFiles(path);
    return files.size > 0 ? fromFiles(files, path) : failed(emptyKernelFolder(undefined, { path }));
  }
  const read = readBytes(path);
  if (!read.ok) return read;
  const bytes = isGzip(read.value) ? gunzip(read.value, path) : read;
  if (!bytes.ok) return bytes;
  if (isPackage(bytes.value)) return withTempFolder((folder) => readPackage(path, folder));
  if (isTar(bytes.value)) {
    const isFact = (file: string) =>
      profileFiles.includes(basename(file)) ? basename(file) : moduleTypesAt(file);
    const files = await withTempFolder((folder) => readArchive(path, isFact, folder));
    if (!files.ok) return files;
    return files.value.size > 0
      ? fromFiles(files.value, path)
      : failed(packageWithoutKernel(undefined, { path }));
  }
  return fromImage(read.value, path);
}

const profileFiles = [recordFile, ...fileNames.flatMap((name) => [name, `${name}.gz`])];

function folderFiles(folder: string): ReadonlyMap<string, Uint8Array> {
  const names = profileFiles.filter((name) => existsSync(join(folder, name)));
  const files = new Map<string, Uint8Array>();
  for (const name of names) {
    const bytes = readBytes(join(folder, name));
    if (bytes.ok) files.set(name, bytes.value);
  }
  // A module itself is none of what a profile keeps, its types are.
  for (const [name, file] of moduleFiles([folder])) {
    const bytes = readUnpacked(file);
    const types = bytes.ok && typesOfModule(bytes.value, file);
    if (types) files.set(moduleTypes(name), types);
  }
  return files;
}

async function fromFiles(files: ReadonlyMap<string, Uint8Array>, path: string): Promise<Checked<Learned>> {
  const record = files.get(recordFile);
  const none: Record = { facts: {} };
  const told = record ? parseRecord(record, join(path, recordFile)) : checked(none);
  if (!told.ok) return told;
  const facts = new Map<FactName, Fact>();
  for (const name of fileNames) {
    const packed = files.get(`${name}.gz`);
    const bytes = packed ? gunzip(packed, join(path, `${name}.gz`)) : checked(files.get(name));
    if (!bytes.ok) return bytes;
    const how = told.value.facts[name] ?? usualHow(name);
    if (bytes.value) facts.set(name, { how, bytes: bytes.value });
  }
  for (const [path, bytes] of files) {
    const name = moduleTypesAt(path);
    const how = name && (told.value.facts[name] ?? usualHow(name));
    if (name && how) facts.set(name, { how, bytes });
  }
  const release = told.value.release ?? (await releaseIn(facts, path));
  return checked({ ...(release === undefined ? {} : { release }), facts });
}

/** What the image says of itself; else what the configuration was made for, which leaves out a distribution's own suffix. */
async function releaseIn(facts: ReadonlyMap<FactName, Fact>, path: string): Promise<string | undefined> {
  const [vmlinuz, config] = [facts.get("vmlinuz"), facts.get("config")];
  const image = vmlinuz && (await readImage(vmlinuz.bytes, path));
  const told = image?.ok ? image.value.release : undefined;
  return told ?? (config && configRelease(Buffer.from(config.bytes).toString("latin1")));
}

async function fromImage(bytes: Uint8Array, path: string): Promise<Checked<Learned>> {
  const image = await readImage(bytes, path);
  if (!image.ok) return image;
  const { release, bootable } = image.value;
  const named = release === undefined ? {} : { release };
  if (bootable) return checked({ ...named, facts: new Map([["vmlinuz", { how: "read", bytes }]]) });
  const types = await typesOf(image.value, path);
  return types.ok ? checked({ ...named, facts: new Map([["vmlinux.btf", types.value]]) }) : types;
}

async function typesOf(image: Image, path: string): Promise<Checked<Fact>> {
  const types = await image.types();
  if (!types.ok) return types;
  const section = isElf(types.value) ? sectionOf(types.value, ".BTF", path) : checked(types.value);
  if (!section.ok) return section;
  if (!section.value) return failed(kernelWithoutBtf(undefined, { path }));
  return checked({ how: "read", bytes: section.value });
}

/** The same with the types that its image holds, where nothing else told them. */
async function withTypes(learned: Learned, path: string): Promise<Checked<Learned>> {
  const { facts } = learned;
  if (facts.has("vmlinux.btf")) return checked(learned);
  const vmlinuz = facts.get("vmlinuz");
  if (!vmlinuz) {
    const help = [
      "give a package or file that has the kernel's image, or a copy of /sys/kernel/btf/vmlinux, as well",
    ];
    return failed(kernelWithoutBtf(undefined, { path }, { help }));
  }
  const image = await readImage(vmlinuz.bytes, path);
  if (!image.ok) return image;
  const types = await typesOf(image.value, path);
  if (!types.ok) return types;
  const release = learned.release ?? image.value.release;
  return checked({
    ...(release === undefined ? {} : { release }),
    facts: new Map([...facts, ["vmlinux.btf", types.value]]),
  });
}
