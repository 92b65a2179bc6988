import { expect, test } from "vitest";
import { makeKernel } from "../../src/kernel/facts.js";
import { bindText, framed, injection, profile, told } from "./spec.js";

/** Kernels of which nothing is known but their types. */
const bare = Object.fromEntries(
  await Promise.all(
    ["lab-5.10", "lab-7.3", "lab-6.12-arm64"].map(async (name) => {
      const { btf, arch } = await profile(name);
      return [name, makeKernel(name, { btf, arch })] as const;
    }),
  ),
);

/** What each predicate over a system call's arguments is told. */
const rows: readonly [
  kernel: string,
  name: string,
  parameters: string | undefined,
  when: string,
  ...told: string[],
][] = [
  ["lab-7.3", "sys_openat", undefined, 'STRCMP(filename, "/etc/passwd") && flags & 1'],
  ["lab-5.10", "SyS_openat", "int fd, const char *path", 'STRPREFIX(path, "/etc")'],
  ["lab-6.12-arm64", "sys_openat", undefined, "dfd == 3"],
  ["lab-7.3", "sys_openat", "int fd, unsigned long path", "path", "parameter-mismatch: unsigned long path"],
  ["lab-7.3", "sys_openat", "int a, char *b, int c, umode_t d, int e", "a", "too-many-parameters: int e"],
  // The order that differs between the architectures.
  ["lab-7.3", "sys_clone", "unsigned long f, unsigned long sp, int *p, int *c, unsigned long tls", "tls"],
  [
    "lab-6.12-arm64",
    "sys_clone",
    "unsigned long f, unsigned long sp, int *p, int *c, unsigned long tls",
    "tls",
    "parameter-mismatch: int *c",
    "parameter-mismatch: unsigned long tls",
  ],
];

/** Nor is it known what these kernels allow, which is told at the fault. */
const ofFrame = (text: string) => !text.endsWith(": slab");

test.each(rows)("%s: %s(%s) with %s", (on, name, parameters, when, ...expected) => {
  expect(told(bindText(framed(when, name, parameters), [bare[on]!])).filter(ofFrame)).toEqual(expected);
});

/** How a system call's function is called in each kernel. */
const wrappers: readonly [name: string, kernel: string, symbol: string][] = [
  ["mkdir", "lab-5.10", "__x64_sys_mkdir"],
  ["getppid", "lab-5.10", "__do_sys_getppid"],
  ["getppid", "lab-7.3", "__do_sys_getppid"],
  ["mkdirat", "lab-6.12-arm64", "__arm64_sys_mkdirat"],
  ["getppid", "lab-6.12-arm64", "__arm64_sys_getppid"],
];

test.each(wrappers)("%s of %s is %s", async (name, on, symbol) => {
  const plan = bindText(injection({ fault: `syscall:${name}`, return: "EPERM" }), [await profile(on)]);
  expect(plan.ok && plan.value.variants.map((v) => v.fault.function)).toEqual([symbol]);
});

// What stands behind a system call gets its pointers as they are, whether BTF tells or not.
test.each([
  ["ksys_write", undefined, 'STRCMP(buf, "x")', "user"],
  ["ksys_write", "unsigned int fd, void *p", 'STRCMP(p, "x")', "user"],
  ["do_mount", undefined, 'STRCMP(type_page, "x")', "kernel"],
])("%s(%s) with %s reads %s memory", async (name, parameters, when, access) => {
  const plan = bindText(framed(when, name, parameters), [await profile("lab-6.12")]);
  const [frame] = plan.ok ? plan.value.variants[0]!.frames : [];
  expect(frame?.when?.test).toMatchObject({ kind: "equals", access });
});
