/** What each slab allocation pays while a fault is attached, and how soon it is: instructions, counted by QEMU in lab kernels. */

import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { missesHandlers } from "../vm/ftrace.js";
import { counted } from "./guest.js";
import { root } from "./lab.js";
import { type Backend, bundled, compiled, emptyProgram, rendered } from "./object.js";
import type { Bench } from "./row.js";

const backends: readonly Backend[] = ["fmod_ret", "override"];
const releases = ["5.10", "6.1", "6.12", "7.2", "7.3"];

/** What may be added to what an empty program adds, for a task outside of the chain. */
const most = 8;

interface Case {
  readonly what: string;
  /** The frame of the chain, if there is one. */
  readonly frame?: string;
  readonly when?: string;
  /** Bits by TARGET_*, and who that is (count.c). */
  readonly kinds?: number;
  readonly who?: "other" | "busy";
  readonly bound?: true;
}

/** `stat("/")` allocates once; it is inside the chain where its own system call is the frame. */
const [outside, inside] = ["sys_pause", "sys_newstat"];
const kinds = ["pid", "tid", "cgroup", "comm", "uid"].map((name, i) => ({ name, bit: 1 << i }));

const cases: Readonly<Record<string, Case>> = {
  ...each((name, bit) => [
    `no target, by ${name}`,
    { frame: outside, kinds: bit, who: "other", bound: true },
  ]),
  outside: { what: "a target outside the chain", frame: outside, bound: true },
  ...each((name, bit) => [`the same, by ${name}`, { frame: outside, kinds: bit, bound: true }]),
  busy: { what: "outside, while another is inside", frame: outside, who: "busy", bound: true },
  false: { what: "inside, the predicate false", frame: inside, when: "s->object_size == 1" },
  // The call then ends early, and leaves out what it would do otherwise.
  firing: { what: "inside, firing", frame: inside },
  ...each((name, bit) => [`no chain, no target, by ${name}`, { kinds: bit, who: "other" }]),
  ...each((name, bit) => [
    `no chain, the predicate false, by ${name}`,
    { kinds: bit, when: "s->object_size == 1" },
  ]),
  all: { what: "no chain, the predicate false, all", when: "s->object_size == 1" },
};

function each(make: (name: string, bit: number) => [string, Omit<Case, "what">]): Record<string, Case> {
  return Object.fromEntries(
    kinds.map(({ name, bit }) => {
      const [what, rest] = make(name, bit);
      return [what.replace(/\W+/g, "-"), { what, ...rest }];
    }),
  );
}

function specOf({ frame, when }: Case): string {
  return [
    "apiVersion: injectc.dev/v1",
    "kind: Injection",
    "metadata: { name: path }",
    "spec:",
    "  fault: slab",
    ...(frame ? [`  callchain: [{ function: ${frame} }]`] : []),
    ...(when ? [`  when: ${when}`] : []),
    "",
  ].join("\n");
}

const fileOf = (name: string, { kinds = 0, who }: Case) => `${name}@${kinds}@${who ?? "me"}`;

export const path: Bench = async () => {
  const rows: Awaited<ReturnType<Bench>>[number][] = [];
  // A guest each: not every kernel survives that both attach to the same functions.
  for (const release of releases)
    for (const backend of backends) rows.push(...(await measured(release, backend)));
  return rows;
};

async function measured(release: string, backend: Backend): ReturnType<Bench> {
  const image = join(root, `out/kernels/lab-${release}/vmlinuz`);
  const where = `${release} ${backend}`;
  const what = `what an allocation pays on ${where}`;
  if (!existsSync(image)) return [{ what, missing: `no ${image}: make kernels` }];
  // So many objects come one after another.
  if (missesHandlers(dirname(image)))
    return [{ what, missing: "this kernel is built with -Os, and its ftrace takes handlers for jumps" }];
  const profile = join(root, `src/kernel/profiles/lab-${release}`);
  const objects = new Map([["empty", compiled(emptyProgram(backend))]]);
  for (const [name, one] of Object.entries(cases))
    objects.set(fileOf(name, one), compiled(rendered(specOf(one), backend, profile)));
  const start = bundled(specOf(cases.outside!), backend, profile);
  const counts = await counted(image, objects, start);
  const count = (name: string) => counts.get(name) ?? Number.NaN;
  const added = (name: string) => count(name) - count("none");
  const theirs = added("empty");
  const beside = { against: `an empty ${backend}`, theirs, unit: "instr." };
  return [
    ...Object.entries(cases).map(([name, one]) => ({
      ...{ what: `${where}: ${one.what}`, ours: added(fileOf(name, one)), ...beside },
      ...(one.bound ? { goal: (theirs + most) / theirs } : {}),
    })),
    { what: `${where}: the kernel's failslab, no target`, ours: added("failslab"), ...beside },
    {
      ...{ what: `${where}: from start to attached`, ours: count("start") / 1e6 },
      ...{ against: "libbpf, opening to attached", theirs: count("start.library") / 1e6, unit: "M in." },
    },
  ];
}
