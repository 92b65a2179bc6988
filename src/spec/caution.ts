/** Lints on specs that say what they mean, and meet more than most people mean. */

import { defineCode } from "../diagnostic.js";

export const broadFault = defineCode<{ what: string; whom: string }>(
  "broad-fault",
  "warning",
  ({ what, whom }) => `nothing narrows this down: ${what} of ${whom} fail`,
  `A program whose every allocation or every disk access fails does not get far, and shows nothing but that. Name the functions
that the fault is about (a call chain), or what their arguments must be (a predicate), or let only some events fail (a
probability below one half, \`times\`, and in native specs \`interval\` and \`once-per-stack\`). Failing many page allocations in
a short time also brings the OOM killer, as Chaos Mesh's guide says: the kernel then ends processes to get memory back, and
not only those that are meant.`,
);

export const everyPod = defineCode(
  "every-pod",
  "warning",
  () => "this selector selects nothing, so every pod of the namespace is meant",
  `Where the selector is empty, Chaos Mesh takes every pod of the object's own namespace, and with mode \`all\` (or 100 percent)
the fault is injected into each of them, whether ready or not. Select by labels, namespaces, nodes or names. A namespace that
is written out is taken for intent.`,
);

export const noDuration = defineCode<{ why: string }>(
  "no-duration",
  "warning",
  ({ why }) => why,
  `Without \`duration\` (in a Workflow: the template's \`deadline\`), Chaos Mesh keeps a fault until its object is deleted. Where
no call chain, no predicate and no \`times\` limits it either, that is until somebody remembers it. What a Schedule starts
must have a duration above all: the next one waits for the last to end (\`concurrencyPolicy: Forbid\`), or one is piled upon
the other (\`Allow\`).`,
);

export const longDuration = defineCode<{ text: string }>(
  "long-duration",
  "warning",
  ({ text }) => `${text} is more than a day`,
  `A kernel fault costs everything that runs on the node, not only its target: each call of the functions that are named is
looked at, in all pods. Experiments of minutes show the same. Durations have no unit for days, so that a slip in the unit
(\`h\` for \`m\` or \`s\`) is easily made.`,
);
