import { expect, test } from "vitest";
import { codes, injectc, start } from "./run.js";

// The built-in profile: a lab kernel that was built here is of another release.
const kernel = ["-k", new URL("../../src/kernel/profiles/lab-6.12", import.meta.url).pathname];

async function shown(...words: string[]): Promise<string> {
  const { exit, stdout, stderr } = await injectc(["show", ...words]);
  expect([exit, stderr]).toEqual([0, ""]);
  return stdout;
}

test.each([
  [
    "should_failslab",
    [
      "int should_failslab(struct kmem_cache *s, gfp_t gfpflags);",
      "  can be failed: it is on the error-injection list, class ERRNO",
      "  can be traced",
    ],
  ],
  ["gfp_t", ["typedef unsigned int gfp_t; /* 4 bytes */"]],
  [
    "openat",
    [
      "long openat(int dfd, const char *filename, int flags, umode_t mode);",
      "  its wrapper is __x64_sys_openat",
      "  can be failed: it is on the error-injection list, class ERRNO",
      "  can be traced",
    ],
  ],
  [
    "syscall getppid",
    [
      "long getppid(void);",
      "  its wrapper is __do_sys_getppid",
      "  can be failed: it is on the error-injection list, class ERRNO",
      "  can be traced",
    ],
  ],
  ["GFP_KERNEL", ["GFP_KERNEL = 0xcc0 /* gfp_t */"]],
  ["ENOMEM", ["ENOMEM = 12 /* an errno */"]],
  ["PAGE_SIZE", ["PAGE_SIZE = 4096"]],
  ["bool", ["typedef _Bool bool; /* 1 byte */"]],
  ["PIDTYPE_TGID", ["PIDTYPE_TGID = 1 /* enum pid_type */"]],
])("%s is shown with what can be done with it", async (name, lines) => {
  expect(await shown(name, ...kernel)).toBe(`${lines.join("\n")}\n`);
});

test.each([
  ["security_file_open", /can be failed: it is a security hook/],
  ["d_alloc_parallel", /cannot be failed: it is not on the kernel's error-injection list/],
  ["sys_openat", /^.*__x64_sys_openat\([\s\S]*wrapper of system call openat\(int dfd, const char/],
  ["const struct qstr *", /^struct qstr \{/],
  ["struct qstr", /^struct qstr \{[\s\S]*const unsigned char \*name;/],
  ["vfs_kern_mount", /\n {2}some callers call its clone vfs_kern_mount\.part\.0 instead\n/],
  ["hash", /\n {2}2 functions have this name, so a spec cannot tell which of them is meant\n/],
  ["pid_type", /^enum pid_type \{[\s\S]*PIDTYPE_TGID = 1,/],
])("%s", async (name, expected) => {
  expect(await shown(name, ...kernel)).toMatch(expected);
});

test("what kernels agree on is shown once, else under their names", async () => {
  const both = await shown("should_failslab", ...kernel, "-k", "lab-7.2");
  expect(both.match(/should_failslab\(/g)).toHaveLength(1);
  const apart = await shown("vfs_create", "-k", "lab-5.10", ...kernel);
  expect(apart).toMatch(/^5\.10\S*:\n.*vfs_create\([\s\S]*\n\n6\.12\S*:\n.*vfs_create\(/);
});

test("a glob lists names, of one kind where it is given", async () => {
  expect(await shown("vfs_*link", ...kernel)).toBe(
    "vfs_get_link\nvfs_link\nvfs_readlink\nvfs_symlink\nvfs_unlink\n",
  );
  expect(await shown("struct qst?", ...kernel)).toBe("struct qstr\n");
  expect(await shown("vfs_lin?", ...kernel)).toBe("vfs_link\n");
  expect(await shown("syscall:openat2", ...kernel)).toBe(await shown("syscall openat2", ...kernel));
  expect(await shown("syscall openat*", ...kernel)).toBe("syscall openat\nsyscall openat2\n");
  expect(await shown("constant __GFP_NOM*", ...kernel)).toBe("constant __GFP_NOMEMALLOC\n");
  expect(await shown("PIDTYPE_T*", ...kernel)).toBe("constant PIDTYPE_TGID\n");
});

test("what a kernel does not know is an error with the nearest name", async () => {
  const run = await injectc(["show", "vfs_raed", ...kernel]);
  expect([run.exit, run.stdout]).toEqual([1, ""]);
  expect(run.stderr).toContain("did you mean `vfs_read`?");
  const gone = await injectc(["show", "ext4_mount", ...kernel]);
  expect(gone.stderr).toContain("here `ext4_get_tree` is in its place");
  const macro = await injectc(["show", "S_IFDIR", ...kernel]);
  expect(macro.stderr).toContain("`S_IFDIR` is `0040000`");
  const field = await injectc(["show", "dentry.d_name", ...kernel]);
  expect(field.stderr).not.toContain("clone");
  for (const name of ["", "vfs.read", "nothing_*_at_all", "struct vfs_read"]) {
    expect(codes(await injectc(["show", name, ...kernel, "--json"]))).toEqual(["nothing-shown"]);
  }
});

test("--json has each kernel's matches", async () => {
  const { stdout } = await injectc(["show", "vfs_read", ...kernel, "--json"]);
  expect(JSON.parse(stdout).kernels).toMatchObject([
    { kernel: "6.12.95", matches: [{ kind: "function", name: "vfs_read", module: null }] },
  ]);
});

test("whoever reads may stop to", async () => {
  const run = start(["show", "*", ...kernel]);
  run.stdout.once("data", () => run.stdout.destroy());
  const { exitCode } = await run;
  expect(exitCode).toBe(0);
});
