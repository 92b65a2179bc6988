/** What can be wrong with a proof or a boot. */

import { defineCode } from "../diagnostic.js";

export const noKnownProof = defineCode<{ fault: string }>(
  "no-known-proof",
  "error",
  ({ fault }) => `injectc knows no workload that would show \`${fault}\` failing`,
  `Without \`--workload\` and without \`spec.proof\`, \`injectc boot\` runs a workload of its own, which must fail while
the fault is attached, and only then. It has one for slab, page and bio, and for functions and syscalls that open,
read, make, rename, link or remove files, start programs or mount. For any other function it cannot tell what would
call it.

    proof: { run: ping -c 1 127.0.0.1, attached: EPERM }

in a native manifest names a command that must succeed before and after, and what it must fail with while the fault
is attached. \`--workload FILE\` runs a script of yours; you then judge its output yourself.`,
);

export const standIn = defineCode<{ targets: string }>(
  "stand-in",
  "info",
  ({ targets }) => `only a node has ${targets}: in a guest, the workload stands for it`,
  `A spec's target names processes, threads or cgroups of a node, and no guest has these. So \`injectc boot\` and
\`injectc compat --boot\` take the workload in their place; targets by \`comm\` and \`uid\` hold in a guest, too, and the
workload should then be such a program, or run as such a user. The bundle itself stays as it is.

Words for the loader after \`--\` take the place of all of that:

    injectc boot SPEC -k KERNEL -- --comm cat`,
);

export const bootFailed = defineCode<{ kernel: string; phase: "boot" | "setup" | "case"; reason: string }>(
  "boot-failed",
  "error",
  ({ kernel, reason }) => `${kernel}: ${reason}`,
  `A kernel was booted under QEMU to prove a bundle's effect on it, and something broke. The report's \`phase\` says
where: \`boot\` if the kernel did not get as far as its init, \`setup\` if inject-load did not attach the bundle, \`case\`
if it did. The report's \`log\` is the end of the kernel's console, and \`loader\` what inject-load said.

If the log has an oops at \`ftrace_kill\` or another function that nobody called, see how the kernel was built: with
CONFIG_CC_OPTIMIZE_FOR_SIZE, functions begin anywhere, and with CONFIG_DYNAMIC_FTRACE_WITH_JMP (newer x86-64 kernels) ftrace
takes a handler at an odd address for one to jump to, a byte before it. It does so as soon as two probes share a function.
CONFIG_CC_OPTIMIZE_FOR_PERFORMANCE aligns them.

\`injectc boot --shell\` opens a shell in the same guest.`,
);

export const proofFailed = defineCode<{ kernel: string }>(
  "proof-failed",
  "error",
  ({ kernel }) => `${kernel}: the bundle was attached, and its effect was not seen as it should be`,
  `The workload ran before, while and after the bundle was attached. It must succeed before and after, and meet the
fault in between; the notes show what it met. The counters tell why a fault did not fire: \`seen\` calls of the fault
function by the target, and of these \`eligible\` ones, for which call chain and predicate held; \`rolledOut\` by the
trigger, and \`injected\`.

If the workload that injectc chose does not fit, give one with \`spec.proof\` or \`--workload\`.`,
);
