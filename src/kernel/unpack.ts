/** Compressed content: gzip by zlib, every other format that kernels come in by its own command-line tool. */

import { promisify } from "node:util";
import { gunzipSync, type ZlibOptions, gunzip as zlibGunzip } from "node:zlib";
import { type Checked, checked, type Diagnostic, failed } from "../diagnostic.js";
import { damagedImage, noUnpacker } from "./codes.js";

/** Bytes; more than any kernel unpacks to: a bound for what a hostile file can cost. */
const largest = 1 << 29;

interface Format {
  /** As the kernel's configuration has it, in small letters. */
  readonly name: string;
  /** What the content starts with. */
  readonly magic: readonly number[];
  readonly command: readonly [tool: string, ...options: string[]];
  /** The Debian package that has the tool. */
  readonly package: string;
}

/** Magic numbers of lib/decompress.c, where the kernel itself tells them apart. */
const formats: readonly Format[] = [
  { name: "xz", magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], command: ["xz", "-dc"], package: "xz-utils" },
  { name: "zstd", magic: [0x28, 0xb5, 0x2f, 0xfd], command: ["zstd", "-dc"], package: "zstd" },
  { name: "lz4", magic: [0x02, 0x21, 0x4c, 0x18], command: ["lz4", "-dc"], package: "lz4" },
  { name: "lzo", magic: [0x89, 0x4c, 0x5a, 0x4f], command: ["lzop", "-dc"], package: "lzop" },
  { name: "bzip2", magic: [0x42, 0x5a, 0x68], command: ["bzip2", "-dc"], package: "bzip2" },
  { name: "lzma", magic: [0x5d, 0x00, 0x00], command: ["xz", "--format=lzma", "-dc"], package: "xz-utils" },
];

export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** What gzipped bytes unpack to, `most` bytes at most. `path` is how diagnostics call the file. */
export function gunzip(bytes: Uint8Array, path: string, most = largest): Checked<Buffer> {
  try {
    return checked(gunzipSync(bytes, options(bytes, most)));
  } catch (error) {
    return failed(refusal(error as NodeJS.ErrnoException, path, most));
  }
}

const gunzipElsewhere = promisify(zlibGunzip);

/** The same on another thread. */
export async function gunzipAside(bytes: Uint8Array, path: string, most = largest): Promise<Checked<Buffer>> {
  try {
    return checked(await gunzipElsewhere(bytes, options(bytes, most)));
  } catch (error) {
    return failed(refusal(error as NodeJS.ErrnoException, path, most));
  }
}

/** In one piece, if the size that stands at the end of gzipped content (RFC 1952) may be true: none is packed tighter. */
function options(bytes: Uint8Array, most: number): ZlibOptions {
  const size = bytes.length < 4 ? 0 : Buffer.from(bytes.subarray(-4)).readUInt32LE();
  const chunkSize = Math.max(Math.min(size, most, tightest * bytes.length) + 1, 1 << 14);
  return { maxOutputLength: most, chunkSize };
}

/** Deflate makes a byte of so many at most. */
const tightest = 1032;

function refusal({ code, message }: NodeJS.ErrnoException, path: string, most: number): Diagnostic {
  if (code === "ERR_BUFFER_TOO_LARGE") return bomb(path, most);
  return damagedImage(undefined, { path, problem: `gzip says: ${message}` });
}

function bomb(path: string, most: number) {
  return damagedImage(undefined, { path, problem: `it unpacks to more than ${most >> 20} MiB` });
}

/**
 * What bytes of any format that kernels are compressed by unpack to, `most` bytes at most. They end where the compressed
 * content ends.
 */
export async function unpack(bytes: Uint8Array, path: string, most = largest): Promise<Checked<Uint8Array>> {
  if (isGzip(bytes)) return gunzip(bytes, path, most);
  const format = formats.find(({ magic }) => magic.every((byte, i) => bytes[i] === byte));
  if (!format) {
    const start = Buffer.from(bytes.subarray(0, 6)).toString("hex");
    const problem = `its content, ${start}…, is of no known compression`;
    const help = [`known are gzip, ${formats.map(({ name }) => name).join(", ")}`];
    return failed(damagedImage(undefined, { path, problem }, { help }));
  }
  const [tool, ...options] = format.command;
  // Few kernels come so, and loading it takes longer than reading the others.
  const { execa } = await import("execa");
  const ran = await execa(tool, options, {
    input: bytes,
    encoding: "buffer",
    stripFinalNewline: false,
    maxBuffer: most,
    reject: false,
  });
  if (ran.code === "ENOENT") {
    const help = [`install Debian's package \`${format.package}\``];
    return failed(noUnpacker(undefined, { path, tool }, { help }));
  }
  if (ran.isMaxBuffer) return failed(bomb(path, most));
  if (ran.failed) {
    const said = Buffer.from(ran.stderr).toString().trim().split("\n").at(-1) || ran.shortMessage;
    return failed(damagedImage(undefined, { path, problem: `\`${tool}\` cannot unpack it (${said})` }));
  }
  return checked(ran.stdout);
}
