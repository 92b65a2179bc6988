/** What can be wrong with a command line, and what can go wrong around it. */

import { defineCode } from "../diagnostic.js";

/** Any of these makes the exit status 2. */
export const usage = defineCode<{ problem: string }>(
  "usage",
  "error",
  ({ problem }) => problem,
  `The words of the command line do not fit together: a verb or an option that there is not, a value that is missing, or
two options that exclude each other. \`injectc help\` lists the verbs, \`injectc help VERB\` the options of one. The exit
status is 2.`,
);

export const internalError = defineCode<{ problem: string }>(
  "internal-error",
  "error",
  ({ problem }) => `this is a bug in injectc: ${problem}`,
  `injectc has failed where it must not, whatever it is given. Nothing half-written is left behind. Please report it, with
the command, the spec, and what was printed. The exit status is 70.`,
);

export const systemError = defineCode<{ problem: string }>(
  "system-error",
  "error",
  ({ problem }) => `the system refuses: ${problem}`,
  `The operating system did not let injectc do something that it needs to: write into the temporary folder (TMPDIR), start
another process, or open one file more. The message has the call and its reason.`,
);

export const noImage = defineCode<{ kernel: string }>(
  "no-image",
  "error",
  ({ kernel }) => `there is no bootable image of ${kernel}`,
  `\`injectc boot\` starts the kernel under QEMU, so types are not enough: \`-k\` must name a bootable image (vmlinuz), or a
folder or profile that holds one under that name. Distributions install it as /boot/vmlinuz-RELEASE.`,
);

export const noSuchCode = defineCode<{ name: string }>(
  "no-such-code",
  "error",
  ({ name }) => `there is no diagnostic \`${name}\``,
  `\`injectc explain\` takes the code of a diagnostic, which stands in brackets in front of its message, or a spec:

    error[no-such-field]: ...`,
);

export const nothingShown = defineCode<{ name: string }>(
  "nothing-shown",
  "error",
  ({ name }) => `the kernel has no function, type or constant \`${name}\``,
  `\`injectc show\` looks a name up in the kernel's types: functions, structs, unions, enums and typedefs, also those of
modules where the kernel's folder has their types; and among system calls and the constants that predicates know. \`*\` and \`?\` stand for any letters: \`injectc show 'vfs_*'\`. Quote
such names, or the shell replaces them.`,
);
