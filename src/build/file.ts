/** Files that a user names, read with a bound. */

import { type FileHandle, open } from "node:fs/promises";
import { type Checked, checked, failed } from "../diagnostic.js";
import { unreadableFile } from "./codes.js";

/** The bytes of a file, at most `limit` + 1 of them, so that a reader sees that there are more than it takes. */
export async function readFileUpTo(path: string, limit: number): Promise<Checked<Uint8Array>> {
  let file: FileHandle | undefined;
  try {
    file = await open(path);
    return checked(await readUpTo(file, limit));
  } catch (error) {
    return failed(unreadableFile(undefined, { path, cause: cause(error) }));
  } finally {
    await file?.close();
  }
}

/** Reads an open file from its start, once, up to `limit` + 1 bytes. */
export async function readUpTo(file: FileHandle, limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let left = limit + 1;
  // What a regular file has, and room to see that there is no more.
  const { size } = await file.stat();
  for (let room = Math.max(size + 1, 1 << 16); left > 0; room = 1 << 16) {
    const buffer = new Uint8Array(Math.min(left, room));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, null);
    if (bytesRead === 0) break;
    chunks.push(buffer.subarray(0, bytesRead));
    left -= bytesRead;
  }
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
}

/** Reads a stream to its end, or a little beyond the limit. */
export async function readStreamUpTo(stream: AsyncIterable<Uint8Array>, limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stream) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > limit) break;
  }
  return Buffer.concat(chunks);
}

const causes: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EACCES: "permission denied",
  EISDIR: "it is a folder",
  ENOTDIR: "a step of the path is no folder",
  ELOOP: "it is a symbolic link",
  EROFS: "the file system is read-only",
  ENOSPC: "no space is left",
  EEXIST: "it exists already",
};

/** The system's complaint in words; what is no system error is thrown on. */
export function cause(error: unknown): string {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (!(error instanceof Error) || typeof code !== "string") throw error;
  if (code === "EEXIST" && syscall === "mkdir") return "it is no folder";
  return causes[code] ?? code;
}
