/** Bundle to what other loaders take. */

import type { Checked } from "../diagnostic.js";
import type { Exported, Exporter, ExportFormat, Subject } from "./format.js";
import { libbpf } from "./libbpf.js";

const exporters: Readonly<Record<ExportFormat, Exporter>> = { libbpf };

/** The files of a format; the same bundle gives the same bytes. */
export function exportAs(format: ExportFormat, subject: Subject): Promise<Checked<Exported>> {
  return exporters[format](subject);
}
