/** Chaos Mesh's own rules, which its webhooks and its API server hold objects to. */

import { defineCode } from "../diagnostic.js";

export const badSelectorValue = defineCode<{ value: string; mode: string; range: string }>(
  "bad-selector-value",
  "error",
  (a) => `\`${a.value}\` does not fit mode \`${a.mode}\`: it must be ${a.range}`,
  `\`value\` tells how many pods are meant: a count above 0 for \`fixed\`, a percentage above 0 and up to 100 for \`fixed-percent\`
and \`random-max-percent\`. It is a string of decimal digits: \`value: "50"\`.`,
);

export const unusedValue = defineCode<{ mode: string }>(
  "unused-value",
  "warning",
  ({ mode }) => `mode \`${mode}\` has no use for \`value\``,
  `\`value\` belongs to the modes \`fixed\`, \`fixed-percent\` and \`random-max-percent\`.`,
);

export const selectorValues = defineCode<{ operator: string; wanted: boolean }>(
  "selector-values",
  "error",
  ({ operator, wanted }) => `\`${operator}\` ${wanted ? "needs" : "takes no"} values`,
  `In and NotIn compare a label with a list of values; Exists and DoesNotExist only ask whether it is there.`,
);

export const badSchedule = defineCode<{ text: string; why: string }>(
  "bad-schedule",
  "error",
  ({ text, why }) => `\`${text}\` is no schedule: ${why}`,
  `A schedule has the five parts of cron (minute, hour, day of the month, month, day of the week), or six with seconds in front,
or is a descriptor: \`@hourly\`, \`@every 5m\`.`,
);

export const durationInTemplate = defineCode(
  "duration-in-template",
  "error",
  () => "a Workflow's template has a `deadline`, and the chaos in it no `duration`",
  `Chaos Mesh refuses a duration in a template. The template's \`deadline\` ends the fault.`,
);

export const fieldOfOtherType = defineCode<{ field: string; type: string }>(
  "field-of-other-type",
  "error",
  ({ field, type }) => `a template of type \`${type}\` holds no \`${field}\``,
  `A template holds what its \`templateType\` says and nothing else. Chaos Mesh refuses it otherwise.`,
);

export const ignoredField = defineCode<{ field: string; type: string }>(
  "ignored-field",
  "warning",
  ({ field, type }) => `a template of type \`${type}\` has no use for \`${field}\``,
  `Chaos Mesh looks only at what the template's \`templateType\` names, and does not complain of the rest. Perhaps the type is
another one than was meant.`,
);

export const duplicateTemplate = defineCode<{ name: string }>(
  "duplicate-template",
  "error",
  ({ name }) => `two templates are called \`${name}\``,
  `Templates call each other by name, so each needs its own.`,
);

export const noSuchTemplate = defineCode<{ name: string }>(
  "no-such-template",
  "error",
  ({ name }) => `there is no template \`${name}\``,
  `\`entry\` and \`children\` name templates of the same Workflow.`,
);
