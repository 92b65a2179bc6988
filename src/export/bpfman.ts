/**
 * For bpfman: docs/developer-guide/shipping-bytecode.md of its sources, the backwards compatible variant, and labels as
 * build_bpf_info_image_labels() writes them.
 */

import { gzipSync } from "node:zlib";
import { writeTar } from "../build/tar.js";
import { digest } from "../build/verify.js";
import { type Checked, checked, failed } from "../diagnostic.js";
import type { Arch } from "../kernel/kernel.js";
import { chooseEach } from "./choose.js";
import type { Chosen, Exporter } from "./format.js";
import { type Image, imageConfig, json, layoutOf, platformOf } from "./oci.js";
import { partsOf } from "./program.js";
import { strangers } from "./stranger.js";
import { identifier, summary } from "./words.js";

const layer = "application/vnd.oci.image.layer.v1.tar+gzip";

/** bpfman's words for enum bpf_map_type, as far as injectc makes such maps. */
const mapTypes: Readonly<Record<number, string>> = {
  1: "hash",
  6: "per_cpu_array",
  7: "stack_trace",
  9: "lru_hash",
  27: "ringbuf",
  29: "task_storage",
};

export const bpfman: Exporter = async (subject) => {
  const { manifest } = subject;
  const chosen = chooseEach(subject, {
    backends: ["override"],
    reason: "bpfman knows no fmod_ret programs",
  });
  const allowed = strangers("bpfman", manifest);
  if (!chosen.ok || !allowed.ok)
    return failed(...[chosen, allowed].flatMap(({ ok, diagnostics }) => (ok ? [] : diagnostics)));
  const images = chosen.value.map((one) => imageOf(one, `${identifier(manifest)}.bpf.o`));
  const title = { "org.opencontainers.image.title": manifest.name };
  const annotations = { ...title, "org.opencontainers.image.description": summary(manifest) };
  const failure = images.find((image) => !image.ok);
  if (failure) return failure as Checked<never>;
  const made = images.flatMap((image) => (image.ok ? [image.value] : []));
  return checked(layoutOf(made, annotations).files, allowed.diagnostics);
};

/** One layer, whose only file is the object; its programs and maps are labels of the image. */
function imageOf({ object, arch }: Chosen, file: string): Checked<Image> {
  const parts = partsOf(object, file);
  if (!parts.ok) return parts;
  const { programs, maps } = parts.value;
  const labels = {
    "io.ebpf.programs": table(programs.map(({ name }) => [name, "probe"])),
    "io.ebpf.maps": table(maps.map(({ name, type }) => [name, mapTypes[type] ?? "unspec"])),
    // Not bpfman's own: where each is to be attached, which it has to be told.
    "dev.injectc.attach": table(programs.map(({ name, section }) => [name, section])),
  };
  const tar = writeTar(new Map([[file, object]]));
  return checked({
    arch,
    config: configOf(arch, tar, labels),
    layers: [{ mediaType: layer, data: stored(tar) }],
  });
}

const table = (rows: readonly (readonly [string, string])[]) => JSON.stringify(Object.fromEntries(rows));

/** config.md of OCI's image-spec. */
export function configOf(
  arch: Arch,
  tar: Uint8Array,
  labels: Readonly<Record<string, string>>,
  config: Readonly<Record<string, unknown>> = {},
): Image["config"] {
  const rootfs = { type: "layers", diff_ids: [`sha256:${digest(tar)}`] };
  const data = json({ ...platformOf(arch), config: { ...config, Labels: labels }, rootfs });
  return { mediaType: imageConfig, data };
}

/** A gzip file that compresses nothing: what deflate makes of data depends on zlib's version and the processor. */
function stored(data: Uint8Array): Uint8Array {
  const file = gzipSync(data, { level: 0 });
  // The operating system: unknown (RFC 1952).
  file[9] = 255;
  return file;
}
