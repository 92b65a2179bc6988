import { basename } from "node:path";
import { readBundle } from "../build/bundle.js";
import type { Manifest } from "../build/manifest.js";
import { readTrust } from "../build/signature.js";
import { checkContents, verifyFiles } from "../build/verify.js";
import { type Checked, checked, hasErrors } from "../diagnostic.js";
import { exportAs } from "../export/export.js";
import type { ExportFormat, Wanted } from "../export/format.js";
import { writeFolder } from "../export/write.js";
import { openKernel } from "../kernel/open.js";
import { found } from "../pipeline.js";
import { misuse } from "./arguments.js";
import { siteOf } from "./site.js";
import type { Run } from "./verb.js";

/** `injectc export`: a folder of what another loader takes; without `--trust`, whoever made the bundle. */
export const exported: Run = async ({ operands, options }) => {
  const { to, out, trust, backend, arch, kernel } = options;
  const path = operands[0]!;
  if (!to) return misuse("`--to FORMAT` is missing");
  const format = to as ExportFormat;
  const trusted = trust && (await readTrust(trust));
  if (trusted && !trusted.ok) return trusted;
  const bundle = await readBundle(path);
  if (!bundle.ok) return bundle;
  const files = bundle.value;
  const manifest = trusted ? await verifyFiles(path, files, trusted.value) : checkContents(files);
  if (!manifest.ok) return manifest;

  const kernels = found(await Promise.all((kernel ?? []).map((name) => meant(name, manifest.value))));
  if (hasErrors(kernels.diagnostics)) return kernels;
  const site =
    format === "daemonset"
      ? await siteOf(options, manifest.value, files, trusted?.value)
      : checked(undefined);
  if (!site.ok) return site;
  const made = await exportAs(format, {
    ...{ manifest: manifest.value, files },
    wanted: { backend, arch, kernels: kernels.values },
    ...(site.value ? { site: site.value } : {}),
  });
  if (!made.ok) return made;
  const folder = out ?? `${basename(path, ".bundle")}-${format}`;
  const written = await writeFolder(folder, made.value);
  if (!written.ok) return written;
  const names = [...made.value.keys()].sort();
  return {
    diagnostics: [manifest, kernels, site, made].flatMap(({ diagnostics }) => diagnostics),
    text: [folder, ...names.map((name) => `  ${name}`)].join("\n"),
    data: { folder, format, files: names },
  };
};

/** A KERNEL argument as a bundle calls it; a name that it has needs no profile here. */
async function meant(argument: string, { objects }: Manifest): Promise<Checked<Wanted["kernels"][number]>> {
  const known = objects.flatMap((object) => object.kernels.flatMap(({ name, release }) => [name, release]));
  if (known.includes(argument)) return checked({ called: argument });
  const opened = await openKernel(argument);
  if (!opened.ok) return opened;
  const { name, arch } = opened.value;
  return checked({ called: name, arch }, opened.diagnostics);
}
