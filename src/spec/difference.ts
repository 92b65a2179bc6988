/** Lints for specs that bpfki or bcc inject would take differently than their documentation says, and so than we do. */

import { defineCode } from "../diagnostic.js";

export const bpfkiTimes = defineCode<{ times: number }>(
  "bpfki-times",
  "warning",
  ({ times }) => `bpfki would not stop after ${times}`,
  `bpfki's two halves disagree on where the limit stands in their shared map, so its \`times\` never limits anything. We do what is
documented: at most so many faults.`,
);

export const bpfkiAlways = defineCode(
  "bpfki-always",
  "warning",
  () => "bpfki would inject once at most with a probability of 100 %",
  `In bpfki the number for "certain" does not fit its field and runs over into the next one, where it reads as a limit of one. We do
what is documented: the fault always fires. Leaving the probability out means the same in both.`,
);

export const bpfkiPastedPredicate = defineCode<{ name: string; fault: string }>(
  "bpfki-pasted-predicate",
  "warning",
  (a) => `bpfki would ask this of \`${a.fault}\`, too, which has no such parameters`,
  `bpfki copies the predicate of the last frame into the fault function's program as well, where the frame's parameters are not
known, so that it does not compile. We do what is documented: the predicate is about its own frame.`,
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
written without them. We read the C string. Without quotes both mean the same.`,
);

export const bccCloneName = defineCode<{ name: string }>(
  "bcc-clone-name",
  "warning",
  ({ name }) => `bcc would refuse \`${name}\`, since it has a dot`,
  `The compiler's clones of functions have names such as \`foo.isra.0\`. We accept them where the kernel has one.`,
);

export const bccFaultFrame = defineCode<{ name: string; signature: string }>(
  "bcc-fault-frame",
  "warning",
  ({ name, signature }) => `bcc knows its own \`${name}\` only as \`${name}(${signature})\``,
  `bcc compares the frame's text with its own, letter by letter. Where they differ it makes two programs of one name, and does
not compile. We know the function by its name.`,
);

export const bccParameterName = defineCode<{ name: string }>(
  "bcc-parameter-name",
  "warning",
  ({ name }) => `bcc would not compile a parameter called \`${name}\``,
  `bcc's programs have variables of that name themselves. We accept any name.`,
);

export const bccCountZero = defineCode(
  "bcc-count-zero",
  "warning",
  () => "bcc would never fire with a count of 0; here 0 is no limit",
  `In Chaos Mesh, bpfki and here, 0 times means that there is no limit. Leave \`-c\` out to say so in every tool.`,
);
