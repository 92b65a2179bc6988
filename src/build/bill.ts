/** A bundle's bill of materials: what is in it, and what that was made with. CycloneDX 1.6, without times and random numbers. */

import about from "#package" with { type: "json" };
import type { Part } from "./loader.js";

export const billFile = "bom.cdx.json";

/** A file of the bundle, and the parts that went into it. */
export interface BillFile {
  readonly path: string;
  readonly kind: string;
  readonly sha256: string;
  readonly parts: readonly Part[];
}

const licences: Readonly<Record<string, string>> = {
  // As its `license` section says, and as the kernel demands.
  object: "GPL-2.0-only",
  source: "GPL-2.0-only",
  loader: "Apache-2.0",
};

/** Of the parts of a loader, those that are no library. */
const programs: ReadonlySet<string> = new Set(["inject-load", "gcc"]);

/** The bill's text. `tools` made the files; of injectc itself, the libraries are named that it comes with. */
export function billText(name: string, files: readonly BillFile[], tools: readonly Part[]): string {
  const parts = new Map(files.flatMap(({ parts: all }) => all.map((part) => [refOf(part), part] as const)));
  const own = Object.entries(about.dependencies).map(([dependency, version]) => ({
    ...component("library", { name: dependency, version }),
    purl: `pkg:npm/${dependency}@${version}`,
  }));
  const bill = {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: {
      tools: {
        components: [
          { ...component("application", { name: about.name, version: about.version }), components: own },
          ...tools.map((tool) => component("application", tool)),
        ],
      },
      component: { type: "data", "bom-ref": "bundle", name },
    },
    components: [
      ...files.map(fileComponent),
      ...[...parts.values()].map((part) =>
        component(programs.has(part.name) ? "application" : "library", part),
      ),
    ],
    dependencies: [
      { ref: "bundle", dependsOn: files.map(({ path }) => path) },
      ...files.map((file) => ({ ref: file.path, dependsOn: file.parts.map(refOf) })),
    ],
  };
  return `${JSON.stringify(bill, null, 2)}\n`;
}

function refOf({ name, version }: Part): string {
  return `${name}@${version}`;
}

function component(type: "application" | "library", part: Part) {
  return { type, "bom-ref": refOf(part), name: part.name, version: part.version };
}

function fileComponent({ path, kind, sha256 }: BillFile) {
  const licence = licences[kind];
  return {
    type: "file",
    "bom-ref": path,
    name: path,
    hashes: [{ alg: "SHA-256", content: sha256 }],
    ...(licence ? { licenses: [{ license: { id: licence } }] } : {}),
    properties: [{ name: "injectc:kind", value: kind }],
  };
}
