/**
 * The bundle's manifest: what is in a bundle, what each object does and what it needs of a kernel. `inject-load` reads
 * the same JSON; a change here is a change of its `manifest.c`, and of `schema`.
 */

import type { Arch } from "../kernel/kernel.js";
import type { Format } from "../skeleton/skeleton.js";

export const manifestSchema = "injectc.dev/bundle/v2";

/** File names inside a bundle that are not listed in the manifest, since they vouch for it. */
export const manifestFile = "manifest.json";
export const signatureFile = "manifest.json.p7s";

export type Backend = "fmod_ret" | "override";

/** What a kernel must be able to do, in words. The loader probes each by name, and kernel.c has the same words. */
export const features = {
  /** bpf_get_current_task_btf(); whoever has task storage has it. */
  task_btf: "tasks as BTF knows them (Linux 5.11, CONFIG_DEBUG_INFO_BTF)",
  /** bpf_task_storage_get(). */
  task_storage: "task storage in tracing programs (Linux 5.13)",
  atomic_fetch: "atomic operations that return the old value (Linux 5.12)",
} as const;

export type Feature = keyof typeof features;

export interface Needs {
  readonly features: readonly Feature[];
  /** Functions that must exist; how many parameters they may have, where the object reads any, since prototypes move. */
  readonly functions: readonly { readonly name: string; readonly arities?: readonly number[] }[];
  /** Options without CONFIG_, for messages. */
  readonly config: readonly string[];
}

export interface ManifestObject {
  /** Path in the bundle of the ELF object, and of the C it was made from. */
  readonly file: string;
  readonly source: string;
  readonly arch: Arch;
  readonly backend: Backend;
  /** Why this backend. */
  readonly reason: string;
  /**
   * The kernels it was bound to; `btf` is the path in the bundle of that kernel's types, cut down to what the object
   * relocates, for where the kernel itself does not tell them.
   */
  readonly kernels: readonly {
    readonly name: string;
    readonly release: string | null;
    readonly btf?: string;
  }[];
  readonly needs: Needs;
  /** Paths in the bundle of what kernels check for themselves; of the loader's instructions there is one for each format. */
  readonly skeleton?: {
    readonly metadata: string;
    readonly loaders: readonly {
      /** What the signature is over. */
      readonly covers: Format;
      readonly instructions: string;
      readonly signature: string;
    }[];
  };
}

/** What a file of a bundle is for; those that the loader does not use are for people, and for other programs. */
export const fileKinds = ["object", "source", "btf", "skeleton", "spec", "loader", "bill"] as const;
export type FileKind = (typeof fileKinds)[number];

export interface ManifestFile {
  readonly path: string;
  readonly kind: FileKind;
  readonly size: number;
  readonly sha256: string;
}

export interface ManifestTrigger {
  /** In units of 2^-32: 4294967296 is "always". */
  readonly probability: number;
  /** 0: no limit. */
  readonly times: number;
  /** 1: every eligible event. */
  readonly interval: number;
  /** Bytes let through first. */
  readonly space: number;
  readonly oncePerStack: boolean;
}

export interface Manifest {
  readonly schema: typeof manifestSchema;
  readonly name: string;
  /** The input format and the path in the bundle of the user's own text. */
  readonly spec: { readonly input: string; readonly file: string };
  readonly fault: {
    readonly kind: "slab" | "page" | "bio" | "syscall" | "function";
    readonly function: string;
    /** The value returned, and its name. */
    readonly value: number;
    readonly return: string;
  };
  /** Outermost first; the order of the counters' `frames`. */
  readonly frames: readonly { readonly function: string }[];
  readonly trigger: ManifestTrigger;
  readonly target: {
    readonly pid: readonly number[];
    readonly tid: readonly number[];
    readonly cgroup: readonly string[];
    readonly comm: readonly string[];
    readonly uid: readonly number[];
  };
  /** Milliseconds to live, with fractions; null: until told to stop. */
  readonly durationMs: number | null;
  readonly placement: Readonly<Record<string, unknown>> | null;
  readonly proof: { readonly run: string; readonly attached: string } | null;
  readonly objects: readonly ManifestObject[];
  /** Every other file of the bundle, sorted by path. */
  readonly files: readonly ManifestFile[];
  readonly tools: { readonly injectc: string; readonly clang: string; readonly bpftool: string };
}

/** What goes into a bundle before anything is compiled; paths and hashes are not known yet. */
export interface Blueprint extends Omit<Manifest, "schema" | "spec" | "objects" | "files" | "tools"> {
  readonly spec: { readonly input: string; readonly fileName: string; readonly text: string };
  readonly objects: readonly (Omit<ManifestObject, "file" | "source"> & { readonly c: string })[];
}
