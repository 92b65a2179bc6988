/** What each slab allocation pays while a fault is attached: instructions, counted by QEMU in a lab kernel. */

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { clangWords } from "../../src/build/compile.js";
import { locate } from "../../src/build/tools.js";
import { archive, type Entry } from "../../src/vm/cpio.js";
import { platforms, runMachine } from "../../src/vm/qemu.js";
import { folder, injectc, output, profile, root } from "./lab.js";
import type { Bench, Row } from "./row.js";

const backends = ["fmod_ret", "override"] as const;
type Backend = (typeof backends)[number];
const image = join(root, "out/kernels/lab-6.12/vmlinuz");

/** What may be added to what an empty program adds, for a task outside of the chain. */
const most = 8;

interface Case {
  readonly what: string;
  readonly frame: string;
  readonly more?: string;
}

const outside = "vfs_mkdir";
const inside = "sys_newstat";

/** `stat("/")` allocates once; it is inside the chain where its own system call is the frame. */
const cases: Readonly<Record<string, Case>> = {
  other: { what: "no target", frame: outside, more: "  target: { comm: [nobody] }" },
  outside: { what: "a target outside the chain", frame: outside },
  inside: { what: "inside, the predicate false", frame: inside, more: "  when: s->object_size == 1" },
  // The call then ends early, and leaves out what it would do otherwise.
  firing: { what: "inside, firing", frame: inside },
};

function specOf({ frame, more }: Case): string {
  return [
    "apiVersion: injectc.dev/v1",
    "kind: Injection",
    "metadata: { name: path }",
    "spec:",
    "  fault: slab",
    `  callchain: [{ function: ${frame} }]`,
    ...(more ? [more] : []),
    "",
  ].join("\n");
}

const section: Readonly<Record<Backend, string>> = { fmod_ret: "fmod_ret", override: "kprobe" };

function emptyProgram(backend: Backend): string {
  return `#define SEC(name) __attribute__((section(name), used))
char LICENSE[] SEC("license") = "GPL";
SEC("${section[backend]}/should_failslab") long empty(void *ctx) { return 0; }
`;
}

function rendered(spec: Case, backend: Backend): string {
  writeFileSync(join(folder, "path.yaml"), specOf(spec));
  return output(injectc("render", "path.yaml", "-k", profile, "--backend", backend));
}

function compiled(c: string): Buffer {
  writeFileSync(join(folder, "path.bpf.c"), c);
  output([locate("clang") ?? "clang", ...clangWords("x86_64"), "-c", "path.bpf.c", "-o", "path.o"]);
  return readFileSync(join(folder, "path.o"));
}

function init(): Buffer {
  const words = ["-O2", "-static", `-DREPORT="${platforms.x86_64.report}"`];
  output(["gcc", ...words, join(root, "test/bench/count.c"), "-o", "count", "-lbpf", "-lelf", "-lz"]);
  return readFileSync(join(folder, "count"));
}

/** Instructions of one operation, by the names of what was attached. */
async function counted(objects: ReadonlyMap<string, Buffer>): Promise<ReadonlyMap<string, number>> {
  const file = (path: string, data: Buffer): Entry => ({ kind: "file", path, mode: 0o755, data });
  const entries: Entry[] = [
    ...["proc", "sys", "dev", "objects"].map((path): Entry => ({ kind: "folder", path })),
    { kind: "device", path: "dev/console", major: 5, minor: 1 },
    file("init", init()),
    ...[...objects].map(([name, data]) => file(`objects/${name}`, data)),
  ];
  const counts = new Map<string, number>();
  let console = "";
  const ending = await runMachine(
    {
      ...{ arch: "x86_64", image, memoryMiB: 512, append: [], counted: true, accelerator: "tcg" },
      initramfs: archive(entries),
    },
    {
      ...{ bootSeconds: 200, deadlineSeconds: 500 },
      onConsole: (text) => {
        console += text;
        return false;
      },
      onReport: (line) => {
        const { name, instructions } = JSON.parse(line);
        if (name) counts.set(name, instructions);
      },
    },
  );
  if (ending.kind !== "exited") throw new Error(`${JSON.stringify(ending)}\n${console.slice(-2000)}`);
  return counts;
}

export const path: Bench = async () => {
  const missing = `no ${image}: make kernels`;
  if (!existsSync(image)) return [{ what: "what an allocation pays", missing }];
  const objects = new Map<string, Buffer>();
  for (const backend of backends) {
    objects.set(`${backend}.empty`, compiled(emptyProgram(backend)));
    for (const [name, spec] of Object.entries(cases))
      objects.set(`${backend}.${name}`, compiled(rendered(spec, backend)));
  }
  const counts = await counted(objects);
  const added = (name: string) => (counts.get(name) ?? Number.NaN) - (counts.get("none") ?? Number.NaN);
  const rows = backends.flatMap((backend): Row[] => {
    const theirs = added(`${backend}.empty`);
    const row = (what: string, name: string, goal?: number): Row => ({
      ...{ what, ours: added(name), against: `an empty ${backend}`, theirs, unit: "instr." },
      ...(goal === undefined ? {} : { goal }),
    });
    const free = (theirs + most) / theirs;
    return Object.entries(cases).map(([name, { what }], i) =>
      row(`${backend}: ${what}`, `${backend}.${name}`, i < 2 ? free : undefined),
    );
  });
  const kernel = {
    ...{ what: "the kernel's failslab, no target", ours: added("failslab"), against: "an empty fmod_ret" },
    ...{ theirs: added("fmod_ret.empty"), unit: "instr." },
  };
  return [...rows, kernel];
};
