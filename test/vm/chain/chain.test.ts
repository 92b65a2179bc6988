/**
 * Chain state under stress: threads that sleep, are preempted and killed inside the chain, interrupts that allocate, and
 * more calls than return probes. Nothing outside the chain fails, and when the tasks are gone, so is their state.
 * STRESS_SECONDS makes it longer, STRESS_KERNELS="5.10 6.1" takes both backends of these lab kernels.
 */

import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Backend } from "../../../src/build/manifest.js";
import { bundles, type Check, tryOut } from "../loader/guest.js";

const here = import.meta.dirname;
const seconds = Number(process.env.STRESS_SECONDS ?? 4);

interface Row {
  readonly kernel: string;
  readonly backend: Backend;
  readonly specs: readonly string[];
  readonly append?: readonly string[];
}

const slab = ["never", "dying", "lock"];

/** A kernel without a list of the returns that are waited for, one with it, and one that preempts programs. */
const few: readonly Row[] = [
  { kernel: "lab-5.10", backend: "override", specs: slab },
  { kernel: "lab-6.12", backend: "override", specs: slab },
  {
    ...{ kernel: "debian", backend: "fmod_ret" },
    ...{ specs: ["neverhook", "lockhook"], append: ["preempt=full"] },
  },
];
const many = process.env.STRESS_KERNELS?.split(" ").flatMap((release) =>
  (["fmod_ret", "override"] as const).map((backend) => ({ kernel: `lab-${release}`, backend, specs: slab })),
);
const rows: readonly Row[] = many ?? few;

/** The last of the specs may fail what is inside; the one that nobody's chain fulfils comes first. */
const checks = (specs: readonly string[]): readonly Check[] => [
  {
    name: "only calls inside the chain fail",
    run: `for name in ${specs.join(" ")}; do
        [ $name = dying ] && observe=--observe || observe=
        load \${b%/*}/$name.bundle --all $observe; cat words
        mv said $name; loaders="$loaders $loader"
      done
      stress ${seconds}`,
    says: /^inside hit; outside spared; interrupts spared$/m,
  },
  {
    name: "no state is left when the tasks are gone",
    run: `sleep 1
      for id in $(bpftool map list | sed -n 's/^\\([0-9]*\\): array *name [0-9a-f]*\\.bss.*/\\1/p'); do
        bpftool map dump id $id | grep -o '"tasks_inside": [0-9]*'
      done
      for id in $(bpftool map list | sed -n 's/^\\([0-9]*\\): hash *name chains.*/\\1/p'); do
        bpftool map dump id $id | grep '"key"'
      done`,
    says: RegExp(`^("tasks_inside": 0\\n){${specs.length}}$`),
  },
  {
    name: "a chain that nothing fulfils has not fired",
    run: `kill $loaders; wait $loaders 2>/dev/null; grep '"detached"' ${specs[0]}`,
    says: /"injected":0,/,
  },
];

const name = (kernel: string) => (kernel === "debian" ? "out/kernels/debian" : kernel);
const all = [...new Set(rows.flatMap((row) => row.specs))];
const folder = await bundles(
  all.map((spec) => {
    const using = rows.filter((row) => row.specs.includes(spec));
    const [kernels, backends] = [using.map((r) => name(r.kernel)), using.map((r) => r.backend)];
    return {
      ...{ spec: join(here, `${spec}.yaml`) },
      ...{ kernels: [...new Set(kernels)], backends: [...new Set(backends)] },
    };
  }),
);

describe.concurrent.each(rows)("$kernel $backend", ({ kernel, backend, specs, append = [] }) => {
  test("stress", { timeout: 180_000 + seconds * 3000 }, async () => {
    const wanted = checks(specs);
    const said = await tryOut(kernel, folder, `/bundles/${backend}/${specs.at(-1)}.bundle`, wanted, {
      ...{ programs: [join(here, "stress.c")], append },
      ...{ phaseSeconds: 100 + seconds * 2, deadlineSeconds: 170 + seconds * 3 },
    });
    for (const { name, says } of wanted) expect(said.get(name), name).toMatch(says);
  });
});
