/** Collects what a guest is given from where it lies on disk. */

import { access, constants, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { archOfHost } from "../kernel/facts.js";
import type { Arch } from "../kernel/kernel.js";
import { packageRoot } from "../root.js";
import { archive, type Entry } from "./cpio.js";
import { type GuestCase, type GuestModule, type GuestSettings, guestEntries } from "./guest.js";

/** A kernel that can be booted. */
export interface BootKernel {
  readonly name: string;
  readonly arch: Arch;
  /** Path of its image. */
  readonly image: string;
  /** Modules that its guests load first, as paths of their files. */
  readonly modules?: readonly string[];
}

/** What is to be proved on it; `bundle`, `certificate` and `loader` are paths. */
export interface BootRun {
  readonly bundle: string;
  readonly certificate: string;
  /** `inject-load` for the kernel's arch. */
  readonly loader: string;
  /** A busybox `sh` script; `$1` is `before`, `attached` and `after`. */
  readonly workload: string;
  /** What `inject-load` gets after `/bundle --trust /trust.pem`. */
  readonly loaderArguments: readonly string[];
  /** Further entries for the guest, a kernel module for example. */
  readonly files?: readonly Entry[];
}

export type Packed =
  | { readonly ok: true; readonly initramfs: Uint8Array }
  | { readonly ok: false; readonly reason: string };

/**
 * The static busybox for guests of an arch: BUSYBOX_ARM64 or BUSYBOX_X86_64 in the environment, else Debian's own path, or
 * for another arch than this machine's the one that `make arm64` gets.
 */
export function busyboxPath(arch: Arch): string {
  const usual = arch === archOfHost() ? "/bin/busybox" : join(packageRoot, "out", arch, "busybox");
  return process.env[busyboxVariable(arch)] ?? usual;
}

function busyboxVariable(arch: Arch): string {
  return `BUSYBOX_${arch.toUpperCase()}`;
}

/** The initramfs for runs of one loader, or one sentence on what it lacks: a file that cannot be read or is for another arch. */
export async function pack(
  kernel: BootKernel,
  runs: readonly [BootRun, ...BootRun[]],
  busybox: string,
  settings: GuestSettings,
): Promise<Packed> {
  try {
    await access(kernel.image, constants.R_OK);
    const { loader: path } = runs[0];
    const files = {
      busybox: await readFile(busybox),
      loader: await readFile(path),
      cases: await Promise.all(runs.map(guestCase)),
      modules: await Promise.all((kernel.modules ?? []).map(guestModule)),
      extra: runs.flatMap((run) => run.files ?? []),
    };
    const shell = foreign(kernel, busybox, files.busybox);
    const advice = `set ${busyboxVariable(kernel.arch)} to the path of a static one that is`;
    if (shell !== undefined) return { ok: false, reason: `${shell}; ${advice}` };
    const loader = foreign(kernel, path, files.loader);
    if (loader !== undefined) return { ok: false, reason: loader };
    return { ok: true, initramfs: archive(guestEntries(files, settings)) };
  } catch (error) {
    const reason = unreadable(error, { kernel, busybox });
    if (reason === undefined) throw error;
    return { ok: false, reason };
  }
}

async function guestModule(path: string): Promise<GuestModule> {
  return { file: basename(path), data: await readFile(path) };
}

async function guestCase({ certificate, bundle, workload, loaderArguments }: BootRun): Promise<GuestCase> {
  return {
    certificate: await readFile(certificate),
    bundle: await readFile(bundle),
    workload,
    loaderArguments,
  };
}

/** Says so if an ELF program is for another arch than the kernel; a script is for any. */
function foreign(kernel: BootKernel, path: string, program: Buffer): string | undefined {
  const arch = elfArch(program);
  if (arch === undefined || arch === kernel.arch) return undefined;
  return `${path} is not for ${kernel.arch}, as ${kernel.name} is, but for ${arch}`;
}

/** `e_machine` of an ELF file (include/uapi/linux/elf-em.h); undefined where it is none, a script for example. */
function elfArch(data: Buffer): string | undefined {
  if (data.length < 20 || data.readUInt32BE(0) !== 0x7f454c46) return undefined;
  const machine = data.readUInt16LE(18);
  const names: Readonly<Record<number, string>> = { 62: "x86_64", 183: "arm64" };
  return names[machine] ?? `ELF machine ${machine}`;
}

interface Needed {
  readonly kernel: BootKernel;
  readonly busybox: string;
}

/** The system's complaint about a path, as one sentence. */
function unreadable(error: unknown, { kernel, busybox }: Needed): string | undefined {
  const { code, path } = error as NodeJS.ErrnoException;
  if (!(error instanceof Error) || code === undefined || path === undefined) return undefined;
  const causes: Readonly<Record<string, string>> = {
    ENOENT: "there is no such file",
    EACCES: "it may not be read",
    EISDIR: "it is a folder",
    ENOTDIR: "it is no folder",
  };
  const advice = path === busybox ? `; ${busyboxVariable(kernel.arch)} names another static busybox` : "";
  const make =
    kernel.arch === archOfHost() ? "" : `; in a checkout, \`make ${kernel.arch}\` makes what its guests need`;
  return `cannot read ${path}: ${causes[code] ?? code}${advice}${path === kernel.image ? "" : make}`;
}
