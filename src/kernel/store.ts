/**
 * The user's own profiles, in the cache. A profile's content lies in `content/DIGEST`, compressed; its name is a link to
 * that, so the same kernel added twice is there once. The digest is of the facts themselves, not of their compression.
 */

import { createHash, randomUUID } from "node:crypto";
import { existsSync, readdirSync, readlinkSync } from "node:fs";
import { mkdir, readlink, rename, rm, symlink, unlink, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { execa } from "execa";
import type { Btf } from "../btf/btf.js";
import { type Learned, recordOf, writeFacts } from "./learn.js";
import { writeIndex } from "./modules.js";
import { cachedProfiles } from "./profile.js";
import { recordFile } from "./record.js";

/** Stores a profile under a name, in the place of what had that name; gives its folder. `btf` are its types, decoded. */
export async function store(
  name: string,
  learned: Learned,
  btf: Btf,
  place = cachedProfiles(),
): Promise<string> {
  const contents = join(dirname(place), "content");
  const digest = digestOf(learned);
  const folder = join(contents, digest);
  if (!existsSync(folder)) await write(learned, btf, folder);
  await mkdir(place, { recursive: true });
  const link = join(place, name);
  const before = await linkedTo(link);
  const fresh = join(place, `.${randomUUID()}`);
  await symlink(join("..", "content", digest), fresh);
  await rename(fresh, link);
  if (before !== undefined && before !== digest) await sweep(before, place);
  return link;
}

/** Takes the name away, and the content with its last name. */
export async function remove(name: string, place = cachedProfiles()): Promise<void> {
  const link = join(place, name);
  const digest = await linkedTo(link);
  if (digest === undefined) return rm(link, { recursive: true });
  await unlink(link);
  await sweep(digest, place);
}

/** A profile as one file, which can be added elsewhere: a tar archive packed by gzip; same profile, same bytes. */
export async function packProfile(learned: Learned, folder: string): Promise<Buffer> {
  await writeFacts(learned, folder);
  const names = [recordFile, ...learned.facts.keys()].sort();
  const plain = ["--format=ustar", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner", "--mode=0644"];
  const { stdout } = await execa("tar", ["-cf", "-", "-C", folder, ...plain, ...names], {
    encoding: "buffer",
    stripFinalNewline: false,
    maxBuffer: 1 << 30,
  });
  return gzipSync(stdout, { level: 6 });
}

/** 128 bits of SHA-256 over the record and the digest of each fact. */
function digestOf(learned: Learned): string {
  const sum = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
  const lines = [...learned.facts].map(([name, { bytes }]) => `${sum(bytes)}  ${name}\n`).sort();
  return sum(Buffer.concat([recordOf(learned), Buffer.from(lines.join(""))])).slice(0, 32);
}

async function write(learned: Learned, btf: Btf, folder: string): Promise<void> {
  const work = join(dirname(folder), `.${randomUUID()}`);
  try {
    await mkdir(work, { recursive: true });
    await writeFile(join(work, recordFile), recordOf(learned));
    for (const [name, { bytes }] of learned.facts) {
      // QEMU takes an image as it is, and it is compressed already.
      await mkdir(dirname(join(work, name)), { recursive: true });
      if (name === "vmlinuz") await writeFile(join(work, name), bytes);
      else await writeFile(join(work, `${name}.gz`), gzipSync(bytes, { level: 9 }));
    }
    await writeIndex(work, btf);
    await rename(work, folder);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function linkedTo(link: string): Promise<string | undefined> {
  try {
    return basename(await readlink(link));
  } catch {
    return undefined;
  }
}

async function sweep(digest: string, place: string): Promise<void> {
  const links = readdirSync(place, { withFileTypes: true }).filter((entry) => entry.isSymbolicLink());
  if (links.some(({ name }) => basename(readlinkSync(join(place, name))) === digest)) return;
  await rm(join(dirname(place), "content", digest), { recursive: true, force: true });
}
