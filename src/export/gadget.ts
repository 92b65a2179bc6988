/** For Inspektor Gadget: docs/spec/oci.md and docs/gadget-devel of its sources; the layout is that of pkg/oci/build.go. */

import type { Manifest } from "../build/manifest.js";
import { yamlDocument } from "../convert/native.js";
import { checked, failed } from "../diagnostic.js";
import { chooseEach } from "./choose.js";
import type { Exporter } from "./format.js";
import { layoutOf } from "./oci.js";
import { type Parts, partsOf } from "./program.js";
import { strangers } from "./stranger.js";
import { summary } from "./words.js";

const artifactType = "application/vnd.gadget.v1+binary";
const metadata = "application/vnd.gadget.config.v1+yaml";
const program = "application/vnd.gadget.ebpf.program.v1+binary";

export const gadget: Exporter = async (subject) => {
  const { manifest } = subject;
  const name = "Inspektor Gadget";
  const chosen = chooseEach(subject, {
    backends: ["override"],
    reason: `${name} knows no fmod_ret programs`,
  });
  const allowed = strangers(name, manifest);
  if (!chosen.ok || !allowed.ok)
    return failed(...[chosen, allowed].flatMap(({ ok, diagnostics }) => (ok ? [] : diagnostics)));
  const parts = partsOf(chosen.value[0]!.object, manifest.name);
  if (!parts.ok) return parts;
  const config = { mediaType: metadata, data: Buffer.from(gadgetYaml(manifest, parts.value)) };
  const images = chosen.value.map(({ object, arch }) => {
    return { arch, artifactType, config, layers: [{ mediaType: program, data: object }] };
  });
  const annotations = {
    "org.opencontainers.image.title": manifest.name,
    "org.opencontainers.image.description": summary(manifest),
    // Gadgets have a date, and the same bundle is to give the same bytes.
    "org.opencontainers.image.created": "1970-01-01T00:00:00Z",
  };
  return checked(layoutOf(images, annotations).files, allowed.diagnostics);
};

/** The settings that the object names to Inspektor Gadget are its parameters. */
function gadgetYaml(manifest: Manifest, { variables }: Parts): string {
  const rows = Object.entries(settings).filter(([key]) => variables.has(`gadget_param_${key}`));
  const ebpf = Object.fromEntries(
    rows.map(([key, { description, of }]) => [key, { key, defaultValue: String(of(manifest)), description }]),
  );
  const content = { name: manifest.name, description: summary(manifest), params: { ebpf } };
  return yamlDocument(content).toString({ lineWidth: 0 });
}

interface Setting {
  readonly description: string;
  readonly of: (manifest: Manifest) => number;
}

const settings: Readonly<Record<string, Setting>> = {
  probability: {
    description: "how likely an eligible call is to fail, of 4294967296",
    of: ({ trigger }) => trigger.probability,
  },
  times: { description: "inject at most so many times; 0: no limit", of: ({ trigger }) => trigger.times },
  interval: {
    description: "inject into one in so many eligible calls",
    of: ({ trigger }) => trigger.interval,
  },
  space: { description: "let so many bytes through first", of: ({ trigger }) => trigger.space },
  observe: { description: "1: do everything but the injection", of: () => 0 },
  target_kinds: { description: "0: fail every task of the node; 31: none", of: () => 31 },
};
