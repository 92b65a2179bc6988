/** What can be wrong between a spec and a kernel. */

import { defineCode } from "../diagnostic.js";

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

export const unreachableParameter = defineCode<{ name: string; parameter: string }>(
  "unreachable-parameter",
  "error",
  (a) => `the predicate cannot read \`${a.parameter}\` of \`${a.name}\``,
  `Only the parameters that are passed in registers can be read: the first six integer or pointer parameters on x86-64,
the first eight on arm64. Structs passed by value cannot be read.`,
);

export const noSuchType = defineCode<{ type: string }>(
  "no-such-type",
  "error",
  ({ type }) => `no type \`${type}\``,
  `The kernel's BTF has no such type. BTF holds only types that the kernel was built with; a driver's private struct may be
in its module. Write the type as the kernel's sources do (\`struct qstr\`, not \`qstr\`).`,
);

export const noSuchField = defineCode<{ owner: string; field: string }>(
  "no-such-field",
  "error",
  ({ owner, field }) => `\`${owner}\` has no field \`${field}\``,
  `The struct or union exists in the kernel but has no field of this name, not in its anonymous members either. Fields are
renamed between releases (\`bi_disk\` became \`bi_bdev\` in 5.12). \`injectc show 'struct NAME' -k KERNEL\` prints it.
\`exists(a->b) && …\` asks for a field that only some kernels have.`,
);

export const noSuchName = defineCode<{ name: string }>(
  "no-such-name",
  "error",
  ({ name }) => `\`${name}\` is not known here`,
  `A predicate may use the function's parameters, its own locals, the kernel's enum constants, errno names, \`GFP_*\` and
\`__GFP_*\`, \`PAGE_SIZE\`, \`NULL\`, \`true\` and \`false\`. The kernel's macros and global variables are not in its BTF.`,
);

export const notCallable = defineCode<{ name: string }>(
  "not-callable",
  "error",
  ({ name }) => `\`${name}\` cannot be called in a predicate`,
  `A predicate runs in BPF, where no function of the kernel can be called. There are STRCMP(p, "text"),
STRNCMP(p, "text", n), STRPREFIX(p, "text"), STRSTR(p, "text"), exists(a->b), MKDEV(major, minor), MAJOR(dev) and
MINOR(dev). STRCMP and STRNCMP are true where the strings are equal.`,
);

export const badArguments = defineCode<{ usage: string; why: string }>(
  "bad-arguments",
  "error",
  ({ usage, why }) => `\`${usage}\`: ${why}`,
  `A built-in was used with the wrong number or kind of arguments. The string built-ins take a pointer to characters (or an
array of them) and a string literal; STRNCMP takes a constant count of at least 1 and at most the literal's length
and its NUL.`,
);

export const notAPointer = defineCode<{ operator: string; type: string }>(
  "not-a-pointer",
  "error",
  ({ operator, type }) => `\`${operator}\` needs a pointer, and this is \`${type}\``,
  `\`->\`, unary \`*\` and \`[]\` follow a pointer. For a struct that is not behind a pointer, write \`.\` instead of \`->\`.`,
);

export const notARecord = defineCode<{ operator: string; type: string }>(
  "not-a-record",
  "error",
  ({ operator, type }) => `\`${operator}\` needs a struct or a union, and this is \`${type}\``,
  `\`.\` picks a field of a struct or union; \`->\` one behind a pointer to it. The help says which of them fits.`,
);

export const incompleteType = defineCode<{ type: string }>(
  "incomplete-type",
  "error",
  ({ type }) => `\`${type}\` is not defined in this kernel's types`,
  `The kernel only declares this type (or it is \`void\`, a function, or a struct without a name), so nothing behind the
pointer can be read. Cast the pointer to the type that it really has, such as \`((struct inode *)p)->i_ino\`.`,
);

export const ambiguousType = defineCode<{ type: string; field: string }>(
  "ambiguous-type",
  "error",
  ({ type, field }) => `the kernel has several \`${type}\`, and \`${field}\` is not at one place in them`,
  `Private structs of several files share this name. A loader finds a struct by its name, so it could not tell which of
them is meant, and would refuse the object. Only fields that lie at the same place in all of them can be read.`,
);

export const unnamedType = defineCode<{ operator: string; type: string }>(
  "unnamed-type",
  "error",
  ({ operator, type }) => `\`${operator}\` leads to a \`${type}\` without a name`,
  `A loader fits what is read to the running kernel by the names of structs and fields, and this struct has neither a tag nor
a typedef. It can be reached only as what it is in: by its field's name, and in an array by a constant index below the length.`,
);

export const badOperand = defineCode<{ operator: string; type: string }>(
  "bad-operand",
  "error",
  ({ operator, type }) => `\`${operator}\` does not take \`${type}\``,
  `The operand has a type that C does not allow there: arithmetic wants integers, \`!\`, \`&&\`, \`||\` and \`?:\` integers or
pointers, comparisons two integers or two pointers. A struct is never a value in a predicate: name one of its fields.`,
);

export const pointerWithInteger = defineCode<{ operator: string; pointer: string; integer: string }>(
  "pointer-with-integer",
  "error",
  (a) => `\`${a.operator}\` between the pointer \`${a.pointer}\` and the integer \`${a.integer}\``,
  `A pointer is compared only with a pointer, NULL or 0. Cast one of the two if this is meant: \`(unsigned long)p == 0x10\`.`,
);

export const stringAsValue = defineCode(
  "string-as-value",
  "error",
  () => "a string literal stands where a value is needed",
  `A string literal has no address in the kernel that anything there could be equal to, so \`p == "text"\` is never what is
meant. STRCMP(p, "text") is true where the string at p is "text"; STRPREFIX and STRSTR look for a part.`,
);

export const divisionByZero = defineCode<{ operator: string }>(
  "division-by-zero",
  "error",
  ({ operator }) => `the right side of \`${operator}\` is always 0`,
  `Dividing by zero has no value in C.`,
);

export const badShift = defineCode<{ count: string; width: number }>(
  "bad-shift",
  "error",
  ({ count, width }) => `a shift by ${count} of a value of ${width} bits`,
  `C gives a shift no meaning where the count is negative or not less than the width of the promoted left operand. Cast
the left operand to a wider type first: \`(u64)x << 40\`.`,
);

export const integerTooLarge = defineCode<{ value: string }>(
  "integer-too-large",
  "error",
  ({ value }) => `${value} fits no integer type`,
  `The largest integer constant is 18446744073709551615 (0xffffffffffffffff).`,
);

export const unsupportedType = defineCode<{ type: string }>(
  "unsupported-type",
  "error",
  ({ type }) => `values of type \`${type}\` cannot be used in a predicate`,
  `BPF has no floating point and no 128-bit arithmetic.`,
);

export const unknownConstant = defineCode<{ name: string; why: string }>(
  "unknown-constant",
  "error",
  ({ name, why }) => `the value of \`${name}\` is not known for this kernel: ${why}`,
  `Some constants are macros and stand in no BTF: GFP flags before 6.10, the page size of an arm64 kernel. They are known by
the kernel's release or configuration. Tell the release of a raw BTF dump with \`-k 5.10=FILE\`.`,
);

export const constantPredicate = defineCode<{ value: string }>(
  "constant-predicate",
  "warning",
  ({ value }) => `this predicate is always ${value}`,
  `The predicate has the same value whatever the arguments are. Leave it out where it is always true; where it is always
false the fault can never fire.`,
);

export const pointerStrings = defineCode<{ operator: string }>(
  "pointer-strings",
  "warning",
  ({ operator }) => `\`${operator}\` compares two addresses, not the strings there`,
  `Two \`char *\` are equal only where they are the same pointer. STRCMP(p, "text") compares with a text.`,
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
  `A raw BTF dump does not tell which functions may be failed. If the kernel refuses, the loader says so and nothing is
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
