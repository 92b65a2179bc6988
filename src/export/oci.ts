/** Image layouts on disk: image-layout.md, image-index.md and manifest.md of OCI's image-spec 1.1. */

import { digest } from "../build/verify.js";
import type { Arch } from "../kernel/kernel.js";
import type { Exported } from "./format.js";

export interface Blob {
  readonly mediaType: string;
  readonly data: Uint8Array;
}

/** An image for one architecture. */
export interface Image {
  readonly arch: Arch;
  readonly config: Blob;
  readonly layers: readonly Blob[];
  readonly artifactType?: string;
}

type Annotations = Readonly<Record<string, string>>;

/** Go's names, which registries and container runtimes use. */
const platforms: Readonly<Record<Arch, string>> = { x86_64: "amd64", arm64: "arm64" };

export const imageConfig = "application/vnd.oci.image.config.v1+json";
const imageManifest = "application/vnd.oci.image.manifest.v1+json";
const imageIndex = "application/vnd.oci.image.index.v1+json";

export function platformOf(arch: Arch): { readonly architecture: string; readonly os: string } {
  return { architecture: platforms[arch], os: "linux" };
}

export interface Layout {
  readonly files: Exported;
  /** Of the index of the images, by which it can be pulled. */
  readonly digest: string;
}

/** A layout of one index with an image for each architecture, tagged `latest`. */
export function layoutOf(images: readonly Image[], annotations: Annotations): Layout {
  const blobs = new Map<string, Uint8Array>();
  const add = ({ mediaType, data }: Blob) => {
    const sha256 = digest(data);
    blobs.set(`blobs/sha256/${sha256}`, data);
    return { mediaType, digest: `sha256:${sha256}`, size: data.length };
  };
  const addJson = (mediaType: string, value: unknown) => add({ mediaType, data: json(value) });
  const manifests = images.map(({ arch, config, layers, artifactType }) => {
    const descriptor = addJson(imageManifest, {
      schemaVersion: 2,
      mediaType: imageManifest,
      ...(artifactType === undefined ? {} : { artifactType }),
      config: add(config),
      layers: layers.map(add),
      annotations,
    });
    return { ...descriptor, platform: platformOf(arch) };
  });
  const index = addJson(imageIndex, { schemaVersion: 2, mediaType: imageIndex, manifests, annotations });
  const tagged = { ...index, annotations: { "org.opencontainers.image.ref.name": "latest" } };
  const files = new Map<string, string | Uint8Array>([
    ["oci-layout", json({ imageLayoutVersion: "1.0.0" })],
    ["index.json", json({ schemaVersion: 2, mediaType: imageIndex, manifests: [tagged] })],
    ...blobs,
  ]);
  return { files, digest: index.digest };
}

export function json(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}
