/** Releases of kernels, as text and numbers. */

import { existsSync } from "node:fs";
import { type Checked, checked, failed } from "../diagnostic.js";
import { badRelease } from "./codes.js";
import type { Release } from "./kernel.js";

/** A release by its text, `6.12` or `6.1.0-56-cloud-amd64`; `undefined` where that does not start with two numbers. */
export function parseRelease(text: string): Release | undefined {
  const found = /^(\d{1,3})\.(\d{1,4})(?:[.+~_-][\w.+~-]*)?$/.exec(text);
  return found ? { major: Number(found[1]), minor: Number(found[2]), text } : undefined;
}

/** The release in a kernel's banner, "Linux version 6.12.95 (…": init/version.c. */
export function bannerRelease(bytes: Uint8Array): string | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const mark = "Linux version ";
  // The format that /proc/version is printed by comes without a number.
  for (let at = buffer.indexOf(mark); at >= 0; at = buffer.indexOf(mark, at + 1)) {
    const word = /^\S+/.exec(buffer.toString("latin1", at + mark.length, at + mark.length + 128))?.[0];
    if (word && parseRelease(word)) return word;
  }
  return undefined;
}

/** A KERNEL argument as what may stand before `=`, and a path; a path with `=` in it has a slash before that, or is there. */
export function splitRelease(argument: string): Checked<{ release?: Release; path: string }> {
  const split = /^([^=/]*)=(.+)$/s.exec(argument);
  if (!split || existsSync(argument)) return checked({ path: argument });
  const release = parseRelease(split[1]!);
  if (release) return checked({ release, path: split[2]! });
  const help = [split[1] ? "write it as in `-k 6.12=vmlinux.btf`" : "write `-k KERNEL` or `--kernel=KERNEL`"];
  return failed(badRelease(undefined, { text: split[1]! }, { help }));
}
