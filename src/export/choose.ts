/** Which of a bundle's objects is exported, where a format takes one. */

import type { Backend, Manifest } from "../build/manifest.js";
import { type Checked, checked, failed } from "../diagnostic.js";
import { manyObjects, noObject } from "./codes.js";
import type { Chosen, Subject, Wanted } from "./format.js";
import { objectProblem } from "./name.js";

type Entry = Manifest["objects"][number];

/** What a format can take, and why no more: `Inspektor Gadget knows no fmod_ret programs`. */
export interface Taste {
  readonly backends: readonly Backend[];
  readonly reason: string;
}

/** The one object that is wanted and that the format can take; an error lists them all where it is not one. */
export function chooseObject({ manifest, files, wanted }: Subject, taste?: Taste): Checked<Chosen> {
  const edible = manifest.objects.filter(({ backend }) => taste?.backends.includes(backend) ?? true);
  const found = edible.filter((entry) => isWanted(entry, wanted));
  const [entry, ...others] = found;
  const listed = (entries: readonly Entry[]) => entries.map((one) => ({ text: described(one) }));
  if (!entry) {
    const refused = taste && edible.length < manifest.objects.length;
    const problem = refused ? `${taste.reason}` : "none is of that backend, arch and kernel";
    const help = refused ? [otherBackend(manifest, taste)] : [];
    return failed(noObject(undefined, { problem }, { help, notes: listed(manifest.objects) }));
  }
  if (others.length > 0) {
    const help = ["say which: by `--backend`, `--arch`, or `-k` and a kernel that it was made for"];
    return failed(manyObjects(undefined, { count: found.length }, { help, notes: listed(found) }));
  }
  const object = files.get(entry.file)!;
  const wrong = objectProblem(object);
  if (wrong) return failed(noObject(undefined, { problem: `\`${entry.file}\` ${wrong}` }));
  return checked({ entry, object, arch: entry.arch });
}

/** The objects that are wanted, one for each architecture that there is any for. */
export function chooseEach(subject: Subject, taste: Taste): Checked<readonly Chosen[]> {
  const { manifest, wanted } = subject;
  const edible = manifest.objects.filter(
    (entry) => taste.backends.includes(entry.backend) && isWanted(entry, wanted),
  );
  const archs = [...new Set(edible.map(({ arch }) => arch))].sort();
  const chosen = (archs.length > 0 ? archs : [wanted.arch]).map((arch) =>
    chooseObject({ ...subject, wanted: { ...wanted, arch } }, taste),
  );
  const diagnostics = chosen.flatMap((one) => one.diagnostics);
  return checked(
    chosen.flatMap((one) => (one.ok ? [one.value] : [])),
    diagnostics,
  );
}

/** What to do where a bundle has objects of the other backend alone. */
function otherBackend({ fault }: Manifest, { backends }: Taste): string {
  return fault.function.startsWith("security_") && !backends.includes("fmod_ret")
    ? `${fault.function}() can be failed by fmod_ret alone: \`inject-load\`, and what \`--to libbpf\` makes, take that`
    : `build the bundle with \`--backend ${backends.join("` or `")}\``;
}

function isWanted(entry: Entry, { backend, arch, kernels }: Wanted): boolean {
  const [wantedBackend, wantedArch] = [backend ?? entry.backend, arch ?? entry.arch];
  if (wantedBackend !== entry.backend || wantedArch !== entry.arch) return false;
  return kernels.every(
    (kernel) =>
      (kernel.arch ?? entry.arch) === entry.arch &&
      entry.kernels.some(({ name, release }) => kernel.called === name || kernel.called === release),
  );
}

function described({ file, backend, arch, kernels }: Entry): string {
  return `${file}: ${backend} on ${arch}, for ${kernels.map(({ name, release }) => release ?? name).join(", ")}`;
}
