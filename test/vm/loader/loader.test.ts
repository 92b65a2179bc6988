/** The loader on nodes: how it ends, what it refuses, whom it hits. One boot a row, many checks to a boot. */

import { describe, expect, test } from "vitest";
import { lazy } from "../../../src/kernel/lazy.js";
import { answers } from "./answers.js";
import { events, readers } from "./events.js";
import { bundles, type Check, tryOut } from "./guest.js";
import { knobs } from "./knobs.js";
import { lifecycle, starvation } from "./lifecycle.js";
import { nothing } from "./nothing.js";
import { lockdown, memlock, noBtf, refusals, untoldControllers } from "./refusals.js";
import { exempt, targets } from "./targets.js";
import { triggers } from "./triggers.js";

interface Row {
  readonly kernel: string;
  readonly backend: "fmod_ret" | "override";
  readonly bundle: string;
  readonly append?: readonly string[];
  readonly cpus?: number;
  readonly checks: readonly Check[];
}

const rows: readonly Row[] = [
  {
    kernel: "lab-6.12",
    backend: "fmod_ret",
    bundle: "mkdir",
    checks: [...lifecycle, starvation, ...refusals, noBtf.trampoline],
  },
  {
    ...{ kernel: "lab-5.10", backend: "override", bundle: "mkdir" },
    checks: [...lifecycle, ...refusals, noBtf.thisRelease, untoldControllers, memlock],
  },
  { kernel: "lab-5.10", backend: "fmod_ret", bundle: "mkdir", checks: [...targets, ...knobs, ...answers] },
  {
    ...{ kernel: "lab-6.12", backend: "override", bundle: "mkdir" },
    checks: [...targets, ...knobs, ...answers, noBtf.otherRelease],
  },
  { kernel: "lab-7.3", backend: "fmod_ret", bundle: "mkdir", checks: [...targets, ...knobs, ...answers] },
  { kernel: "lab-6.12", backend: "fmod_ret", bundle: "bpf", checks: exempt },
  { kernel: "debian", backend: "fmod_ret", bundle: "locked", checks: lifecycle },
  { kernel: "lab-5.10", backend: "fmod_ret", bundle: "told", checks: readers("fmod_ret") },
  { kernel: "lab-6.12", backend: "override", bundle: "told", checks: readers("override") },
  { kernel: "lab-6.12", backend: "override", bundle: "pool", checks: nothing },
  // Both backends in a boot.
  {
    ...{ kernel: "lab-6.12", backend: "fmod_ret", bundle: "told" },
    checks: [...events("fmod_ret"), ...events("override")],
  },
  {
    ...{ kernel: "lab-5.10", backend: "fmod_ret", bundle: "told" },
    // There a stack ends where a kretprobe has taken the return address.
    checks: [...events("fmod_ret"), ...events("override", 1)],
  },
  // Not on lab-7.3, whose ftrace misses its handlers at odd addresses (-Os) when functions as busy as these are traced.
  {
    ...{ kernel: "lab-5.10", backend: "fmod_ret", bundle: "mkdir", cpus: 2 },
    checks: [...triggers(false), starvation],
  },
  {
    ...{ kernel: "lab-6.1", backend: "override", bundle: "mkdir", cpus: 2 },
    // The object is that for 5.10, which has no fetching atomics.
    checks: [...lifecycle, ...targets, ...triggers(false), starvation],
  },
  {
    ...{ kernel: "lab-7.2", backend: "fmod_ret", bundle: "mkdir", cpus: 2 },
    checks: [...lifecycle, ...targets, ...triggers(true), starvation],
  },
  {
    ...{ kernel: "lab-7.3", backend: "fmod_ret", bundle: "mkdir", cpus: 2 },
    // Without `space`: that kernel does not survive that other functions are traced in the same boot.
    checks: [...lifecycle, ...triggers(true).slice(0, -1), starvation],
  },
  {
    ...{ kernel: "debian", backend: "fmod_ret", bundle: "locked" },
    ...{ append: ["lockdown=confidentiality"], checks: lockdown },
  },
];

const folder = await bundles([
  { spec: "mkdir.yaml", kernels: ["lab-5.10", "lab-6.12", "lab-7.3"], backends: ["fmod_ret"] },
  // Bound to 5.10 alone, and loaded on 6.12, too.
  { spec: "mkdir.yaml", kernels: ["lab-5.10"], backends: ["override"] },
  { spec: "space.yaml", kernels: ["lab-5.10", "lab-7.3"], backends: ["fmod_ret"] },
  { spec: "pool.yaml", kernels: ["lab-6.12"], backends: ["override"] },
  { spec: "bpf.yaml", kernels: ["lab-6.12"], backends: ["fmod_ret"] },
  ...["told.yaml", "stacks.yaml"].map((spec) => ({
    spec,
    kernels: ["lab-5.10", "lab-6.12", "lab-7.3"],
    backends: ["fmod_ret", "override"],
  })),
  { spec: "locked.yaml", kernels: ["out/kernels/debian"], backends: ["fmod_ret"] },
]);

describe.concurrent.each(rows)("$kernel $backend $bundle", ({
  kernel,
  backend,
  bundle = "mkdir",
  append,
  cpus,
  checks,
}) => {
  const boot = lazy(() =>
    tryOut(kernel, folder, `/bundles/${backend}/${bundle}.bundle`, checks, {
      ...(append ? { append } : {}),
      ...(cpus ? { cpus } : {}),
      phaseSeconds: 300,
    }),
  );
  test.each(checks)("$name", { timeout: 600_000 }, async ({ name, says }) => {
    const text = (await boot()).get(name);
    if (typeof says === "string") expect(text).toBe(says);
    else expect(text).toMatch(says);
  });
});
