/** Specs for the tests of the command line. */

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { folder } from "../build/fixture.js";

/** A sound spec; `field` is what its predicate reads of the name. */
export function spec(name = "bananas", field = "name"): string {
  return `apiVersion: injectc.dev/v1
kind: Injection
metadata: { name: ${name} }
spec:
  fault: slab
  callchain:
    - function: d_alloc_parallel
      parameters: struct dentry *parent, const struct qstr *name
      when: STRNCMP(name->${field}, "bananas", 8)
`;
}

/** A fresh folder with these files in it. */
export async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const path = await folder();
  for (const [name, text] of Object.entries(files)) await writeFile(join(path, name), text);
  return path;
}
