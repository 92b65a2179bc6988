/** Files as bytes and text, with what can go wrong as diagnostics. */

import { readFileSync, statSync } from "node:fs";
import { type Checked, checked, failed } from "../diagnostic.js";
import type { Source } from "../source.js";
import { unreadableKernel } from "./codes.js";
import { gunzip } from "./unpack.js";

const problems: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or folder",
  ENOTDIR: "there is no such file or folder",
  EACCES: "permission is denied",
  EPERM: "permission is denied",
};

/** The file's content; a device could go on for ever and is refused. */
export function readBytes(path: string): Checked<Buffer> {
  try {
    const about = statSync(path);
    if (about.isFile() || about.isFIFO()) return checked(readFileSync(path));
    return unreadable(path, about.isDirectory() ? "it is a folder" : "it is no file");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return unreadable(path, problems[code ?? ""] ?? message);
  }
}

function unreadable(path: string, problem: string): Checked<never> {
  return failed(unreadableKernel(undefined, { path, problem }));
}

/** The file's content, unpacked where its name ends in `.gz`. */
export function readUnpacked(path: string): Checked<Buffer> {
  const bytes = readBytes(path);
  return bytes.ok && path.endsWith(".gz") ? gunzip(bytes.value, path) : bytes;
}

/** The same as a text that diagnostics can point into; bytes that are no UTF-8 become U+FFFD. */
export function readSource(path: string): Checked<Source> {
  const bytes = readUnpacked(path);
  return bytes.ok ? checked({ name: path, text: bytes.value.toString("utf8") }) : bytes;
}
