/**
 * Chain state under stress: threads that sleep, are preempted and killed inside the chain, interrupts that allocate, more
 * calls than return probes, and programs that are preempted by who then calls the same function. Nothing outside the chain
 * fails, and when the tasks are gone, so is their state. STRESS_SECONDS makes it longer, STRESS_KERNELS="5.10 6.1" takes
 * these lab kernels alone.
 */

import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Backend } from "../../../src/build/manifest.js";
import { lazy } from "../../../src/kernel/lazy.js";
import { packageRoot } from "../../../src/root.js";
import { missesHandlers } from "../ftrace.js";
import { bundles, type Check, tryOut } from "../loader/guest.js";

const here = import.meta.dirname;
const seconds = Number(process.env.STRESS_SECONDS ?? 2);

/** What is attached at a time. */
interface Round {
  readonly backend: Backend;
  readonly specs: readonly string[];
  /** What is inside the chain and outside. */
  readonly program: "stress" | "queue" | "heir";
}

/** A guest. */
interface Row {
  readonly kernel: string;
  readonly rounds: readonly Round[];
  readonly append?: readonly string[];
}

const slab = ["never", "dying", "lock"];
const override: Round = { backend: "override", specs: slab, program: "stress" };
const trampolines: Round = { backend: "fmod_ret", specs: slab, program: "stress" };

/** For kernels where a state is known by when its task began: a thread that exec() makes the first of its process gets its age. */
const heirs = (["fmod_ret", "override"] as const).map(
  (backend): Round => ({ backend, specs: ["neverexec"], program: "heir" }),
);

const isNever = (spec: string) => spec.startsWith("never");

function lab(release: string): readonly Row[] {
  const kernel = `lab-${release}`;
  if (release === "5.10") return [{ kernel, rounds: [trampolines, override, ...heirs] }];
  // Built with -Os, 7.3 has the handler for several probes at an odd address: each object has a boot of its own there.
  if (release !== "7.3" || !missesHandlers(join(packageRoot, "out/kernels", kernel)))
    return [{ kernel, rounds: [trampolines, override] }];
  const alone = ["never", "lock"].map((spec): Round => ({ ...trampolines, specs: [spec] }));
  return [override, ...alone].map((round) => ({ kernel, rounds: [round] }));
}

const releases = process.env.STRESS_KERNELS?.split(" ") ?? ["5.10", "6.1", "6.12", "7.2", "7.3"];
const rows: readonly Row[] = [
  ...releases.flatMap(lab),
  {
    // The one kernel here that preempts a trampoline's programs. Calls are to have the same place each time.
    ...{ kernel: "debian", append: ["preempt=full", "randomize_kstack_offset=off"] },
    rounds: [
      { ...trampolines, specs: ["neverhook", "lockhook"] },
      { ...trampolines, specs: ["queue"], program: "queue" },
    ],
  },
];

const checks = ({ backend, specs, program }: Round): readonly Check[] => [
  {
    name: `${program}: only calls inside the chain fail by ${backend}`,
    // Whoever fails those that die would have nobody left.
    run: `loaders=; for name in ${specs.join(" ")}; do
        [ $name = dying ] && observe=--observe || observe=
        load /bundles/${backend}/$name.bundle --all $observe; cat words
        mv said $name; loaders="$loaders $loader"
      done
      ${program} ${seconds}`,
    says: RegExp(
      `^inside ${isNever(specs.at(-1)!) ? "spared" : "hit"}; outside spared(; interrupts spared)?$`,
      "m",
    ),
  },
  {
    name: `${program}: no state is left of ${backend} when the tasks are gone`,
    run: `sleep 1
      for id in $(bpftool map list | sed -n 's/^\\([0-9]*\\): array *name [0-9a-f]*\\.bss.*/\\1/p'); do
        bpftool map dump id $id | tr -d ' \n' | grep -o '"tasks_near":[^]]*' | tr -dc '0-9,' | tr , '\n' | sort | uniq -c
      done
      for id in $(bpftool map list | sed -n 's/^\\([0-9]*\\): hash *name chains.*/\\1/p'); do
        bpftool map dump id $id | grep '"key"'
      done`,
    says: RegExp(`^( *256 0\n){${specs.length}}$`),
  },
  {
    name: `${program}: a chain that nothing fulfils has not fired, and nothing stays attached by ${backend}`,
    run: `kill $loaders; wait $loaders 2>/dev/null; sed -n 's/.*"detached".*"injected":\\([0-9]*\\),.*/\\1/p' ${specs.filter(isNever).join(" ")} </dev/null
      for i in $(seq 50); do [ -z "$(bpftool map list)" ] && break; usleep 100000; done; left`,
    says: `${specs.some(isNever) ? "0\n" : ""}0 programs, 0 links, spared\n`,
  },
  ...(backend === "override" && specs.includes("lock") ? [starved] : []),
];

/** There are more sleepers than return probes; who gets none is told of. */
const starved: Check = {
  name: "calls without a return probe are counted",
  run: `grep -c '"detached".*"missed":[1-9]' lock </dev/null`,
  says: "1\n",
};

const name = (kernel: string) => (kernel === "debian" ? "out/kernels/debian" : kernel);
const all = rows.flatMap(({ kernel, rounds }) =>
  rounds.flatMap(({ backend, specs }) => specs.map((spec) => ({ kernel: name(kernel), backend, spec }))),
);
const folder = await bundles(
  [...new Set(all.map(({ spec }) => spec))].map((spec) => {
    const using = all.filter((one) => one.spec === spec);
    return {
      spec: join(here, `${spec}.yaml`),
      kernels: [...new Set(using.map(({ kernel }) => kernel))],
      backends: [...new Set(using.map(({ backend }) => backend))],
    };
  }),
);

describe.concurrent.each(rows)("$kernel $rounds", ({ kernel, rounds, append = [] }) => {
  const wanted = rounds.flatMap(checks);
  const timeout = 180_000 + rounds.length * seconds * 3000;
  const boot = lazy(() =>
    tryOut(kernel, folder, "", wanted, {
      ...{ programs: ["stress.c", "queue.c", "heir.c"].map((source) => join(here, source)), append },
      ...{ phaseSeconds: 120 + rounds.length * seconds * 2, deadlineSeconds: timeout / 1000 - 10 },
    }),
  );
  test.each(wanted)("$name", { timeout }, async ({ name, says }) => {
    const said = (await boot()).get(name);
    if (typeof says === "string") expect(said).toBe(says);
    else expect(said).toMatch(says);
  });
});
