/** What can be wrong with a spec's text and its fields. The C in it has codes of its own: c/codes.ts. */

import { defineCode } from "../diagnostic.js";

export * from "./caution.js";
export * from "./difference.js";
export * from "./illegible.js";
export * from "./webhook.js";

// Documents and their kinds.

export const unknownKind = defineCode<{ kind: string; apiVersion: string }>(
  "unknown-kind",
  "error",
  ({ kind, apiVersion }) => `there is no kind \`${kind}\` in \`${apiVersion}\``,
  `Documents are known by \`apiVersion\` and \`kind\`: KernelChaos, Schedule and Workflow of \`chaos-mesh.org/v1alpha1\`, and
Injection of \`injectc.dev/v1\`. A document without both can be a FailKernRequest of bpfki.`,
);

export const skippedDocument = defineCode<{ what: string }>(
  "skipped-document",
  "warning",
  ({ what }) => `${what} holds no kernel fault and is left out`,
  `A file may hold other objects beside kernel faults, and a Schedule other kinds of chaos. They are not read at all.`,
);

export const noSpec = defineCode<{ name: string }>(
  "no-spec",
  "error",
  ({ name }) => `there is no spec in ${name}`,
  `The file can be read, but none of its documents describes a kernel fault.`,
);

export const unknownField = defineCode<{ field: string; of: string }>(
  "unknown-field",
  "error",
  (a) => `${a.of} has no field \`${a.field}\``,
  `Fields are written exactly as the format has them, capitals included. An unknown field is an error, since one that is
silently left out would make the fault another one than was meant.`,
);

export const missingField = defineCode<{ field: string; of: string }>(
  "missing-field",
  "error",
  (a) => `${a.of} needs \`${a.field}\``,
  `The field has no default. A field whose value is empty (YAML's null) counts as left out.`,
);

export const wrongType = defineCode<{ expected: string; found: string }>(
  "wrong-type",
  "error",
  ({ expected, found }) => `expected ${expected}, found ${found}`,
  `YAML guesses types from the form of a value: \`50\` is a number, \`"50"\` a string, \`true\` a boolean, \`- x\` an item of a list.
Kubernetes insists on the right one, and so do we. In its own objects it also takes \`yes\`, \`no\`, \`on\`, \`off\`, \`y\` and \`n\` for
booleans and \`1_000\` and \`0b11\` for numbers, as YAML 1.1 does; in others they are strings.`,
);

export const outOfRange = defineCode<{ value: string; range: string }>(
  "out-of-range",
  "error",
  ({ value, range }) => `${value} is not possible here: it must be ${range}`,
  `The number is of the right kind, but too small or too large.`,
);

export const leadingZero = defineCode<{ text: string }>(
  "leading-zero",
  "error",
  ({ text }) => `\`${text}\` is not the same number to everyone: it begins with 0`,
  `To Kubernetes, which reads YAML 1.1, \`010\` is octal and means 8; in YAML 1.2 it is 10, and in JSON it is no number. Write it
without the zeros in front.`,
);

export const unknownValue = defineCode<{ value: string }>(
  "unknown-value",
  "error",
  ({ value }) => `\`${value}\` is not one of the values that this can have`,
  `The field takes one of a few words, written exactly so.`,
);

export const badName = defineCode<{ name: string; of: string }>(
  "bad-name",
  "error",
  (a) => `\`${a.name}\` cannot be the name of ${a.of}`,
  `A kernel function's name has letters, digits, \`_\` and, for the compiler's clones, dots: \`ext4_mount\`, \`foo.isra.0\`. A system
call is called as \`man 2\` does (\`syscall:openat\`). Kubernetes wants objects and Workflow templates to be named like
internet hosts: small letters, digits, \`-\` and \`.\`.`,
);

export const badDuration = defineCode<{ text: string; why: string }>(
  "bad-duration",
  "error",
  ({ text, why }) => `\`${text}\` is no duration: ${why}`,
  `A duration is written as in Go: numbers with units, \`300ms\`, \`1.5h\`, \`2h45m\`. The units are ns, us, ms, s, m and h. A
fault's own is over zero; where nothing is to end it, it is left out.`,
);

// The fault and when it fires.

export const headersNotNeeded = defineCode<{ headers: string }>(
  "headers-not-needed",
  "info",
  ({ headers }) => `${headers}: headers are not needed, types come from the kernel's BTF`,
  `bcc and bpfki compile predicates with the kernel's headers. We take all types from the kernel's own type information, so
\`headers\` and \`-I\` are accepted and never opened.`,
);

export const zeroProbability = defineCode<{ reading: string }>(
  "zero-probability",
  "error",
  ({ reading }) => `a probability of 0 can mean never or always: ${reading}`,
  `A person reads 0 as "never"; bpfki reads it as "always", since 0 is also what it sees where nothing was written, and Chaos
Mesh's dashboard exports 0 for a field that was left blank. Leave the field out if the fault shall always fire.`,
);

export const badProbability = defineCode<{ text: string }>(
  "bad-probability",
  "error",
  ({ text }) => `\`${text}\` is no probability`,
  `A probability is more than nothing and at most \`100%\`: \`10%\`, or a fraction below 1, \`0.1\`. Whole numbers without \`%\` are
refused, because \`1\` could be a hundredth or certainty.`,
);

export const misplacedPredicate = defineCode<{ place: string }>(
  "misplaced-predicate",
  "error",
  ({ place }) => `a predicate without a function belongs in ${place}`,
  `A frame that has only a predicate is about the fault function itself (should_failslab and its like), which is the innermost
of a call chain: the last frame in Chaos Mesh, bpfki and Injection, the first one in inject.`,
);

export const misplacedFault = defineCode<{ name: string; place: string }>(
  "misplaced-fault",
  "error",
  ({ name, place }) => `\`${name}\` is the fault function, and belongs in ${place}`,
  `A call that fails does not run and calls no other, so it can only be the innermost of a call chain: the last frame in Chaos Mesh, bpfki and
Injection, the first one in inject. It may also be left out.`,
);

export const otherFault = defineCode<{ name: string; fault: string; asked: string }>(
  "other-fault",
  "warning",
  ({ name, asked }) => `\`${name}\` is the function of another fault, and \`${asked}\` is never called in it`,
  `should_failslab, should_fail_alloc_page and should_fail_bio only tell the kernel whether to go on. Which of them fails is for
the fault to say: failtype 0, 1 and 2 in Chaos Mesh, SLAB, PAGE and BIO in bpfki, kmalloc, alloc_page and bio in inject, slab,
page and bio here.`,
);

export const twoPredicates = defineCode(
  "two-predicates",
  "error",
  () => "the fault function has two predicates",
  `\`when\` and a last frame that names the fault function say the same thing. Keep one, and join the conditions by \`&&\`.`,
);

export const extraPredicate = defineCode(
  "extra-predicate",
  "error",
  () => "a frame has one predicate",
  `A frame is \`name(parameters)(predicate)\`, or a bare \`(predicate)\` for the fault function. bcc takes \`f(a)(p1)(p2)\` and drops
both predicates; join them by \`&&\`.`,
);

export const tooManyFrames = defineCode<{ limit: number }>(
  "too-many-frames",
  "error",
  ({ limit }) => `a call chain has at most ${limit} frames`,
  `Functions between those that are named may be left out: a frame holds wherever it stands further out on the stack.`,
);

export const duplicateParameter = defineCode<{ name: string }>(
  "duplicate-parameter",
  "error",
  ({ name }) => `two parameters are called \`${name}\``,
  `Parameters are bound by their position, and their names are free; but each needs its own.`,
);

export const unknownErrno = defineCode<{ value: string }>(
  "unknown-errno",
  "error",
  ({ value }) => `\`${value}\` is no errno's name`,
  `What a function returns is written by its name: \`ENOMEM\`, \`EIO\` and so on, without a minus sign; for other functions \`NULL\`
or \`true\`.`,
);

export const spaceNotCounted = defineCode(
  "space-not-counted",
  "error",
  () => "only slab, page and bio faults count bytes",
  `\`space\` lets so many bytes through before the fault fires. Other functions have no size that could be counted; \`interval\` and
\`times\` count calls.`,
);

// Argument lines.

export const shellSyntax = defineCode<{ why: string }>(
  "shell-syntax",
  "error",
  ({ why }) => why,
  `A \`.inject\` file holds the arguments of bcc's inject as one would type them. No shell is asked, so nothing is replaced:
quotes and backslashes are understood, \`$\`, backquotes, pipes and the like are refused. Put the call chain in single quotes.`,
);

export const unexpectedArgument = defineCode<{ text: string }>(
  "unexpected-argument",
  "error",
  ({ text }) => `\`${text}\` is not expected here`,
  `The arguments are a mode (kmalloc, bio or alloc_page), one call chain, and the options -P, -c, -I and -v.`,
);

export const missingArgument = defineCode<{ what: string }>(
  "missing-argument",
  "error",
  ({ what }) => `the ${what} is missing`,
  `The arguments are a mode (kmalloc, bio or alloc_page), one call chain, and the options -P, -c, -I and -v:
\`kmalloc -P 0.01 'SyS_mount()'\`.`,
);
