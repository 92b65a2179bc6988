/** A blueprint whose C is written by hand, and folders for tests. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { type Blueprint, type FileKind, type Manifest, manifestSchema } from "../../src/build/manifest.js";

export const specText = "kind: Injection\nwhen: d->count == 4\n";

/** C as `render` makes it; `test` stands on line 2 of the spec. */
export function c(test = "d->count == 4"): string {
  return `typedef unsigned char __u8;
typedef unsigned short __u16;
typedef unsigned int __u32;
typedef int __s32;
typedef unsigned long long __u64;
typedef long long __s64;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u32 __wsum;
enum bpf_map_type { BPF_MAP_TYPE_HASH = 1 };
#include <bpf/bpf_helpers.h>

struct dentry { int count; } __attribute__((preserve_access_index));
struct { __u64 seen; } counters;

SEC("fmod_ret/should_failslab")
long fault(unsigned long long *ctx)
{
	struct dentry *d = (void *)ctx[0];
	__sync_fetch_and_add(&counters.seen, 1);
#line 2 "bananas.yaml"
	if (${test})
#line 24 "injectc.bpf.c"
		return -12;
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
`;
}

type ObjectPart = Blueprint["objects"][number];

export function object(part: Partial<ObjectPart> = {}): ObjectPart {
  return {
    arch: "x86_64",
    backend: "fmod_ret",
    reason: "a trampoline costs less than a kprobe",
    kernels: [{ name: "lab-6.12", release: "6.12.95" }],
    needs: { features: [], functions: [{ name: "should_failslab", arities: [2] }], config: [] },
    c: c(),
    ...part,
  };
}

export function blueprint(part: Partial<Blueprint> = {}): Blueprint {
  return {
    name: "bananas",
    spec: { input: "Injection", fileName: "bananas.yaml", text: specText },
    fault: { kind: "slab", function: "should_failslab", value: -12, return: "ENOMEM" },
    frames: [],
    trigger: { probability: 2 ** 32, times: 0, interval: 1, space: 0, oncePerStack: false },
    target: { pid: [], tid: [], cgroup: [], comm: [], uid: [] },
    durationMs: null,
    placement: null,
    proof: null,
    objects: [object()],
    ...part,
  };
}

/** A fresh folder that is gone after the test. */
export async function folder(): Promise<string> {
  const path = await lastingFolder();
  onTestFinished(() => removeFolder(path));
  return path;
}

/** A fresh folder for a whole file of tests, which removes it. */
export function lastingFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), "injectc-test-"));
}

export function removeFolder(path: string): Promise<void> {
  return rm(path, { recursive: true, force: true });
}

/** Sets environment variables until the test is over. */
export function environment(variables: Record<string, string>): void {
  const before = { ...process.env };
  Object.assign(process.env, variables);
  onTestFinished(() => {
    for (const name of Object.keys(variables)) delete process.env[name];
    Object.assign(process.env, before);
  });
}

/** Makes a fresh folder the place of temporary files, and gives its path. */
export async function ownTemp(): Promise<string> {
  const path = await folder();
  environment({ TMPDIR: path });
  return path;
}

/** A manifest as it is sealed, without the files that it lists. */
export function manifest(): Manifest {
  const { spec, objects, ...rest } = blueprint({
    frames: [{ function: "d_alloc_parallel" }],
    placement: { selector: { namespaces: ["a", "ü"] }, value: null, n: 1.5, yes: true },
    proof: { run: "cat /tmp/bananas", attached: "ENOMEM" },
    durationMs: 0.5,
  });
  const { c, ...first } = object();
  const file = (kind: FileKind, path: string) => ({ path, kind, size: 1, sha256: "0".repeat(64) });
  return {
    schema: manifestSchema,
    ...rest,
    spec: { input: spec.input, file: "spec/a.yaml" },
    objects: [{ file: "objects/a.bpf.o", source: "objects/a.bpf.c", ...first }],
    files: [
      file("source", "objects/a.bpf.c"),
      file("object", "objects/a.bpf.o"),
      file("spec", "spec/a.yaml"),
    ],
    tools: { injectc: "0.1.0", clang: "19.1.7", bpftool: "7.1.0" },
  };
}
