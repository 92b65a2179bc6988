import { describe, expect, it } from "vitest";
import { type Problem, problems, specs } from "./table.js";

const chaos = "mode: one, selector: {}, failKernRequest: { failtype: 1 }";

/** A Schedule whose spec starts on line 5. */
function schedule(spec: string): string {
  return `apiVersion: chaos-mesh.org/v1alpha1\nkind: Schedule\nmetadata: { name: nightly }\nspec:\n${spec.replace(/^/gm, "  ")}`;
}

/** A Workflow whose first template stands on line 7, after an entry that runs it. */
function workflow(template: string, entry = "first"): string {
  const item = template.replace(/\n/g, "\n      ");
  return `apiVersion: chaos-mesh.org/v1alpha1
kind: Workflow
metadata: { name: flow }
spec:
  entry: ${entry}
  templates:
    - ${item}`;
}

type Row = readonly [what: string, text: string, problems: readonly Problem[]];
const error = (code: string, at: string): readonly Problem[] => [{ code, at }];

const schedules: readonly Row[] = [
  ["a fault", `schedule: "@hourly"\ntype: KernelChaos\nkernelChaos: { ${chaos}, duration: 5m }`, []],
  [
    "all its fields",
    `schedule: "*/5 * * * *"\nstartingDeadlineSeconds: 60\nconcurrencyPolicy: Allow\nhistoryLimit: 5\ntype: KernelChaos\nkernelChaos: { ${chaos} }`,
    [],
  ],
  [
    "null for a deadline",
    `schedule: "@daily"\nstartingDeadlineSeconds: null\ntype: KernelChaos\nkernelChaos: { ${chaos} }`,
    [],
  ],
  ["no schedule", `type: KernelChaos\nkernelChaos: { ${chaos} }`, error("missing-field", "4:1")],
  [
    "a bad schedule",
    `schedule: "@often"\ntype: KernelChaos\nkernelChaos: { ${chaos} }`,
    error("bad-schedule", "5:13"),
  ],
  [
    "a bad policy",
    `schedule: "@daily"\nconcurrencyPolicy: Forbidden\ntype: KernelChaos\nkernelChaos: { ${chaos} }`,
    error("unknown-value", "6:22"),
  ],
  [
    "no history",
    `schedule: "@daily"\nhistoryLimit: 0\ntype: KernelChaos\nkernelChaos: { ${chaos} }`,
    error("out-of-range", "6:17"),
  ],
  ["a type without its field", `schedule: "@daily"\ntype: KernelChaos`, error("missing-field", "6:9")],
  ["an unknown type", `schedule: "@daily"\ntype: KernalChaos`, error("unknown-value", "6:9")],
  [
    "an unknown field",
    `schedule: "@daily"\ntype: KernelChaos\nkernelchaos: {}\nkernelChaos: { ${chaos} }`,
    error("unknown-field", "7:3"),
  ],
  [
    "a mistake inside",
    `schedule: "@daily"\ntype: KernelChaos\nkernelChaos: { mode: one, selector: {}, failKernRequest: {} }`,
    error("missing-field", "7:43"),
  ],
  [
    "another kind of chaos",
    `schedule: "@daily"\ntype: PodChaos\npodChaos: { anything: goes }`,
    [
      { code: "no-spec", at: "1:1" },
      { code: "skipped-document", at: "6:9" },
    ],
  ],
];

const workflows: readonly Row[] = [
  ["a fault", `name: first\ntemplateType: KernelChaos\ndeadline: 5m\nkernelChaos: { ${chaos} }`, []],
  [
    "a duration",
    `name: first\ntemplateType: KernelChaos\nkernelChaos: { ${chaos}, duration: 5m }`,
    error("duration-in-template", "9:91"),
  ],
  [
    "a deadline of no length",
    `name: first\ntemplateType: KernelChaos\ndeadline: 0s\nkernelChaos: { ${chaos} }`,
    error("bad-duration", "9:17"),
  ],
  [
    "a bad deadline",
    `name: first\ntemplateType: KernelChaos\ndeadline: soon\nkernelChaos: { ${chaos} }`,
    error("bad-duration", "9:17"),
  ],
  [
    "a schedule",
    `name: first\ntemplateType: Schedule\nschedule:\n  schedule: "@daily"\n  type: KernelChaos\n  kernelChaos: { ${chaos}, duration: 5m }`,
    [],
  ],
  ["a fault without its field", "name: first\ntemplateType: KernelChaos", error("missing-field", "8:21")],
  [
    "a template without a name",
    `templateType: KernelChaos\nkernelChaos: { ${chaos} }`,
    error("missing-field", "7:7"),
  ],
  ["an unknown type", `name: first\ntemplateType: Kernel`, error("unknown-value", "8:21")],
  [
    "an unknown field",
    `name: first\ntemplateType: KernelChaos\ndeadlin: 5m\nkernelChaos: { ${chaos} }`,
    error("unknown-field", "9:7"),
  ],
  [
    "another type's field",
    `name: first\ntemplateType: KernelChaos\nchildren: [first]\nkernelChaos: { ${chaos} }`,
    error("field-of-other-type", "9:7"),
  ],
  [
    "a name that Kubernetes refuses",
    `name: First\ntemplateType: KernelChaos\nkernelChaos: { ${chaos} }`,
    [
      { code: "no-such-template", at: "5:10" },
      { code: "bad-name", at: "7:13" },
    ],
  ],
];

/** A template of the type with these fields beside: refused, taken without a word, or never looked at. */
const templates: readonly (readonly [type: string, fields: string, code: string | undefined])[] = [
  ["KernelChaos", `kernelChaos: { ${chaos} }\ntask: {}`, "field-of-other-type"],
  ["KernelChaos", `kernelChaos: { ${chaos} }\nschedule: {}`, "field-of-other-type"],
  ["KernelChaos", `kernelChaos: { ${chaos} }\nconditionalBranches: [{}]`, "field-of-other-type"],
  ["KernelChaos", `kernelChaos: { ${chaos} }\nconditionalBranches: []\nchildren: []\ntask: null`, undefined],
  ["KernelChaos", `kernelChaos: { ${chaos} }\npodChaos: {}`, "ignored-field"],
  ["KernelChaos", `kernelChaos: { ${chaos} }\nstatusCheck: {}`, "ignored-field"],
  ["Suspend", "deadline: 5s", undefined],
  ["Suspend", "", "missing-field"],
  ["Suspend", `deadline: 5s\nkernelChaos: { ${chaos} }`, "field-of-other-type"],
  ["Serial", "children: [fault]", undefined],
  ["Serial", "children: [none]", "no-such-template"],
  ["Parallel", "children: []\nschedule: {}", "field-of-other-type"],
  ["Task", "task: {}\nconditionalBranches: [{}]", undefined],
  ["Task", "task: {}\nchildren: [fault]", "field-of-other-type"],
  ["StatusCheck", "statusCheck: {}\nabortWithStatusCheck: true", undefined],
  ["StatusCheck", "podChaos: {}", "field-of-other-type"],
];

/** What a template's schedule takes that a Schedule does not, and the other way round. */
const templateSchedules: readonly (readonly [
  fields: string,
  alone: string | undefined,
  within: string | undefined,
])[] = [
  [`type: KernelChaos\nkernelChaos: { ${chaos} }`, undefined, undefined],
  [`startingDeadlineSeconds: 0\ntype: KernelChaos\nkernelChaos: { ${chaos} }`, "out-of-range", undefined],
  [`concurrencyPolicy: ""\ntype: KernelChaos\nkernelChaos: { ${chaos} }`, undefined, "unknown-value"],
  [
    "type: Workflow\nworkflow: { entry: a, templates: [{ name: a, templateType: Suspend, deadline: 1s }] }",
    "no-spec",
    "unknown-value",
  ],
];

const fault = `name: fault\ntemplateType: KernelChaos\nkernelChaos: { ${chaos} }`;
const item = (template: string) => `\n    - ${template.replace(/\n/g, "\n      ")}`;

const several: readonly Row[] = [
  ["steps", workflow("name: first\ntemplateType: Serial\nchildren: [fault]") + item(fault), []],
  [
    "a missing step",
    workflow("name: first\ntemplateType: Serial\nchildren: [falt]") + item(fault),
    error("no-such-template", "9:18"),
  ],
  ["a missing entry", workflow(fault, "start"), error("no-such-template", "5:10")],
  ["one name twice", workflow(fault, "fault") + item(fault), error("duplicate-template", "10:13")],
  [
    "a pause without an end",
    workflow("name: first\ntemplateType: Suspend") + item(fault),
    error("missing-field", "8:21"),
  ],
  ["a pause", workflow("name: first\ntemplateType: Suspend\ndeadline: 1m") + item(fault), []],
  ["other chaos", workflow("name: first\ntemplateType: PodChaos\npodChaos: { a: 1 }") + item(fault), []],
  [
    "a task",
    workflow("name: first\ntemplateType: Task\ntask: { container: {} }\nconditionalBranches: []") +
      item(fault),
    [],
  ],
];

describe("Schedule", () => {
  it.each(schedules)("%s", (_what, spec, expected) => {
    expect(problems(schedule(spec))).toEqual(expected);
  });

  it("names the spec after the object, with the fault's own duration", () => {
    const text = schedule(`schedule: "@daily"\ntype: KernelChaos\nkernelChaos: { ${chaos}, duration: 5m }`);
    expect(specs(text)).toMatchObject([
      {
        input: "KernelChaos",
        name: "nightly",
        fault: { kind: "page" },
        duration: { value: 300_000_000_000n },
      },
    ]);
  });

  it("reads the faults of a scheduled Workflow", () => {
    const text = schedule(
      `schedule: "@daily"\ntype: Workflow\nworkflow: { entry: a, templates: [{ name: a, templateType: KernelChaos, kernelChaos: { ${chaos} } }] }`,
    );
    expect(specs(text).map((s) => s.name)).toEqual(["nightly-a"]);
  });
});

describe("Workflow", () => {
  it.each(workflows)("a template with %s", (_what, template, expected) => {
    expect(problems(workflow(template))).toEqual(expected);
  });

  it.each(templates)("a %s template with %j", (type, fields, code) => {
    const text = workflow(`name: first\ntemplateType: ${type}\n${fields}`) + item(fault);
    expect(problems(text).map((p) => p.code)).toEqual(code ? [code] : []);
  });

  it.each(templateSchedules)("a schedule with %j", (fields, alone, within) => {
    const spec = `schedule: "@daily"\n${fields}`;
    const template = `name: first\ntemplateType: Schedule\nschedule:\n${spec.replace(/^/gm, "  ")}`;
    expect(problems(schedule(spec))[0]?.code).toBe(alone);
    expect(problems(workflow(template) + item(fault)).find((p) => p.code !== "unknown-field")?.code).toBe(
      within,
    );
  });

  it("needs a template", () => {
    const text = workflow("").replace(/templates:[\s\S]*/, "templates: []");
    expect(problems(text).map((p) => p.code)).toContain("wrong-type");
  });

  it.each(several)("with %s", (_what, text, expected) => {
    expect(problems(text)).toEqual(expected);
  });

  it("has a spec for each fault, whose deadline is its duration", () => {
    const text =
      workflow(`name: first\ntemplateType: KernelChaos\ndeadline: 90s\nkernelChaos: { ${chaos} }`) +
      item(fault);
    expect(specs(text)).toMatchObject([
      { name: "flow-first", duration: { value: 90_000_000_000n } },
      { name: "flow-fault" },
    ]);
    expect(specs(text)[1]?.duration).toBeUndefined();
  });
});
