/** For Kubernetes: an image of the loader and the bundle, and the objects that run it on the nodes of the selected pods. */

import { type BundleFiles, writeTar } from "../build/tar.js";
import { checked, failed } from "../diagnostic.js";
import type { Arch } from "../kernel/kernel.js";
import { configOf } from "./bpfman.js";
import { badImage, longList, noLoaderInside } from "./codes.js";
import type { Exporter } from "./format.js";
import { kubernetesText, listsOf } from "./kubernetes.js";
import { type Image, layoutOf } from "./oci.js";
import { summary } from "./words.js";

const layer = "application/vnd.oci.image.layer.v1.tar";
/** Where they lie in the image. */
const loaderPath = "loader/inject-load";
const bundlePath = "inject.bundle";

/** NameTotalLengthMax there. */
const longestName = 255;
/** MaxSecretSize of Kubernetes' pkg/apis/core/types.go, which holds for the data of ConfigMaps, too. */
const mostBytes = 1 << 20;

/**
 * A loader's targets are cgroups, which the cluster's state tells alone, and on a node there is nobody to ask: so pods are
 * chosen here, once, as Chaos Mesh chooses once when an experiment starts, and each node gets its list along.
 */
export const daemonset: Exporter = async ({ manifest, files, site }) => {
  if (!site) throw new Error("there is no site");
  const loaders = manifest.files.filter(({ kind }) => kind === "loader");
  const bytes = [...listsOf(site)].flat().reduce((sum, text) => sum + text.length, 0);
  const problems = [
    ...(loaders.length > 0 ? [] : [noLoaderInside(undefined, { name: manifest.name })]),
    ...(bytes > mostBytes ? [longList(undefined, { bytes, most: mostBytes })] : []),
    ...(isReference(site.image) ? [] : [badImage(undefined, { image: site.image })]),
  ];
  if (problems.length > 0) return failed(...problems);
  const bundle = writeTar(files);
  const images = loaders.map(({ path }) => imageOf(path, bundle, files));
  const layout = layoutOf(images, {
    "org.opencontainers.image.title": `inject-load with ${manifest.name}`,
    "org.opencontainers.image.description": summary(manifest),
  });
  const text = kubernetesText(manifest, site, { digest: layout.digest, bundle: `/${bundlePath}` });
  const below = [...layout.files].map(([path, data]) => [`image/${path}`, data] as const);
  return checked(new Map<string, string | Uint8Array>([["daemonset.yaml", text], ...below]));
};

/** Whether it names an image in a registry, by the grammar of github.com/distribution/reference; a tag may follow, and no digest. */
function isReference(image: string): boolean {
  const part = "[a-z0-9]+(?:(?:[.]|__?|-+)[a-z0-9]+)*";
  const label = "[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?";
  const name = `(?:${label}(?:[.]${label})*(?::[0-9]+)?/)?${part}(?:/${part})*`;
  const found = new RegExp(`^(${name})(?::[\\w][\\w.-]{0,127})?$`).exec(image);
  return found !== null && found[1]!.length <= longestName;
}

/** Nothing but the loader and the bundle. */
function imageOf(loader: string, bundle: Uint8Array, files: BundleFiles): Image {
  const arch = loader.slice(`${loaderPath}-`.length) as Arch;
  const tar = writeTar(
    new Map([
      [loaderPath, files.get(loader)!],
      [bundlePath, bundle],
    ]),
  );
  const config = configOf(arch, tar, {}, { Entrypoint: [`/${loaderPath}`] });
  return { arch, config, layers: [{ mediaType: layer, data: tar }] };
}
