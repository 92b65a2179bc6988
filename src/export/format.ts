/** What `injectc export` can make; the table of how is in export.ts. */

import type { Backend, Manifest } from "../build/manifest.js";
import type { BundleFiles } from "../build/tar.js";
import type { Version } from "../cluster/cgroup.js";
import type { Resolved } from "../cluster/target.js";
import type { Checked } from "../diagnostic.js";
import type { Arch } from "../kernel/kernel.js";

export const exportFormats = ["libbpf", "bpf2go", "oci-bpfman", "oci-gadget", "daemonset"] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** A sound bundle, and what the user says of which of its objects is meant. */
export interface Subject {
  readonly manifest: Manifest;
  readonly files: BundleFiles;
  readonly wanted: Wanted;
  /** For formats that place it. */
  readonly site?: Site;
}

/** Where in a cluster a bundle is to be loaded, and what is to be known there of it. */
export interface Site {
  readonly resolved: Resolved;
  readonly version: Version;
  /** Under which name nodes pull the image that is made. */
  readonly image: string;
  /** PEM: whom the loader is to trust. */
  readonly certificates: string;
}

export interface Wanted {
  readonly backend?: Backend | undefined;
  readonly arch?: string | undefined;
  /** Kernels that it was made for, each by its name or release. */
  readonly kernels: readonly { readonly called: string; readonly arch?: Arch }[];
}

/** One of a bundle's objects. */
export interface Chosen {
  readonly entry: Manifest["objects"][number];
  readonly object: Uint8Array;
  readonly arch: Arch;
}

/** Files by their paths below the folder that is made. */
export type Exported = ReadonlyMap<string, string | Uint8Array>;

/** One format: the same files for the same subject. */
export type Exporter = (subject: Subject) => Promise<Checked<Exported>>;
