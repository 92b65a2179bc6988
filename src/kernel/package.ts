/** Kernels in packages, Debian's and RPM, and in archives; bsdtar (of libarchive) reads all of them. */

import { open, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { type Checked, checked, failed } from "../diagnostic.js";
import { damagedPackage, noArchiver, noUnpacker, packageWithoutKernel } from "./codes.js";
import type { FactName, FileName } from "./folder.js";
import type { Fact, Learned } from "./learn.js";
import { moduleTypes, typesOfModule } from "./modules.js";
import { parseRelease } from "./release.js";

/** Package formats by their first bytes: deb(5), and the lead of rpm's file format. */
const debian = Buffer.from("!<arch>\ndebian-binary");
const rpm = Buffer.from([0xed, 0xab, 0xee, 0xdb]);

export function isPackage(bytes: Uint8Array): boolean {
  return startsWith(bytes, debian) || startsWith(bytes, rpm);
}

/** POSIX tar, pax or GNU's: pax(1), "ustar Interchange Format". */
export function isTar(bytes: Uint8Array): boolean {
  return startsWith(bytes.subarray(257), Buffer.from("ustar"));
}

function startsWith(bytes: Uint8Array, start: Uint8Array): boolean {
  return bytes.length >= start.length && Buffer.compare(bytes.subarray(0, start.length), start) === 0;
}

/** Modules, in a folder that is named by the kernel's release; how they are compressed, and what unpacks many in place. */
const modulePath = /(?:^|\/)lib\/modules\/([^/]+)\/.*\/([\w.-]+)\.ko(\.\w+)?$/;
const unpackers: Readonly<Record<string, readonly [tool: string, ...options: string[]]>> = {
  ".xz": ["xz", "-dq"],
  ".zst": ["zstd", "-dq", "--rm"],
  ".gz": ["gzip", "-dq"],
};

/** Where distributions put what we look for: Debian before and since 7.0, Fedora and its kin, openSUSE. */
const members: readonly (readonly [fact: FileName | "symbols", path: RegExp])[] = [
  ["vmlinuz", /^(?:usr\/)?boot\/vmlinuz-([^/]+)$/],
  ["vmlinuz", /^(?:usr\/)?lib\/modules\/([^/]+)\/vmlinuz$/],
  ["config", /^(?:usr\/)?boot\/config-([^/]+)$/],
  ["config", /^(?:usr\/)?lib\/modules\/([^/]+)\/config$/],
  ["symbols", /^(?:usr\/)?boot\/System\.map-([^/]+)$/],
  ["symbols", /^(?:usr\/)?lib\/modules\/([^/]+)\/System\.map$/],
];

/** The kernel in a package, unpacked into `folder`, which is empty. `path` is also how diagnostics call it. */
export async function readPackage(path: string, folder: string): Promise<Checked<Learned>> {
  const unpacked = await extract(path, folder, []);
  if (!unpacked.ok) return unpacked;
  const facts = new Map<FactName, Fact>();
  let release: string | undefined;
  for (const file of await filesBelow(folder)) {
    const [name, found] = memberOf(file);
    if (!name || !found || !parseRelease(found) || (release ?? found) !== found) continue;
    release = found;
    const bytes = await readFile(join(folder, file));
    if (name !== "symbols") facts.set(name, { how: "read", bytes });
    const injectable = name === "symbols" ? injectableSymbols(bytes) : undefined;
    if (injectable) facts.set("injectable.txt", { how: "read", bytes: injectable });
  }
  // A package that has modules alone.
  release ??= (await filesBelow(folder)).map((file) => modulePath.exec(file)?.[1] ?? "").find(parseRelease);
  if (release === undefined) {
    const help = [
      "a kernel may be split over several packages: give those that have its vmlinuz, config and System.map",
    ];
    return failed(packageWithoutKernel(undefined, { path }, { help }));
  }
  const types = await typesOfModules(folder);
  if (!types.ok) return types;
  return checked({ release, facts: new Map([...facts, ...types.value]) });
}

/** The types of every module in the folder that has some; Debian's have since 5.11. */
async function typesOfModules(folder: string): Promise<Checked<ReadonlyMap<FactName, Fact>>> {
  const packed = (await filesBelow(folder)).filter((file) => modulePath.test(file));
  for (const [suffix, [tool, ...options]] of Object.entries(unpackers)) {
    const files = packed.filter((file) => file.endsWith(suffix));
    for (let from = 0; from < files.length; from += 500) {
      const ran = await execa(tool, [...options, ...files.slice(from, from + 500)], {
        cwd: folder,
        reject: false,
      });
      if (ran.code === "ENOENT") {
        return failed(noUnpacker(undefined, { path: files[0]!, tool }, { help: [`install \`${tool}\``] }));
      }
    }
  }
  const found = new Map<FactName, Fact>();
  for (const file of (await filesBelow(folder)).filter((one) => one.endsWith(".ko"))) {
    const name = modulePath.exec(file)?.[2];
    const bytes = name && typesOfModule(await readFile(join(folder, file)), file);
    if (bytes) found.set(moduleTypes(name), { how: "read", bytes });
  }
  return checked(found);
}

function memberOf(file: string): [FileName | "symbols" | undefined, string | undefined] {
  for (const [name, path] of members) {
    const found = path.exec(file);
    if (found) return [name, found[1]!];
  }
  return [undefined, undefined];
}

/**
 * The error-injection list as far as symbols tell it: ALLOW_ERROR_INJECTION() leaves one `_eil_addr_FUNCTION` each
 * (include/asm-generic/error-injection.h), and no class. Undefined for a map without symbols: Debian keeps the real one
 * in its package of debugging symbols.
 */
function injectableSymbols(map: Uint8Array): Buffer | undefined {
  const symbols = Buffer.from(map).toString("latin1");
  if (!/ _stext$/m.test(symbols)) return undefined;
  const names = [...symbols.matchAll(/ _eil_addr_(\w+)$/gm)].map(([, name]) => name!);
  return Buffer.from(
    [...new Set(names)]
      .sort()
      .map((name) => `${name}\t(unknown)\n`)
      .join(""),
  );
}

/** The files of an archive that have a name, by it, wherever they stand. */
export async function readArchive(
  path: string,
  nameOf: (file: string) => string | undefined,
  folder: string,
): Promise<Checked<ReadonlyMap<string, Buffer>>> {
  const unpacked = await extract(path, folder, []);
  if (!unpacked.ok) return unpacked;
  const found = new Map<string, Buffer>();
  for (const file of await filesBelow(folder)) {
    const name = nameOf(file);
    if (name !== undefined) found.set(name, await readFile(join(folder, file)));
  }
  return checked(found);
}

/** Regular files only, so that no link leads out of the folder. */
async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1)).sort();
}

/** Puts an archive's files into the folder; bsdtar keeps `..`, absolute paths and links from leading out of it. */
async function extract(path: string, folder: string, options: readonly string[]): Promise<Checked<void>> {
  const into = ["-C", folder, "--no-same-owner", "--no-same-permissions", ...options];
  // A .deb is an archive of archives, and its files are in one of them.
  const ran = (await isDebian(path))
    ? await execa("bsdtar", ["-xOf", path, "--include", "data.tar*"], {
        encoding: "buffer",
        buffer: { stdout: false },
        reject: false,
      }).pipe("bsdtar", ["-xf", "-", ...into], { reject: false })
    : await execa("bsdtar", ["-xf", path, ...into], { reject: false });
  const all = [ran, ...ran.pipedFrom];
  if (all.some(({ code }) => code === "ENOENT")) {
    return failed(noArchiver(undefined, { path }, { help: ["install Debian's package `libarchive-tools`"] }));
  }
  const broken = all.find((one) => one.failed);
  if (!broken) return checked(undefined);
  const [said = ""] = String(broken.stderr).trim().split("\n");
  const problem = said.replace(/^bsdtar: /, "") || broken.shortMessage || "bsdtar failed";
  return failed(damagedPackage(undefined, { path, problem }));
}

async function isDebian(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(debian.length), 0, debian.length, 0);
    return startsWith(buffer, debian);
  } finally {
    await file.close();
  }
}
