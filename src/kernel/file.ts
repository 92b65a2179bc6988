/** Files as bytes and text, with what can go wrong as diagnostics. */

import { closeSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { type Checked, checked, failed } from "../diagnostic.js";
import type { Source } from "../source.js";
import { unreadableKernel } from "./codes.js";
import { gunzip, gunzipAside } from "./unpack.js";

const problems: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or folder",
  ENOTDIR: "there is no such file or folder",
  EACCES: "permission is denied",
  EPERM: "permission is denied",
};

/** Bytes of a kernel, with all that debuggers want to know; and of a text about one. */
const largest = { kernel: 2 ** 31 - 1, text: 1 << 25 } as const;

/** The file's content; a device could go on for ever and is refused, and so is what has more than `most` bytes. */
export function readBytes(path: string, most: number = largest.kernel): Checked<Buffer> {
  try {
    const about = statSync(path);
    if (about.isDirectory()) return unreadable(path, "it is a folder");
    if (!about.isFile() && !about.isFIFO()) return unreadable(path, "it is no file");
    const bytes = about.isFile() && about.size <= most ? readFileSync(path) : readUpTo(path, most);
    return bytes.length <= most
      ? checked(bytes)
      : unreadable(path, `it has more than ${Math.round(most / 2 ** 20)} MiB`);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return unreadable(path, problems[code ?? ""] ?? message);
  }
}

/** As much as there is, or a little more than `most`: a pipe's writer may never stop. */
function readUpTo(path: string, most: number): Buffer {
  const chunks: Buffer[] = [];
  const file = openSync(path, "r");
  try {
    for (let length = 0; length <= most; ) {
      const chunk = Buffer.alloc(1 << 20);
      const count = readSync(file, chunk);
      if (count === 0) break;
      chunks.push(chunk.subarray(0, count));
      length += count;
    }
  } finally {
    closeSync(file);
  }
  return Buffer.concat(chunks);
}

function unreadable(path: string, problem: string): Checked<never> {
  return failed(unreadableKernel(undefined, { path, problem }));
}

/** The file's content, unpacked where its name ends in `.gz`. */
export function readUnpacked(path: string, most?: number): Checked<Buffer> {
  const bytes = readBytes(path, most);
  return bytes.ok && path.endsWith(".gz") ? gunzip(bytes.value, path, most) : bytes;
}

/** The same, unpacked on another thread while this one does other things. */
export async function readUnpackedAside(path: string): Promise<Checked<Buffer>> {
  const bytes = readBytes(path);
  return bytes.ok && path.endsWith(".gz") ? gunzipAside(bytes.value, path) : bytes;
}

/** The same as a text that diagnostics can point into; bytes that are no UTF-8 become U+FFFD. */
export function readSource(path: string): Checked<Source> {
  const bytes = readUnpacked(path, largest.text);
  return bytes.ok ? checked({ name: path, text: bytes.value.toString("utf8") }) : bytes;
}
