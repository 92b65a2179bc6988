/**
 * The form of a bundle: a ustar archive (POSIX.1-2017, pax) of which the reader takes no other spelling than the writer's,
 * so that no byte of it is free. tar.c of the loader has the same rules.
 */

import { manifestFile, signatureFile } from "./manifest.js";

/** A bundle's files by their paths in it, steps joined by `/`; in any order, since a bundle has but one. */
export type BundleFiles = ReadonlyMap<string, Uint8Array>;

const mebibyte = 1 << 20;
/** The most bytes that a bundle may have, and the most files beside its manifest and signature. */
export const mostBytes = 64 * mebibyte;
const mostFiles = 1024;

const block = 512;
/** The most bytes that a bundle's manifest may have together with its header. */
export const mostManifest = block + mebibyte;

/** The fields of a header in their order; together they are one block. */
const fields = [
  ["name", 100],
  ["mode", 8],
  ["owner", 8],
  ["group", 8],
  ["size", 12],
  ["time", 12],
  ["checksum", 8],
  ["type", 1],
  ["link", 100],
  ["magic", 6],
  ["version", 2],
  ["owner's name", 32],
  ["group's name", 32],
  ["major number", 8],
  ["minor number", 8],
  ["prefix", 155],
  ["rest", 12],
] as const;
type Field = (typeof fields)[number][0];

/** The checksum last: whatever else is changed changes it, too. */
const compared = [...fields.filter(([name]) => name !== "checksum"), ["checksum"] as const];

const places = new Map<Field, readonly [start: number, end: number]>();
for (const [name, length] of fields) {
  const start = [...places.values()].at(-1)?.[1] ?? 0;
  places.set(name, [start, start + length]);
}

const none = "0000000\0";

/** The one header of a file. */
function headerOf(path: string, size: number): Buffer {
  const values: Partial<Record<Field, string>> = {
    name: path,
    mode: path.startsWith("loader/") ? "0000755\0" : "0000644\0",
    ...{ owner: none, group: none, "major number": none, "minor number": none },
    size: `${size.toString(8).padStart(11, "0")}\0`,
    time: `${"0".repeat(11)}\0`,
    checksum: " ".repeat(8),
    type: "0",
    ...{ magic: "ustar\0", version: "00" },
  };
  const header = Buffer.alloc(block);
  const put = (field: Field, text: string) => header.write(text, places.get(field)![0], "latin1");
  for (const [field, text] of Object.entries(values)) put(field as Field, text);
  const sum = header.reduce((total, byte) => total + byte, 0);
  put("checksum", `${sum.toString(8).padStart(6, "0")}\0 `);
  return header;
}

/** The manifest comes first, then what vouches for it, then the rest by path. */
function rank(path: string): number {
  if (path === manifestFile) return 0;
  return path === signatureFile ? 1 : 2;
}

/** The one order of a bundle's files; 0 for the same path only. */
function order(a: string, b: string): number {
  return rank(a) - rank(b) || (a < b ? -1 : Number(a > b));
}

/** The bytes of a bundle. Paths must be such as `isPath` takes. */
export function writeTar(files: BundleFiles): Uint8Array {
  return Buffer.concat(tarParts(files));
}

/** The same in parts, the files' own bytes among them: a loader is large, and need not be copied to be written. */
export function tarParts(files: BundleFiles): readonly Uint8Array[] {
  const entries = [...files].sort(([a], [b]) => order(a, b));
  const parts = entries.flatMap(([path, data]) => [
    headerOf(path, data.length),
    data,
    Buffer.alloc(-data.length & (block - 1)),
  ]);
  return [...parts, Buffer.alloc(2 * block)];
}

/** Whether a path may be one in a bundle: relative, nowhere out of it, and short enough for a header and its NUL. */
export function isPath(text: string): boolean {
  return text.length < 100 && /^[A-Za-z0-9_][A-Za-z0-9._-]*(\/[A-Za-z0-9_][A-Za-z0-9._-]*)*$/.test(text);
}

/** What is parsed before anything vouches for it has little room. */
function sizeLimit(path: string): number {
  if (path === signatureFile) return mebibyte / 16;
  return path === manifestFile ? mostManifest - block : 16 * mebibyte;
}

/** Whether the bytes begin as a bundle does. */
export function isTar(bytes: Uint8Array): boolean {
  const header = Buffer.from(bytes.subarray(0, block));
  return (
    header.length === block && textOf(header, "magic") === "ustar" && textOf(header, "name") === manifestFile
  );
}

/** The manifest of the bundle that begins with these bytes, unchecked; undefined where none begins. */
export function leadingManifest(bytes: Uint8Array): Uint8Array | undefined {
  if (!isTar(bytes)) return undefined;
  const size = Number.parseInt(textOf(Buffer.from(bytes.subarray(0, block)), "size"), 8);
  return bytes.subarray(block, block + size);
}

/** The files of a bundle, as parts of its bytes; or what is wrong with these, as one sentence about "it". */
export function readTar(bytes: Uint8Array): BundleFiles | string {
  const files = new Map<string, Uint8Array>();
  const archive = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  let last = "";
  for (let at = 0; ; ) {
    const header = archive.subarray(at, at + block);
    if (header.length < block) return `it is cut short at byte ${bytes.length}`;
    if (isZero(header)) return endProblem(archive, at, files.size) ?? files;
    const path = textOf(header, "name");
    const size = Number.parseInt(textOf(header, "size"), 8);
    const problem = headerProblem(header, path, size, at) ?? orderProblem(path, last, files.size);
    if (problem) return problem;

    const data = archive.subarray(at + block, at + block + size);
    const next = at + block + size + (-size & (block - 1));
    if (next > archive.length) return `\`${path}\` is cut short`;
    if (!isZero(archive.subarray(at + block + size, next)))
      return `\`${path}\` does not fill its last block up with zeros`;
    files.set(path, data);
    last = path;
    at = next;
  }
}

const kinds: Readonly<Record<string, string>> = {
  "1": "a hard link",
  "2": "a symbolic link",
  "3": "a device",
  "4": "a device",
  "5": "a folder",
  "6": "a FIFO",
};

function headerProblem(header: Buffer, path: string, size: number, at: number): string | undefined {
  if (textOf(header, "magic") !== "ustar") return `it has no ustar header at byte ${at}`;
  const type = textOf(header, "type");
  if (type !== "0")
    return `\`${path}\` is ${kinds[type] ?? "an extension of the format"}; a bundle holds regular files only`;
  if (!isPath(path)) return `\`${path}\` is not a path inside a bundle`;
  const own = headerOf(path, size);
  const other = compared.find(([field]) => bytesOf(header, field).compare(bytesOf(own, field)) !== 0);
  if (other) return `the header of \`${path}\` has another ${other[0]} than injectc writes`;
  return size > sizeLimit(path) ? `\`${path}\` is too large` : undefined;
}

function orderProblem(path: string, last: string, count: number): string | undefined {
  if (count === 0) return path === manifestFile ? undefined : noManifest;
  if (path === last) return `\`${path}\` stands in it twice`;
  if (order(path, last) < 0) return `\`${path}\` stands out of order in it`;
  return count > mostFiles + 1 ? `it holds more files than ${mostFiles}` : undefined;
}

const noManifest = `it does not begin with \`${manifestFile}\``;

function endProblem(archive: Buffer, at: number, count: number): string | undefined {
  const rest = archive.subarray(at);
  if (rest.length < 2 * block) return `it is cut short at byte ${archive.length}`;
  if (rest.length > 2 * block || !isZero(rest)) return `it goes on after its end at byte ${at}`;
  return count === 0 ? noManifest : undefined;
}

function isZero(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0);
}

function bytesOf(header: Buffer, field: Field): Buffer {
  return header.subarray(...places.get(field)!);
}

/** A field up to its first NUL. */
function textOf(header: Buffer, field: Field): string {
  return bytesOf(header, field).toString("latin1").split("\0", 1)[0]!;
}
