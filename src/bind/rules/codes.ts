/** What can be wrong with the functions that a spec names, given a kernel. */

import { defineCode } from "../../diagnostic.js";

export const noSuchFunction = defineCode<{ name: string }>(
  "no-such-function",
  "error",
  ({ name }) => `no function \`${name}\``,
  `The kernel's BTF has no function of this name, nor has any of its modules' BTF.

The function may have been renamed or removed in that release (ext4_mount is gone since 5.17), inlined into its
callers, or have been split by the compiler into clones such as \`name.isra.0\`. The help names what comes nearest.
\`injectc show 'NAME*' -k KERNEL\` lists what there is.`,
);

export const ambiguousFunction = defineCode<{ name: string; count: number }>(
  "ambiguous-function",
  "error",
  ({ name, count }) => `\`${name}\` is the name of ${count} functions with different parameters`,
  `Several static functions share this name and their prototypes differ, so it cannot be told which of them a probe
would hit. Pick a function with a name of its own, for example a caller or a callee of it.`,
);

export const notTraceable = defineCode<{ name: string }>(
  "not-traceable",
  "error",
  ({ name }) => `\`${name}\` cannot be traced`,
  `The kernel knows the function, but ftrace has no hook in it: it is marked \`notrace\`, was inlined everywhere, or is
called only before tracing starts. No probe can be attached to it. Use a caller or a callee.`,
);

export const tooManyParameters = defineCode<{ name: string; given: number; actual: number }>(
  "too-many-parameters",
  "error",
  ({ name, given, actual }) => `\`${name}\` has ${actual} parameters, and ${given} are named`,
  `A parameter list may name the function's first parameters and leave out the rest, but it cannot name more than there
are. The help shows the prototype.`,
);

export const untypedParameter = defineCode<{ name: string }>(
  "untyped-parameter",
  "error",
  ({ name }) => `the parameter \`${name}\` has no type`,
  `A parameter is written as in C, by its type and its name: \`struct dentry *parent\`. The help has the type that the kernel
gives it. Native specs may leave out the whole list, and then have the kernel's own names.`,
);

export const parameterMismatch = defineCode<{ name: string; position: number; user: string; kernel: string }>(
  "parameter-mismatch",
  "error",
  (a) => `parameter ${a.position} of \`${a.name}\` is \`${a.kernel}\`, not \`${a.user}\``,
  `Parameters are bound by position, so a wrong type means that the predicate would read something else than it says.
Parameters move between releases: vfs_create() gained one in 5.12. Typedefs are resolved and qualifiers ignored
before types are compared; \`void *\` agrees with any pointer.`,
);

export const swappedNames = defineCode<{ name: string; parameter: string; position: number; actual: number }>(
  "swapped-names",
  "warning",
  (a) =>
    `\`${a.parameter}\` stands in place ${a.position}, where the kernel's \`${a.name}\` has it in place ${a.actual}`,
  `The list uses the kernel's own parameter names in another order than the kernel. Names are free and binding is by
position, so this binds; but it is probably not what was meant.`,
);

export const notInjectable = defineCode<{ name: string }>(
  "not-injectable",
  "error",
  ({ name }) => `the kernel does not allow \`${name}\` to be failed`,
  `A function can be failed if it is marked with ALLOW_ERROR_INJECTION in the kernel and the kernel has
CONFIG_FUNCTION_ERROR_INJECTION (the list is /sys/kernel/debug/error_injection/list), or if its name starts with
\`security_\`: those can be failed on any kernel with BPF trampolines, by the fmod_ret backend. Stock Debian kernels have no
error injection, so only \`security_*\` works there.`,
);

export const injectabilityUnknown = defineCode<{ name: string }>(
  "injectability-unknown",
  "warning",
  ({ name }) => `it is not known whether this kernel allows \`${name}\` to be failed`,
  `A raw BTF dump tells whether the kernel has error injection at all, not which functions may be failed. If the kernel refuses, the loader says so and nothing is
attached. A folder with the kernel's \`injectable.txt\` or \`config\` beside its BTF makes it known.`,
);

export const badReturn = defineCode<{ name: string; return: string; why: string }>(
  "bad-return",
  "error",
  (a) => `\`${a.name}\` cannot be made to return ${a.return}: ${a.why}`,
  `What a failing function returns must be what its callers take for a failure: the kernel's list gives each function a
class. ERRNO: a negative errno, written by its name (ENOMEM). NULL: \`NULL\`. ERRNO_NULL: either. TRUE: \`true\`. Any other
value would be taken for a success and could crash the kernel.`,
);

export const returnRequired = defineCode<{ name: string }>(
  "return-required",
  "error",
  ({ name }) => `what \`${name}\` is to return is missing`,
  `Only slab (ENOMEM), page (true) and bio (EIO) faults have a default. Any other function needs \`return:\` with an errno's
name, \`NULL\` or \`true\`.`,
);

export const noBackend = defineCode<{ name: string; why: string }>(
  "no-backend",
  "error",
  ({ name, why }) => `no backend can fail \`${name}\`: ${why}`,
  `The \`override\` backend (kprobes) needs CONFIG_BPF_KPROBE_OVERRIDE and a function on the error-injection list. The \`fmod_ret\`
backend (BPF trampolines) needs CONFIG_FUNCTION_ERROR_INJECTION for a listed function, nothing but a trampoline for a
\`security_*\` one, and cannot return 0 or NULL, since 0 means "run the original".`,
);

export const syscallFault = defineCode<{ name: string }>(
  "syscall-fault",
  "error",
  ({ name }) => `there is no system call \`${name}\` that can be failed in this kernel`,
  `\`syscall:NAME\` stands for the kernel's own wrapper of the system call (__x64_sys_NAME, __arm64_sys_NAME). The name is the
one that \`man 2\` uses.`,
);

export const sharedName = defineCode<{ name: string }>(
  "shared-name",
  "warning",
  ({ name }) =>
    `the kernel has several functions called \`${name}\`, and a program is attached to one at the most`,
  `Static functions of several files may share a name. The \`fmod_ret\` backend is attached to the one that the kernel finds
first, and does not see calls of the others, so that the fault may stay away where it was meant; \`override\` is refused by
kernels from 6.6 on ("Cannot assign requested address"). Before 5.19, a kernel also lists a function twice that has nothing
behind it but the remains of one that another took the place of: it is met all the same.`,
);

export const clonedFunction = defineCode<{ name: string; clones: string }>(
  "cloned-function",
  "warning",
  ({ name, clones }) => `some callers of \`${name}\` call its clone ${clones} instead`,
  `The compiler makes clones of a function for callers that pass constants (\`.constprop\`), or use a part of it (\`.part\`,
\`.isra\`). A probe on the function does not see calls of a clone, and BTF does not know the clone's parameters. So the fault
may stay away where it was meant. A frame further out in the call chain has no such gap.`,
);
