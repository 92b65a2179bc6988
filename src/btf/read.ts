/** BTF from whatever file it comes in. */

import { type Checked, failed } from "../diagnostic.js";
import type { Btf } from "./btf.js";
import { noBtfSection, notBtf, unsupportedBtf } from "./codes.js";
import { decodeBtf } from "./decode.js";
import { isElf, sectionOf } from "./elf.js";
import { btfOrder } from "./header.js";

const section = ".BTF";
/** A digest of the base, for modules built out of tree: Linux 6.11, scripts/Makefile.btf. */
const digestSection = ".BTF.base";

/** Raw BTF, or an ELF file's section `.BTF`; over `base` for a module. `name` is how diagnostics call the input. */
export function readBtf(bytes: Uint8Array, name: string, base?: Btf): Checked<Btf> {
  if (isElf(bytes)) return readElf(bytes, name, base);
  if (btfOrder(bytes)) return decodeBtf(bytes, name, base);
  const help = ["give raw BTF, such as a copy of /sys/kernel/btf/vmlinux, or an uncompressed `vmlinux`"];
  return failed(notBtf(undefined, { name }, { help }));
}

function readElf(bytes: Uint8Array, name: string, base?: Btf): Checked<Btf> {
  const found = sectionOf(bytes, section, name);
  if (!found.ok) return found;
  if (!found.value) {
    const help = [
      "build the kernel with CONFIG_DEBUG_INFO_BTF=y, or run `pahole -J` on a file that has DWARF",
      "or give a copy of /sys/kernel/btf/vmlinux from a node that runs this kernel",
    ];
    return failed(noBtfSection(undefined, { name }, { help }));
  }
  const digest = sectionOf(bytes, digestSection, name);
  if (!digest.ok) return digest;
  if (digest.value) {
    const help = ["load the module, and take its BTF from /sys/kernel/btf"];
    return failed(
      unsupportedBtf(undefined, { name, what: `a base of its own in \`${digestSection}\`` }, { help }),
    );
  }
  return decodeBtf(found.value, name, base);
}
