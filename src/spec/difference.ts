/**
 * Lints for specs that bpfki or bcc's inject would take differently than their documentation says, and so than we do, and
 * for what they have not.
 */

import { defineCode } from "../diagnostic.js";

// Of bpfki (src/bpfki.cc, src/service.cc).

export const bpfkiTimes = defineCode<{ times: number }>(
  "bpfki-times",
  "warning",
  ({ times }) => `bpfki would not stop after ${times}`,
  `bpfki's two halves disagree on where the limit stands in their shared map, so its \`times\` never limits anything. We do what is
documented: at most so many faults.`,
);

export const bpfkiAlways = defineCode<{ limited: boolean }>(
  "bpfki-always",
  "warning",
  ({ limited }) =>
    `bpfki would inject ${limited ? "nothing" : "once and no more"} with a probability of 100 %`,
  `In bpfki the number for "certain" does not fit its field and runs over into the next one, where it reads as a limit of one; the
number of \`times\`, if there is one, is then taken for what has been injected already. We do what is documented: the fault
always fires. Leaving the probability out means the same in both.`,
);

export const bpfkiPastedPredicate = defineCode<{ name: string; fault: string; parameter: string }>(
  "bpfki-pasted-predicate",
  "warning",
  (a) => `bpfki would ask this of \`${a.fault}\`, too, where \`${a.parameter}\` is not that of \`${a.name}\``,
  `bpfki copies the predicate of the last frame into the fault function's program as well, where the frame's parameters are not
known, so that it does not compile (or means other parameters of the same names). We do what is documented: the predicate is
about its own frame.`,
);

export const bpfkiNeverFires = defineCode(
  "bpfki-never-fires",
  "warning",
  () => "bpfki would never fire: it waits for one frame more than there is",
  `Where named frames are followed by a bare predicate, bpfki counts the predicate as a frame of its own. We do what is
documented: the predicate is about the fault function.`,
);

export const bpfkiFaultFrame = defineCode<{ name: string }>(
  "bpfki-fault-frame",
  "warning",
  ({ name }) => `bpfki would not compile a frame for \`${name}\``,
  `bpfki always makes a program for the fault function, and a second one for a frame of that name. We take the frame for what it
says: the condition on the fault function.`,
);

export const bpfkiFaultParameters = defineCode<{ name: string; names: string }>(
  "bpfki-fault-parameters",
  "warning",
  ({ name, names }) => `bpfki knows no \`${name}\` here, only ${names}`,
  `Where a frame has no function, its predicate is about the fault function, whose parameters have fixed names in bpfki:
\`s\` and \`gfpflags\` (slab), \`gfp_mask\` and \`order\` (page), \`bio\`. It does not read \`parameters\` there. We do.`,
);

export const bpfkiParameterName = defineCode<{ name: string }>(
  "bpfki-parameter-name",
  "warning",
  ({ name }) => `bpfki would not compile a parameter called \`${name}\``,
  `bpfki's programs have variables of that name themselves. We accept any name.`,
);

export const bpfkiCloneName = defineCode<{ name: string }>(
  "bpfki-clone-name",
  "warning",
  ({ name }) => `bpfki would not compile a frame for \`${name}\`, since it has a dot`,
  `The compiler's clones of functions have names such as \`foo.isra.0\`, and bpfki names its programs after them, where C has no
dots. We accept them where the kernel has one.`,
);

export const bpfkiRepeatedFrame = defineCode<{ name: string }>(
  "bpfki-repeated-frame",
  "warning",
  ({ name }) => `bpfki would not compile a second frame for \`${name}\``,
  `bpfki names its programs after their functions, and makes one for each frame. We take a function that stands in the call chain
twice for recursion: a call of it inside another.`,
);

export const bpfkiBuiltin = defineCode<{ name: string }>(
  "bpfki-builtin",
  "warning",
  ({ name }) => `bpfki has no \`${name}\``,
  `The only function of bpfki's own is \`STRNCMP\`. The others are ours (\`STRCMP\` is bcc's, too), and a predicate with them
does not compile there.`,
);

export const bpfkiSharedProgram = defineCode<{ fault: string; other: string }>(
  "bpfki-shared-program",
  "warning",
  (a) =>
    `bpfki would make this a ${a.other} fault where both are active on a node: their call chains are the same`,
  `bpfki keeps its programs by their call chains alone. A request with the call chain of one that is active gets that one's
program, and with it the function that fails; headers are not looked at either. We build a bundle of each.`,
);

export const bpfkiNoTask = defineCode(
  "bpfki-no-task",
  "warning",
  () => "bpfki would refuse a request without `pid` and `tid`; here every task is meant",
  `bpfki's own examples leave both out, and its service then answers that they "cannot be 0 at the same time". We read what is
written: there is no target. The loader asks for \`--all\`, or for targets of its own.`,
);

// Of bcc's inject (tools/inject.py).

export const bccProbability = defineCode(
  "bcc-probability",
  "warning",
  () => "bcc would always fire: it does not roll where only the fault function is named",
  `bcc's inject rolls where the outermost function is entered, and has no such place in a spec of one frame. We do what is
documented: the fault fires with the given probability.`,
);

export const bccLiteral = defineCode<{ reason: string }>(
  "bcc-literal",
  "warning",
  ({ reason }) => `bcc would take this string differently: it ${reason}`,
  `bcc's STRCMP takes each letter between the comma and the next bracket as it stands, quotes included, so that its strings are
written without them; where its manual has single quotes, the shell takes them away. It also looks for that bracket from the
predicate's beginning, or from the STRCMP before. We read the C string. Without quotes, and with nothing but letters that stand
for themselves, both mean the same.`,
);

export const bccCloneName = defineCode<{ name: string }>(
  "bcc-clone-name",
  "warning",
  ({ name }) => `bcc would refuse \`${name}\`, since it has a dot`,
  `The compiler's clones of functions have names such as \`foo.isra.0\`. We accept them where the kernel has one.`,
);

export const bccBlank = defineCode(
  "bcc-blank",
  "warning",
  () => "bcc would refuse the blank between a function's name and its bracket",
  `bcc takes all up to the bracket for the function's name, and finds that no name. Blanks may stand between the brackets, and
around \`=>\`. We accept both.`,
);

export const bccFaultFrame = defineCode<{ name: string; signature: string }>(
  "bcc-fault-frame",
  "warning",
  ({ name, signature }) => `bcc knows its own \`${name}\` only as \`${name}(${signature})\``,
  `bcc compares the frame's text with its own, letter by letter. Where they differ it makes two programs of one name, and does
not compile. We know the function by its name.`,
);

export const bccRepeatedFrame = defineCode<{ name: string }>(
  "bcc-repeated-frame",
  "warning",
  ({ name }) => `bcc would not compile a second frame for \`${name}\` with other parameters`,
  `bcc knows frames of one function by their text, parameters included. Where the texts differ it makes two programs of one
name. We take a function that stands in the call chain twice for recursion, whatever it calls its parameters.`,
);

export const bccParameterName = defineCode<{ name: string }>(
  "bcc-parameter-name",
  "warning",
  ({ name }) => `bcc would not compile a parameter called \`${name}\``,
  `bcc's programs have variables and maps of that name themselves. We accept any name.`,
);

export const bccBuiltin = defineCode<{ name: string }>(
  "bcc-builtin",
  "warning",
  ({ name }) => `bcc's inject has no \`${name}\``,
  `The only function of inject's own is \`STRCMP\`. The others are ours (\`STRNCMP\` is bpfki's, too), and a predicate with them
does not compile there.`,
);

export const bccCountZero = defineCode(
  "bcc-count-zero",
  "warning",
  () => "bcc would never fire with a count of 0; here 0 is no limit",
  `In Chaos Mesh, bpfki and here, 0 times means that there is no limit. Leave \`-c\` out to say so in every tool.`,
);

// Of both.

export const parametersNeeded = defineCode<{ tool: string; name: string }>(
  "parameters-needed",
  "warning",
  ({ tool, name }) => `${tool} would not compile this: no parameter \`${name}\` is declared`,
  `bcc and bpfki know a function's parameters only from the spec, up to the last that the predicate uses:
\`struct dentry *parent, const struct qstr *name\`. We take the kernel's own where none are written. \`injectc show FUNCTION\`
prints them.`,
);

export const wrapperArguments = defineCode<{ tool: string; name: string; parameter: string }>(
  "wrapper-arguments",
  "warning",
  (a) => `${a.tool} would not find the system call's \`${a.parameter}\` in \`${a.name}\``,
  `Since 4.17 the function of a system call has one parameter, the registers at its entry, and bcc and bpfki read that where the
first is meant. We read the system call's declared arguments.`,
);

export const rolledOnce = defineCode<{ tool: string; name: string }>(
  "rolled-once",
  "info",
  ({ tool, name }) => `${tool} rolls once for a whole call of \`${name}\`, and injectc for each event in it`,
  `With a call chain, bcc and bpfki roll when the outermost function is entered: then either every matching event of that call
fails, or none. Here, as in the kernel's own framework, each event that fulfils all conditions is rolled by itself. A call
with many such events fails more often, but seldom twice in a row.`,
);
