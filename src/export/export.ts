/** Bundle to what other loaders take. */

import type { Checked } from "../diagnostic.js";
import { bpf2go } from "./bpf2go.js";
import { bpfman } from "./bpfman.js";
import { daemonset } from "./daemonset.js";
import type { Exported, Exporter, ExportFormat, Subject } from "./format.js";
import { gadget } from "./gadget.js";
import { libbpf } from "./libbpf.js";

const exporters: Readonly<Record<ExportFormat, Exporter>> = {
  libbpf,
  bpf2go,
  "oci-bpfman": bpfman,
  "oci-gadget": gadget,
  daemonset,
};

/** The files of a format; the same bundle gives the same bytes. */
export function exportAs(format: ExportFormat, subject: Subject): Promise<Checked<Exported>> {
  return exporters[format](subject);
}
