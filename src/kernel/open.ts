/** From a KERNEL argument (`-k`) to what is known of that kernel. */

import { existsSync } from "node:fs";
import { readBtf } from "../btf/read.js";
import { type Checked, checked, failed } from "../diagnostic.js";
import { nearest } from "../spelling.js";
import { otherRelease, unknownKernel } from "./codes.js";
import { type Facts, makeKernel } from "./facts.js";
import { readBytes } from "./file.js";
import { readFolder } from "./folder.js";
import { readImage } from "./image.js";
import type { Kernel, Release } from "./kernel.js";
import { isFolder, profileFolders, profileNames, profilePlaces } from "./profile.js";
import { splitRelease } from "./release.js";
import { readRunning } from "./running.js";

export interface OpenOptions {
  /** Folders that hold profiles, first place first; instead of `profilePlaces()`. */
  readonly search?: readonly string[];
}

/**
 * The kernel that a KERNEL argument names: `running`, a profile's name, the path of raw BTF, of an ELF `vmlinux`, of a
 * bootable image or of a folder, or `RELEASE=` and one of those.
 */
export async function openKernel(argument: string, options: OpenOptions = {}): Promise<Checked<Kernel>> {
  const places = options.search ?? profilePlaces();
  const given = splitRelease(argument);
  if (!given.ok) return given;
  const { release, path } = given.value;
  const facts = await readFacts(path, places);
  if (!facts.ok) return facts;
  const kernel = makeKernel(argument, { ...facts.value, release: facts.value.release ?? release?.text });
  if (release && kernel.release && !sameRelease(release, kernel.release)) {
    return failed(otherRelease(undefined, { path, given: release.text, actual: kernel.release.text }));
  }
  return checked(kernel, facts.diagnostics);
}

function sameRelease(a: Release, b: Release): boolean {
  return a.major === b.major && a.minor === b.minor;
}

async function readFacts(path: string, places: readonly string[]): Promise<Checked<Facts>> {
  if (path === "running") return readRunning();
  const profile = profileFolders(path, places);
  if (profile.length > 0) return readFolder(profile);
  if (isFolder(path)) return readFolder([path]);
  // A lone word that leads nowhere was meant as a name.
  if (!existsSync(path) && !/[/\\]/.test(path)) return failed(noProfile(path, places));
  return readKernelFile(path);
}

function noProfile(name: string, places: readonly string[]) {
  const names = profileNames(places);
  const near = nearest(name, names);
  const help = [
    ...(near === undefined ? [] : [`did you mean \`${near}\`?`]),
    names.length > 0
      ? `there are: ${names.join(", ")}, and \`running\``
      : "there are no profiles, only `running`",
  ];
  return unknownKernel(undefined, { name }, { help });
}

async function readKernelFile(path: string): Promise<Checked<Facts>> {
  const bytes = readBytes(path);
  if (!bytes.ok) return bytes;
  const image = await readImage(bytes.value, path);
  if (!image.ok) return image;
  const { arch, release, bootable } = image.value;
  const types = await image.value.types();
  if (!types.ok) return types;
  const btf = readBtf(types.value, path);
  return btf.ok ? checked({ btf: btf.value, arch, release, image: bootable ? path : undefined }) : btf;
}
