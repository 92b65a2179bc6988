/** What other loaders do with a bundle's objects, seen by the effect on booted kernels. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { lazy } from "../../../src/kernel/lazy.js";
import type { Entry } from "../../../src/vm/cpio.js";
import { bundles, tryOut } from "../loader/guest.js";
import { aya } from "./aya.js";
import { bpftool } from "./bpftool.js";
import { examples } from "./examples.js";
import { formats, newBpftool, programsOf } from "./made.js";

/** Set by `make aya`: what it takes to build that is too much for every run. */
const ayaProgram = process.env.AYA;
const examplesOf = formats.flatMap(examples);
/** What all the checks speak of. */
const tasks = { name: "nothing yet", run: "task a; task b; try a b", says: "a: spared\nb: spared\n" };
const everyTime = [
  // Before 5.15, bpftool cannot keep kprobes: they are no links there.
  { kernel: "lab-5.10", backend: "override", checks: [tasks, ...examplesOf] },
  { kernel: "lab-6.12", backend: "override", checks: [tasks, ...examplesOf, ...bpftool] },
  { kernel: "lab-7.3", backend: "fmod_ret", checks: [tasks, ...examplesOf, ...bpftool] },
];
const rows = ayaProgram ? [{ kernel: "lab-6.12", backend: "override", checks: [tasks, ...aya] }] : everyTime;

const folder = await bundles([
  { spec: "mkdir.yaml", kernels: ["lab-5.10"], backends: ["override"] },
  { spec: "mkdir.yaml", kernels: ["lab-7.3"], backends: ["fmod_ret"] },
  { spec: "../export/inside.yaml", kernels: ["lab-5.10", "lab-6.12"], backends: ["override"] },
  { spec: "../export/inside.yaml", kernels: ["lab-7.3"], backends: ["fmod_ret"] },
]);

/** What each row's guest has in its /sbin; one after the other, since the first compiles what all of them need. */
const programs: (readonly Entry[])[] = [];
for (const { kernel, backend } of rows) {
  const bundle = (name: string) => join(folder, "bundles", backend, `${name}.bundle`);
  const out = join(folder, `${kernel}-${backend}`);
  programs.push(
    ayaProgram
      ? [{ kind: "file", path: "sbin/aya", mode: 0o755, data: readFileSync(ayaProgram) }]
      : [
          ...(await programsOf(bundle("mkdir"), out)),
          ...(await programsOf(bundle("inside"), out, ["-k", kernel])),
        ],
  );
}

describe.concurrent.each(rows.map((row, i) => ({ ...row, files: programs[i]! })))("$kernel $backend", ({
  kernel,
  backend,
  checks,
  files,
}) => {
  const boot = lazy(() =>
    tryOut(kernel, folder, `/bundles/${backend}/mkdir.bundle`, checks, {
      tools: [newBpftool],
      files,
    }),
  );
  test.each(checks)("$name", async ({ name, says }) => {
    const text = (await boot()).get(name);
    if (typeof says === "string") expect(text).toBe(says);
    else expect(text).toMatch(says);
  });
});
