/** What can be lost on the way from one input format to another. */

import { defineCode } from "../diagnostic.js";

export const cannotSay = defineCode<{ format: string; what: string }>(
  "cannot-say",
  "error",
  ({ format, what }) => `${format} cannot say ${what}`,
  `A conversion gives a spec of the same meaning, or none. Only native specs can say everything: the other formats have three
faults, each with one return value, no targets (bpfki: one process or one thread), and of the trigger only the probability
(KernelChaos: whole percents) and the number of times. Convert to native, or leave out what the message names.`,
);

export const notCarried = defineCode<{ format: string; what: string; instead: string }>(
  "not-carried",
  "warning",
  ({ format, what, instead }) => `${format} has no place for ${what}${instead}`,
  `The fault itself is the same, but what the message names is around it, and does not come along: how long the fault stays, which
pods it is for, when it is started, what \`injectc boot\` runs, labels. Where the format has comments, the placement stands in
one. Whoever uses the result has to see to it by other means, such as the options of the loader.`,
);

export const placementNeeded = defineCode(
  "placement-needed",
  "warning",
  () => "a KernelChaos says which pods are meant, and this spec does not",
  `\`mode\` and \`selector\` are required in a KernelChaos. The conversion writes \`mode: one\` with an empty selector, which is one
pod of the object's own namespace, taken at random: put in what is meant before it is applied.`,
);

export const renamed = defineCode<{ name: string; as: string }>(
  "renamed",
  "warning",
  (a) => `Kubernetes would refuse the name \`${a.name}\`: it becomes \`${a.as}\``,
  `Objects in Kubernetes are named like internet hosts: small letters, digits, \`-\` and \`.\`, 253 letters at the most.`,
);
