/** The kernel that injectc runs on, by what it says of itself in /proc, /sys and /boot. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readBtf } from "../btf/read.js";
import { type Checked, checked, failed } from "../diagnostic.js";
import { kernelWithoutBtf } from "./codes.js";
import { configList } from "./config.js";
import { archOfHost, type Facts } from "./facts.js";
import { readBytes, readSource } from "./file.js";
import type { SyscallParameter } from "./kernel.js";
import { lazy } from "./lazy.js";
import { injectableList, type ListFormat, readList, traceableList } from "./lists.js";
import { modulesOf } from "./modules.js";

/**
 * The running kernel; modules and lists are read when asked for, and what may not be read is not known. `root` is the
 * folder that has its /proc, /sys and /boot.
 */
export function readRunning(root = "/"): Checked<Facts> {
  const at = (path: string) => join(root, path);
  const vmlinux = at("sys/kernel/btf/vmlinux");
  if (!existsSync(vmlinux)) {
    const help = [
      "a kernel has BTF if it is built with CONFIG_DEBUG_INFO_BTF=y; /sys must be mounted",
      "or name another kernel: `-k lab-6.12`, `-k /boot/vmlinuz`, `-k vmlinux.btf`",
    ];
    return failed(kernelWithoutBtf(undefined, { path: "running" }, { help }));
  }
  const bytes = readBytes(vmlinux);
  if (!bytes.ok) return bytes;
  const btf = readBtf(bytes.value, vmlinux);
  if (!btf.ok) return btf;

  const release = readText(at("proc/sys/kernel/osrelease"))?.trim();
  const configs = [at("proc/config.gz"), at(`boot/config-${release}`)];
  const tracefs = first(
    [at("sys/kernel/tracing"), at("sys/kernel/debug/tracing")],
    "available_filter_functions",
  );
  const image = at(`boot/vmlinuz-${release}`);
  return checked({
    btf: btf.value,
    modules: modulesOf(moduleFilesIn(at("sys/kernel/btf")), btf.value),
    release,
    arch: archOfHost(),
    image: existsSync(image) ? image : undefined,
    config: listAt(configList, configs.find(existsSync)),
    injectable: listAt(injectableList, at("sys/kernel/debug/error_injection/list")),
    traceable: listAt(traceableList, tracefs && join(tracefs, "available_filter_functions")),
    syscalls: lazy(() => (tracefs ? syscallsOf(join(tracefs, "events/syscalls")) : undefined)),
  });
}

function moduleFilesIn(folder: string): ReadonlyMap<string, string> {
  const names = readdirSync(folder).filter((name) => name !== "vmlinux");
  return new Map(names.sort().map((name) => [name, join(folder, name)]));
}

function first(folders: readonly string[], file: string): string | undefined {
  return folders.find((folder) => existsSync(join(folder, file)));
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

/** The kernel prints its own lists whole; one that cannot be had or read is not known. */
function listAt<T>(format: ListFormat<T>, path: string | undefined): () => T | undefined {
  return lazy(() => {
    const source = path === undefined ? undefined : readSource(path);
    const list = source?.ok ? readList(format, source.value) : undefined;
    return list?.ok ? list.value() : undefined;
  });
}

const entry = "sys_enter_";

function syscallsOf(folder: string): ReadonlyMap<string, readonly SyscallParameter[]> | undefined {
  if (!existsSync(folder)) return undefined;
  const events = readdirSync(folder).filter((name) => name.startsWith(entry));
  return new Map(
    events.flatMap((event): [string, SyscallParameter[]][] => {
      const format = readText(join(folder, event, "format"));
      return format === undefined ? [] : [[event.slice(entry.length), argumentsOf(format)]];
    }),
  );
}

/** What is in an entry event beside the arguments: the fields of all events, the number, copies of what it points to. */
const otherFields = /^(?:.* (?:common_\w+|__syscall_nr)|__data_loc .*)$/;

/** A syscall's declared arguments, from the format of its entry event: kernel/trace/trace_syscalls.c. */
export function argumentsOf(format: string): SyscallParameter[] {
  const fields = [...format.matchAll(/^\tfield:([^;]+);/gm)].map(([, field]) => field!);
  return fields.filter((field) => !otherFields.test(field)).map((field) => field.replaceAll("* ", "*"));
}
