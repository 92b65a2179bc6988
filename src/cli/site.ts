/** Where in a cluster a bundle is to be loaded, by the words of a command line. */

import type { X509Certificate } from "node:crypto";
import type { Manifest } from "../build/manifest.js";
import type { BundleFiles } from "../build/tar.js";
import { noCgroup, noPlacement } from "../cluster/codes.js";
import { resolve } from "../cluster/target.js";
import { type Checked, checked, failed } from "../diagnostic.js";
import type { Site } from "../export/format.js";
import { misuse } from "./arguments.js";
import { clusterOf, wishesOf } from "./targets.js";
import { specsIn } from "./trial.js";
import type { Options } from "./verb.js";

/** Resolves the placement of the spec that the bundle was made from. */
export async function siteOf(
  options: Options,
  manifest: Manifest,
  files: BundleFiles,
  trusted: readonly X509Certificate[] | undefined,
): Promise<Checked<Site>> {
  if (!trusted) return misuse("`--to daemonset` needs `--trust CERT`, by which the nodes check the bundle");
  if (options.image === undefined)
    return misuse("`--to daemonset` needs `--image NAME`, by which nodes pull the image");
  const wishes = wishesOf(options);
  const cluster = wishes.ok ? await clusterOf(options) : wishes;
  if (!wishes.ok || !cluster.ok) return cluster as Checked<never>;
  const [spec] = specsIn(manifest, files);
  if (!spec) return failed(noPlacement(undefined, { name: manifest.name }));
  const resolved = resolve(spec, cluster.value, wishes.value);
  if (!resolved.ok) return resolved;
  if (resolved.value.targets.length === 0)
    return failed(...resolved.diagnostics, noCgroup(undefined, { name: manifest.name }));
  const site = {
    resolved: resolved.value,
    version: wishes.value.layout.version,
    image: options.image,
    certificates: trusted.map((certificate) => certificate.toString()).join(""),
  };
  return checked(site, resolved.diagnostics);
}
