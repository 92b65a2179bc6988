/** What can be wrong with a predicate, given a function of a kernel. */

import { defineCode } from "../diagnostic.js";

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
  ({ type }) =>
    type === "void" || type === "function"
      ? `${type === "void" ? "`void`" : "a function"} has no size and no value that could be read`
      : `\`${type}\` is not defined in this kernel's types`,
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
  ({ operator, type }) => `${/^a /.test(operator) ? operator : `\`${operator}\``} does not take \`${type}\``,
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
  `BPF has no floating point and no 128-bit arithmetic, and memory no room for arrays beyond 2^53 bytes.`,
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

export const unlikePointers = defineCode<{ left: string; right: string }>(
  "unlike-pointers",
  "warning",
  ({ left, right }) => `a \`${left}\` is compared with a \`${right}\``,
  `Pointers to different types hardly ever lead to the same place, unless one struct lies at the other's start. Cast one of
them if it is meant: \`(void *)p == q\`.`,
);

export const precedence = defineCode<{ outer: string; inner: string }>(
  "precedence",
  "warning",
  ({ outer, inner }) => `\`${inner}\` binds tighter than \`${outer}\`: its result is what \`${outer}\` takes`,
  `In C, comparisons bind tighter than \`&\`, \`^\` and \`|\`: \`flags & 4 == 4\` is \`flags & (4 == 4)\`, that is \`flags & 1\`. Put
parentheses around what belongs together, in any case.`,
);

export const constantComparison = defineCode<{ value: string; why: string }>(
  "constant-comparison",
  "warning",
  ({ value, why }) => `this comparison is always ${value}: ${why}`,
  `The types alone decide it: an unsigned number is never less than 0, a byte never more than 255, \`x & 1\` never 2. In C, a
negative number that meets an unsigned one of the same size becomes a large one.`,
);

export const beyondArray = defineCode<{ index: string; length: number }>(
  "beyond-array",
  "warning",
  ({ index, length }) =>
    `index ${index} is beyond the array, which has ${length} element${length === 1 ? "" : "s"}`,
  `What is read there belongs to another field, or to another object. Nothing is said of arrays without a length at the end of
a struct (\`x[]\`, \`x[0]\`, \`x[1]\`), which have as many elements as there is room for.`,
);

export const unmatchableText = defineCode<{ length: number; text: number }>(
  "unmatchable-text",
  "warning",
  ({ length, text }) => `${text} bytes are compared, and there are ${length}`,
  `The characters are in an array of the struct itself, which is shorter than what is compared, the text's NUL included. What
stands behind the array is another field, so this is true by accident at most.`,
);

export const handedIn = defineCode<{ name: string }>(
  "handed-in",
  "warning",
  ({ name }) => `\`${name}\` leads to the task's own memory, and is read as the kernel's`,
  `The kernel declares the parameter \`__user\`: it is what a process handed in. The BTF of a kernel that gcc built does not
tell. Read as the kernel's memory, such a text cannot be had, so that the predicate is never true. Write \`__user\` in the
parameters: \`do_sys_openat2(int dfd, const char __user *filename)\`.`,
);

export const shadowedName = defineCode<{ name: string; of: string }>(
  "shadowed-name",
  "warning",
  ({ name, of }) => `\`${name}\` hides the ${of} of that name`,
  `From here on the name means this one alone. Two names for two things are easier to read, and to get right.`,
);
