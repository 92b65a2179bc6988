/** An initramfs as bytes: the kernel's "newc" cpio format (Documentation/driver-api/early-userspace/buffer-format.rst). */

export type Entry =
  | { readonly kind: "file"; readonly path: string; readonly mode: number; readonly data: Uint8Array }
  | { readonly kind: "folder"; readonly path: string }
  | { readonly kind: "link"; readonly path: string; readonly target: string }
  /** A character device. */
  | { readonly kind: "device"; readonly path: string; readonly major: number; readonly minor: number };

/** File type bits of `st_mode`, include/uapi/linux/stat.h. */
const typeBits = { file: 0o100000, folder: 0o040000, link: 0o120000, device: 0o020000 } as const;

/**
 * The archive of the entries, everything owned by root. Paths are relative to `/`; folders above an entry are made
 * where they are not given. Same entries, in whatever order, same bytes; of two with one path the later counts.
 */
export function archive(entries: readonly Entry[]): Buffer {
  const byPath = new Map<string, Entry>();
  for (const entry of entries) {
    for (const path of parents(entry.path)) if (!byPath.has(path)) byPath.set(path, { kind: "folder", path });
    byPath.set(entry.path, entry);
  }
  // Sorted by path a folder comes before what is in it, as the kernel's unpacker wants it.
  const sorted = [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  const records = sorted.map((entry, i) => record(entry, i + 1));
  const trailer = header("TRAILER!!!", { inode: 0, mode: 0, links: 1, size: 0, major: 0, minor: 0 });
  return Buffer.concat([...records, trailer]);
}

function parents(path: string): string[] {
  const steps = path.split("/").slice(0, -1);
  return steps.map((_, i) => steps.slice(0, i + 1).join("/"));
}

function record(entry: Entry, inode: number): Buffer {
  const data = content(entry);
  const mode = typeBits[entry.kind] | permissions(entry);
  const [major, minor] = entry.kind === "device" ? [entry.major, entry.minor] : [0, 0];
  const links = entry.kind === "folder" ? 2 : 1;
  const head = header(entry.path, { inode, mode, links, size: data.length, major, minor });
  return Buffer.concat([head, padded(data)]);
}

function content(entry: Entry): Uint8Array {
  switch (entry.kind) {
    case "file":
      return entry.data;
    case "link":
      return Buffer.from(entry.target);
    case "folder":
    case "device":
      return new Uint8Array();
    default:
      return entry satisfies never;
  }
}

function permissions(entry: Entry): number {
  switch (entry.kind) {
    case "file":
      return entry.mode;
    case "link":
      return 0o777;
    case "folder":
      return 0o755;
    case "device":
      return 0o600;
    default:
      return entry satisfies never;
  }
}

interface Fields {
  readonly inode: number;
  readonly mode: number;
  readonly links: number;
  readonly size: number;
  readonly major: number;
  readonly minor: number;
}

/** `c_magic` and 13 numbers of 8 hex digits, then the name with its NUL; name and data each end on a multiple of 4. */
function header(path: string, { inode, mode, links, size, major, minor }: Fields): Buffer {
  const name = Buffer.from(`${path}\0`);
  const numbers = [inode, mode, 0, 0, links, 0, size, 0, 0, major, minor, name.length, 0];
  const digits = numbers.map((n) => n.toString(16).padStart(8, "0")).join("");
  return padded(Buffer.concat([Buffer.from(`070701${digits}`), name]));
}

function padded(bytes: Uint8Array): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);
}
