/** What other loaders do with a bundle's objects, seen by the effect on booted kernels. */

import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { lazy } from "../../../src/kernel/lazy.js";
import { bundles, tryOut } from "../loader/guest.js";
import { bpftool } from "./bpftool.js";
import { examples } from "./examples.js";
import { formats, newBpftool, programsOf } from "./made.js";

const all = formats.flatMap(examples);
/** Both checks and programs speak of tasks that are there. */
const tasks = { name: "nothing yet", run: "task a; task b; try a b", says: "a: spared\nb: spared\n" };
const rows = [
  // Before 5.15, bpftool cannot keep kprobes: they are no links there.
  { kernel: "lab-5.10", backend: "override", checks: [tasks, ...all] },
  { kernel: "lab-6.12", backend: "override", checks: [tasks, ...all, ...bpftool] },
  { kernel: "lab-7.3", backend: "fmod_ret", checks: [tasks, ...all, ...bpftool] },
];

const specs = ["../loader/mkdir.yaml", "../export/inside.yaml"];
const folder = await bundles(
  specs.flatMap((spec) => [
    { spec, kernels: ["lab-5.10"], backends: ["override"] },
    { spec, kernels: ["lab-7.3"], backends: ["fmod_ret"] },
  ]),
);

const programs = new Map(
  await Promise.all(
    ["override", "fmod_ret"].map(async (backend) => {
      const of = (name: string) => programsOf(join(folder, "bundles", backend, `${name}.bundle`), name);
      return [backend, [...(await of("mkdir")), ...(await of("inside"))]] as const;
    }),
  ),
);

describe.concurrent.each(rows)("$kernel $backend", ({ kernel, backend, checks }) => {
  const boot = lazy(() =>
    tryOut(kernel, folder, `/bundles/${backend}/mkdir.bundle`, checks, {
      tools: [newBpftool],
      files: programs.get(backend)!,
    }),
  );
  test.each(checks)("$name", async ({ name, says }) => {
    const text = (await boot()).get(name);
    if (typeof says === "string") expect(text).toBe(says);
    else expect(text).toMatch(says);
  });
});
