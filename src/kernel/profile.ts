/** Kernel profiles: folders with a name, in a few places. */

import { readdirSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { packageRoot } from "../root.js";

/** A profile's name: one that is a file's name and no path. */
const profileName = /^[A-Za-z0-9][\w.+~-]*$/;

/** Whether a profile can have the name; `running` is the kernel that runs. */
export function isProfileName(name: string): boolean {
  return profileName.test(name) && name !== "running";
}

/** Where `injectc kernel add` puts profiles: `injectc/kernels` of the user's cache, by the XDG Base Directory rules. */
export function cachedProfiles(): string {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  return join(cache, "injectc", "kernels");
}

/** Where profiles are looked up, first place first: what `make kernels` made, the user's own, the built-in ones. */
export function profilePlaces(): readonly string[] {
  const inPackage = (...path: string[]) => join(packageRoot, ...path);
  return [inPackage("out", "kernels"), cachedProfiles(), inPackage("src", "kernel", "profiles")];
}

/** The folders of that name in the places, in their order; none for what is no profile's name. */
export function profileFolders(name: string, places: readonly string[]): string[] {
  if (!profileName.test(name)) return [];
  return places.map((place) => join(place, name)).filter(isFolder);
}

/** The names of all profiles in the places, sorted. */
export function profileNames(places: readonly string[]): string[] {
  const names = places.flatMap((place) => {
    const found = isFolder(place) ? readdirSync(place) : [];
    return found.filter((name) => profileName.test(name) && isFolder(join(place, name)));
  });
  return [...new Set(names)].sort();
}

/** Whether the path leads to a folder; false, too, where it may not be looked at. */
export function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
