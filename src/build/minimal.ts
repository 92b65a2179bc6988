/** A kernel's types, cut down to what objects relocate: for a kernel that does not tell its own. */

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readBtf } from "../btf/read.js";
import { type Checked, checked } from "../diagnostic.js";
import { withTempFolder } from "./temp.js";
import { runTool } from "./tools.js";

/** Raw BTF with the types that the object relocates by (bpftool-gen(8), min_core_btf); undefined: there are none. */
export function minimalBtf(object: Uint8Array, types: Uint8Array): Promise<Checked<Uint8Array | undefined>> {
  return withTempFolder(async (folder) => {
    await Promise.all([
      writeFile(join(folder, "object.o"), object),
      writeFile(join(folder, "kernel.btf"), types),
    ]);
    const words = ["gen", "min_core_btf", "kernel.btf", "minimal.btf", "object.o"];
    const made = await runTool("bpftool", words, { cwd: folder, unversioned: true });
    if (!made.ok) return made;
    const bytes = await readFile(join(folder, "minimal.btf"));
    const btf = readBtf(bytes, "minimal.btf");
    if (!btf.ok) return btf;
    return checked(btf.value.count > 1 ? bytes : undefined);
  });
}
