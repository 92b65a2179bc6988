/** The diagnostics of reading BTF and of the ELF files that it comes in. */

import { defineCode } from "../diagnostic.js";

export const notBtf = defineCode<{ name: string }>(
  "not-btf",
  "error",
  ({ name }) => `\`${name}\` is neither raw BTF nor an ELF file`,
  `BTF is the kernel's own description of its types. injectc reads it raw (the first two bytes are 9f eb), or from the
section \`.BTF\` of an ELF file such as \`vmlinux\`; this input is neither.

A running kernel has its own at /sys/kernel/btf/vmlinux, and that of a module beside it:

    cp /sys/kernel/btf/vmlinux vmlinux.btf

What \`bpftool btf dump\` prints is text for people and cannot be read back.`,
);

export const noBtfSection = defineCode<{ name: string }>(
  "no-btf-section",
  "error",
  ({ name }) => `\`${name}\` is an ELF file without a \`.BTF\` section`,
  `The file is sound, but whoever made it did not put type information in BTF format into it. A kernel has it if it was
built with CONFIG_DEBUG_INFO_BTF=y (Linux 5.2 and later, with pahole at hand); \`llvm-readelf -S vmlinux\` shows whether
there is a section \`.BTF\`. A \`vmlinux\` that holds DWARF only can be given one:

    pahole -J vmlinux

On a node that runs the kernel, /sys/kernel/btf/vmlinux is the same data.`,
);

export const emptySection = defineCode<{ name: string; section: string }>(
  "empty-section",
  "error",
  ({ name, section }) => `section \`${section}\` of \`${name}\` has no content in this file`,
  `The section is listed with its size, but marked as taking no room in the file (SHT_NOBITS). Debug packages look like
this: \`objcopy --only-keep-debug\` keeps DWARF there and empties everything that the program itself has, BTF included.

Give the program itself, such as the \`vmlinux\` before it was split, or the raw BTF of a running kernel
(/sys/kernel/btf/vmlinux).`,
);

export const badBtf = defineCode<{ name: string; at: number; problem: string }>(
  "bad-btf",
  "error",
  ({ name, at, problem }) => `the BTF of \`${name}\` is damaged at byte ${at}: ${problem}`,
  `The input starts like BTF, but what follows cannot be right: a part that is cut off, a type or a name that does not
exist, a type that contains itself. The place is counted from the start of the BTF; in an ELF file, that is the start
of its section \`.BTF\`.

Mostly the file was cut or changed on its way: take it again, as bytes, and compare sizes. A module's BTF is not
complete without that of the very kernel that the module was built for, so a base from another build shows as damage.
\`bpftool btf dump file FILE\` (with \`-B BASE\` for a module) gives a second opinion.`,
);

export const unsupportedBtf = defineCode<{ name: string; what: string }>(
  "unsupported-btf",
  "error",
  ({ name, what }) => `the BTF of \`${name}\` has ${what}, which injectc cannot read`,
  `The format has a version, flags and a set of kinds of type, and this input uses one that injectc does not know: it
reads version 1 without flags, and the kinds from BTF_KIND_INT (1) to BTF_KIND_ENUM64 (19). A newer kernel or pahole may
have written it; or, less likely, the input is damaged in just that byte. Another case are modules built out of the
kernel's tree, whose types count on from a digest of the kernel's (\`.BTF.base\`) that only a kernel resolves when it
loads the module: take such a module's BTF from /sys/kernel/btf after loading.

A newer injectc may read it. The options of \`pahole --btf_features\` leave out kinds that are not needed.`,
);

export const badElf = defineCode<{ name: string; at: number; problem: string }>(
  "bad-elf",
  "error",
  ({ name, at, problem }) => `the ELF file \`${name}\` is damaged at byte ${at}: ${problem}`,
  `The input starts like an ELF file, but its table of sections or one of the sections does not lie inside it. Mostly
the file was cut on its way: copy it again and compare sizes. \`llvm-readelf -S FILE\` gives a second opinion.`,
);

export const unsupportedElf = defineCode<{ name: string; what: string }>(
  "unsupported-elf",
  "error",
  ({ name, what }) => `the ELF file \`${name}\` ${what}, which injectc cannot read`,
  `injectc reads 64-bit ELF files with plain sections, since the kernels that it compiles for (x86-64 and arm64) are
such files. A 32-bit file belongs to another kernel. A compressed section can be unpacked:

    llvm-objcopy --decompress-debug-sections vmlinux vmlinux.plain`,
);
