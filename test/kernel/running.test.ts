import { mkdirSync, writeFileSync } from "node:fs";
import { release } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { makeKernel } from "../../src/kernel/facts.js";
import { argumentsOf, readRunning } from "../../src/kernel/running.js";
import { fact, inFolder, must, told } from "./lab.js";

const btf = fact("lab-6.12", "vmlinux.btf");

/** Split BTF with one type: a forward declaration of `struct of_the_module`. */
function moduleBtf(): Buffer {
  const names = Buffer.from("of_the_module\0");
  const bytes = Buffer.alloc(24 + 12);
  bytes.set([0x9f, 0xeb, 1, 0, 24, 0, 0, 0]);
  bytes.writeUInt32LE(12, 12);
  bytes.writeUInt32LE(12, 16);
  bytes.writeUInt32LE(names.length, 20);
  // Names go on after the base's.
  bytes.writeUInt32LE(btf.readUInt32LE(20), 24);
  bytes.writeUInt32LE(7 << 24, 28);
  return Buffer.concat([bytes, names]);
}

const openat = `name: sys_enter_openat
ID: 654
format:
\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;
\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;

\tfield:int __syscall_nr;\toffset:8;\tsize:4;\tsigned:1;
\tfield:int dfd;\toffset:16;\tsize:8;\tsigned:0;
\tfield:const char * filename;\toffset:24;\tsize:8;\tsigned:0;
\tfield:umode_t mode;\toffset:40;\tsize:8;\tsigned:0;
\tfield:__data_loc char[] __filename_val;\toffset:48;\tsize:4;\tsigned:0;

print fmt: "dfd: 0x%08lx", ((unsigned long)(REC->dfd))
`;

const node = {
  "proc/sys/kernel/osrelease": "6.12.7-node\n",
  "proc/config.gz": gzipSync("CONFIG_BPF=y\n"),
  "boot/vmlinuz-6.12.7-node": "image",
  "sys/kernel/btf/vmlinux": btf,
  "sys/kernel/btf/thing": moduleBtf(),
  "sys/kernel/btf/damaged": "text",
  "sys/kernel/debug/error_injection/list": "should_failslab\tERRNO\n",
  "sys/kernel/tracing/available_filter_functions": "vfs_read\nthing_open [thing]\n",
  "sys/kernel/tracing/events/syscalls/enable": "0\n",
  "sys/kernel/tracing/events/syscalls/sys_enter_openat/format": openat,
  "sys/kernel/tracing/events/syscalls/sys_exit_openat/format": openat,
} satisfies Record<string, string | Buffer>;

/** Runs with a folder that looks like a node's root. */
function onNode<T>(files: Readonly<Record<string, string | Buffer>>, run: (root: string) => T): Promise<T> {
  return inFolder((root) => {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(root, name)), { recursive: true });
      writeFileSync(join(root, name), content);
    }
    return run(root);
  });
}

describe("running", () => {
  test("all that a node shows", async () => {
    await onNode(node, (root) => {
      const kernel = makeKernel("running", must(readRunning(root)));
      expect(kernel.name).toBe("6.12.7-node");
      expect(kernel.release).toEqual({ major: 6, minor: 12, text: "6.12.7-node" });
      expect(kernel.image).toBe(join(root, "boot/vmlinuz-6.12.7-node"));
      expect(kernel.config).toEqual(new Map([["BPF", "y"]]));
      expect(kernel.injectable).toEqual(new Map([["should_failslab", "ERRNO"]]));
      expect([...kernel.traceable!]).toEqual(["vfs_read", "thing_open"]);
      expect(kernel.syscalls).toEqual(
        new Map([["openat", ["int dfd", "const char *filename", "umode_t mode"]]]),
      );
    });
  });

  test("modules: each over the kernel's types, a damaged one left out", async () => {
    await onNode(node, (root) => {
      const { modules, btf: base } = makeKernel("running", must(readRunning(root)));
      expect([...modules.keys()]).toEqual(["thing"]);
      expect([modules.size, modules.has("thing"), modules.has("damaged"), modules.has("vmlinux")]).toEqual([
        1,
        true,
        false,
        false,
      ]);
      expect(modules.get("thing")!.find("forward", "of_the_module")).toEqual([base.count]);
      expect([...modules][0]![1]).toBe(modules.get("thing"));
      expect([...modules.values()]).toEqual([...modules.entries()].map(([, value]) => value));
    });
  });

  test("where only BTF can be read, the rest is not known, but for what is the same everywhere", async () => {
    await onNode({ "sys/kernel/btf/vmlinux": btf }, (root) => {
      const { name, config, injectable, traceable, syscalls, image } = makeKernel(
        "running",
        must(readRunning(root)),
      );
      expect(name).toBe("running");
      expect([config, injectable, traceable, image]).toEqual(Array(4).fill(undefined));
      expect(syscalls.get("read")).toEqual(["unsigned int fd", "char *buf", "size_t count"]);
    });
  });

  test("the configuration of /boot, and tracefs in its old place", async () => {
    const { "proc/config.gz": _, ...rest } = node;
    const moved = Object.entries(rest).map(([name, content]) => [
      name.replace("kernel/tracing", "kernel/debug/tracing"),
      content,
    ]);
    await onNode({ ...Object.fromEntries(moved), "boot/config-6.12.7-node": "CONFIG_A=m\n" }, (root) => {
      const kernel = makeKernel("running", must(readRunning(root)));
      expect(kernel.config).toEqual(new Map([["A", "m"]]));
      expect([[...kernel.traceable!].length, kernel.syscalls.size]).toEqual([2, 1]);
    });
  });

  test("without BTF it is refused", async () => {
    await onNode({ "proc/sys/kernel/osrelease": "4.19.0\n" }, (root) => {
      expect(told(readRunning(root).diagnostics)).toEqual(["kernel-without-btf"]);
    });
  });

  test("the machine's own kernel", () => {
    const kernel = makeKernel("running", must(readRunning()));
    expect(kernel.release!.text).toBe(release());
    expect(kernel.btf.find("struct", "task_struct")).toHaveLength(1);
  });
});

test("arguments of a syscall without any", () => {
  expect(argumentsOf(openat.replace(/^\tfield:.*(?:dfd|filename|mode|_val);.*\n/gm, ""))).toEqual([]);
});
