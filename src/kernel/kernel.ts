/** What is known of one target kernel. Everything that `bind` says about a kernel comes from here. */

import type { Btf } from "../btf/btf.js";

export type Arch = "x86_64" | "arm64";

/** What a function that may be failed returns on failure: the classes of include/asm-generic/error-injection.h. */
export type EffectClass = "NULL" | "ERRNO" | "ERRNO_NULL" | "TRUE";

export interface Release {
  readonly major: number;
  readonly minor: number;
  /** As the kernel says it, `6.12.95`. */
  readonly text: string;
}

/** A declared argument of a syscall, as C: `const char *filename`. */
export type SyscallParameter = string;

/** Names of which few are asked for. */
export interface Names extends Pick<ReadonlySet<string>, "has" | "size">, Iterable<string> {
  /** Those that begin with the letters, in order. */
  startingWith(letters: string): string[];
  /** Whether the name stands there more than once. */
  isShared(name: string): boolean;
}

/** A member that is `undefined` is not known, which is never the same as empty. */
export interface Kernel {
  /** How diagnostics call it: the profile's name or release where known, else the `-k` argument. */
  readonly name: string;
  readonly arch: Arch;
  readonly release?: Release;
  /** The kernel's own types. */
  readonly btf: Btf;
  /** Each module's types (split BTF over the kernel's), by module name. */
  readonly modules: ReadonlyMap<string, Btf>;
  /** The modules that may have a function of the name. */
  modulesWith(name: string): Iterable<string>;
  /** The modules themselves, as paths of their files, where they are there to be loaded in a guest. */
  readonly loadable: readonly string[];
  /** The error-injection list; `unknown` is a class that the kernel did not print. */
  readonly injectable?: ReadonlyMap<string, EffectClass | "unknown">;
  /** Functions that ftrace can hook (available_filter_functions). */
  readonly traceable?: Names;
  /** Options without their CONFIG_ prefix: `y`, `m`, or the value; an option that is not set is absent. */
  readonly config?: ReadonlyMap<string, string>;
  /** Declared arguments by syscall name; the kernel's own, else those that are common to all. */
  readonly syscalls: ReadonlyMap<string, readonly SyscallParameter[]>;
  /** A bootable image on disk, where there is one. */
  readonly image?: string;
}
