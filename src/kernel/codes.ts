/** What can be wrong with a KERNEL argument and with what it leads to. */

import { defineCode } from "../diagnostic.js";

export const unknownKernel = defineCode<{ name: string }>(
  "unknown-kernel",
  "error",
  ({ name }) => `there is no kernel profile and no file \`${name}\``,
  `A word without a slash after \`-k\` is the name of a kernel profile: a folder of out/kernels (filled by \`make kernels\`),
of injectc/kernels in the user's cache (filled by \`injectc kernel add\`), or one that injectc brings along. The help lists
all that there are. A file in the current folder with that name would do, too.`,
);

export const unreadableKernel = defineCode<{ path: string; problem: string }>(
  "unreadable-kernel",
  "error",
  ({ path, problem }) => `\`${path}\` cannot be read: ${problem}`,
  `What \`-k\` names, or a file of the folder that it names, is not there or may not be read. Debian's /boot/vmlinuz-* and
the files of tracefs are readable for root only.`,
);

export const notAKernel = defineCode<{ path: string }>(
  "not-a-kernel",
  "error",
  ({ path }) => `\`${path}\` is no kernel in any form that injectc reads`,
  `\`-k\` takes raw BTF (such as a copy of /sys/kernel/btf/vmlinux), an ELF \`vmlinux\`, a bootable image (x86-64 bzImage;
arm64 Image, plain or gzipped, or an EFI image that unpacks itself), each also gzipped, a folder that holds such files,
a profile's name, or \`running\`. What a file is shows by its first bytes, not by its name.

A Debian or RPM package is not a kernel yet: \`injectc kernel add PACKAGE\` makes a profile of it.`,
);

export const emptyKernelFolder = defineCode<{ path: string }>(
  "empty-kernel-folder",
  "error",
  ({ path }) => `the folder \`${path}\` holds nothing of a kernel`,
  `A folder describes a kernel by any of these files: \`vmlinuz\`, \`vmlinux.btf\`, \`config\`, \`injectable.txt\` (a copy of
/sys/kernel/debug/error_injection/list), \`traceable.txt\` (available_filter_functions of tracefs) and \`syscalls.txt\`;
each may be gzipped, with \`.gz\` after its name. One of the first two must be there, since types come from BTF.`,
);

export const kernelWithoutBtf = defineCode<{ path: string }>(
  "kernel-without-btf",
  "error",
  ({ path }) => `\`${path}\` has no BTF`,
  `Specs are checked against the kernel's own types, which it carries in BTF format if it was built with
CONFIG_DEBUG_INFO_BTF=y; \`bpftool btf dump file /sys/kernel/btf/vmlinux\` shows them on a node. A folder needs a
\`vmlinux.btf\`, or a \`vmlinuz\` that has BTF inside.`,
);

export const damagedImage = defineCode<{ path: string; problem: string }>(
  "damaged-image",
  "error",
  ({ path, problem }) => `\`${path}\` is damaged: ${problem}`,
  `The file starts like gzip's format or a kernel image, but what its header tells does not fit the file, or its
compressed content cannot be unpacked. Mostly it was cut on its way: copy it again and compare sizes.`,
);

export const noUnpacker = defineCode<{ path: string; tool: string }>(
  "no-unpacker",
  "error",
  ({ path, tool }) => `\`${path}\` is compressed, and \`${tool}\` is not installed`,
  `A bootable image holds the kernel in compressed form. injectc unpacks gzip by itself and leaves the other formats to
their own command-line tools; the help names the Debian package.

A profile made once (\`injectc kernel add\`) keeps the BTF beside the image, and nothing needs to be unpacked again.`,
);

export const otherArchitecture = defineCode<{ path: string; what: string }>(
  "other-architecture",
  "error",
  ({ path, what }) => `\`${path}\` is for ${what}; injectc knows x86-64 and arm64`,
  `BPF objects are compiled for one processor architecture, since the registers that hold a function's arguments differ.
injectc compiles for x86_64 and arm64.`,
);

export const damagedList = defineCode<{ form: string }>(
  "damaged-list",
  "error",
  ({ form }) => `this line is not of the form \`${form}\``,
  `A kernel's folder holds copies of lists that the kernel itself prints, and this line is none that a kernel would
print: the copy was cut, edited or mixed up with another file. The forms are

    injectable.txt   should_failslab<TAB>ERRNO       (/sys/kernel/debug/error_injection/list)
    traceable.txt    vfs_read, or ext4_mount [ext4]  (available_filter_functions of tracefs)
    syscalls.txt     openat(int dfd, const char *filename, int flags, umode_t mode)
    config           CONFIG_BPF=y                    (the kernel's .config, or /proc/config.gz unpacked)

Empty lines and lines that start with \`#\` are skipped. Take the list again, or remove it: then it counts as unknown.`,
);

export const badRelease = defineCode<{ text: string }>(
  "bad-release",
  "error",
  ({ text }) => `\`${text}\` is no kernel release`,
  `\`-k RELEASE=PATH\` tells the release of a raw BTF dump, which does not hold it: \`-k 5.10=node.btf\`. A release starts
with two numbers, as \`uname -r\` prints it: 6.12, 5.10.223, 6.1.0-56-cloud-amd64. A file with \`=\` in its name can be given
with a folder in front: \`./a=b\`.`,
);

export const otherRelease = defineCode<{ path: string; given: string; actual: string }>(
  "other-release",
  "error",
  ({ path, given, actual }) => `\`${path}\` says that its release is ${actual}, not ${given}`,
  `\`-k RELEASE=PATH\` is for files that do not tell their release, such as raw BTF. This one does, and it is another one.
Leave out the release.`,
);

export const noArchiver = defineCode<{ path: string }>(
  "no-archiver",
  "error",
  ({ path }) => `\`${path}\` is a package or an archive, and \`bsdtar\` is not installed`,
  `Packages of Debian and of RPM, captures and exported profiles are read by bsdtar, libarchive's command-line tool:
Debian's package \`libarchive-tools\`, Fedora's \`bsdtar\`.`,
);

export const damagedPackage = defineCode<{ path: string; problem: string }>(
  "damaged-package",
  "error",
  ({ path, problem }) => `\`${path}\` is damaged: ${problem}`,
  `The file starts as a package or an archive does, but bsdtar could not unpack all of it and said what the message
quotes. Mostly it was cut on its way: copy it again, and compare its size or checksum.`,
);

export const packageWithoutKernel = defineCode<{ path: string }>(
  "package-without-kernel",
  "error",
  ({ path }) => `\`${path}\` has neither a kernel's image nor its configuration or symbols`,
  `\`injectc kernel add\` looks in a package for vmlinuz, config and System.map, in /boot or in /usr/lib/modules/RELEASE.
A meta-package (Debian's linux-image-amd64) has none of them: take the one that it depends on. From Linux 7.0 on Debian
splits a kernel over linux-binary-RELEASE (the image), linux-base-RELEASE (configuration and symbols) and
linux-modules-RELEASE; give the first two in one call.`,
);

export const severalKernels = defineCode<{ releases: readonly string[] }>(
  "several-kernels",
  "error",
  ({ releases }) => `these are files of different kernels: ${releases.join(", ")}`,
  `All the files given to one \`injectc kernel add\` become one profile, so they must belong to one kernel, of the same
release as \`uname -r\` prints it; and to the one that has the profile's name already, if any. Add other kernels by calls of
their own, or give another name with \`--name\`.`,
);

export const differingFact = defineCode<{ path: string; name: string }>(
  "differing-fact",
  "error",
  ({ path, name }) => `\`${path}\` tells another \`${name}\` than what is known already`,
  `Two sources of one profile tell the same fact differently: they are of different builds of the kernel, though their
release may be the same. Make profiles of their own of them with \`--name\`, or \`injectc kernel rm\` the old one first.`,
);

export const damagedRecord = defineCode<{ path: string; problem: string }>(
  "damaged-record",
  "error",
  ({ path, problem }) => `\`${path}\` is no record of a profile: ${problem}`,
  `A profile's \`profile.json\` holds the kernel's release and how each fact was learned (\`read\`, \`booted\` or
\`captured\`). It is written by \`injectc kernel add\` and by the capture script. Add the kernel again.`,
);

export const badProfileName = defineCode<{ name: string }>(
  "bad-profile-name",
  "error",
  ({ name }) => `\`${name}\` cannot be a profile's name`,
  `A profile's name is what you write after \`-k\`: letters, digits and \`. _ + ~ -\`, the first a letter or digit.
\`running\` is taken: it means the kernel that injectc runs on.`,
);

export const namelessKernel = defineCode<{ paths: string }>(
  "nameless-kernel",
  "error",
  ({ paths }) => `nothing in \`${paths}\` tells the kernel's release, which would be the profile's name`,
  `Raw BTF does not hold the kernel's release, though some rules need it (the values of GFP flags, for one). Tell it, as
after \`-k\`: \`injectc kernel add 5.10.223=node.btf\`; or choose a name with \`--name\` and do without.`,
);

export const notYourProfile = defineCode<{ name: string }>(
  "not-your-profile",
  "error",
  ({ name }) => `the profile \`${name}\` is not one of yours`,
  `\`injectc kernel rm\` removes profiles that \`injectc kernel add\` has made, in the user's cache. Those in out/kernels
belong to \`make kernels\` (remove the folder), and the built-in ones to injectc.`,
);
