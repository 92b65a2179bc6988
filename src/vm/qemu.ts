/** Runs guests under QEMU: a kernel, an initramfs, a console and a port for reports. */

import { randomUUID } from "node:crypto";
import { type FileHandle, open, unlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { execa } from "execa";
import type { Arch } from "../kernel/kernel.js";

export type Accelerator = "kvm" | "tcg";

export interface Machine {
  readonly arch: Arch;
  /** Path of a bootable kernel. */
  readonly image: string;
  readonly initramfs: Uint8Array;
  readonly accelerator: Accelerator;
  readonly memoryMiB: number;
  /** Else one. */
  readonly cpus?: number;
  /** More words for the kernel's command line. */
  readonly append: readonly string[];
  /** QEMU's count of instructions is the guest's clock, a nanosecond each; under TCG alone. */
  readonly counted?: boolean;
}

interface Platform {
  readonly program: string;
  /** The Debian package that has it. */
  readonly debian: string;
  readonly machine: string;
  /** The kernel's own console, and the device in the guest that reports go to. */
  readonly console: string;
  readonly report: string;
  /** QEMU's arguments for the report's port. */
  readonly reportDevice: readonly string[];
}

/**
 * Both ports are ones that a kernel without modules has: the 8250 of a PC, twice; on arm64 the board's one PL011, and an
 * 8250 on PCI. `earlyprintk` lets the x86 decompressor say why it gives up (arch/x86/boot/early_serial_console.c);
 * `no_timer_check`, since on a busy host the timer seems not to tick, and the kernel panics (arch/x86/kernel/apic/io_apic.c).
 */
export const platforms: Readonly<Record<Arch, Platform>> = {
  x86_64: {
    program: "qemu-system-x86_64",
    debian: "qemu-system-x86",
    machine: "pc",
    console: "earlyprintk=serial,ttyS0,115200 console=ttyS0 no_timer_check",
    report: "/dev/ttyS1",
    reportDevice: ["-serial", "chardev:report"],
  },
  arm64: {
    program: "qemu-system-aarch64",
    debian: "qemu-system-arm",
    machine: "virt",
    console: "console=ttyAMA0",
    report: "/dev/ttyS0",
    reportDevice: ["-device", "pci-serial,chardev=report"],
  },
};

/** Why a run of ours was cut short: the console showed a dead end, nothing came in time, or somebody wanted it so. */
type Cut = "halted" | "silent" | "deadline" | "aborted";

/** How a guest's run ended; `failed` is QEMU's own failure, in its words. */
export type Ending =
  | { readonly kind: "exited" | Cut }
  | { readonly kind: "failed"; readonly message: string };

/** What a caller hears while the guest runs, and when it is to end. */
export interface Watch {
  /** Console output as it comes; true ends the guest as `halted`. */
  readonly onConsole: (text: string) => boolean;
  /** A line on the report's port. */
  readonly onReport: (line: string) => void;
  /** Whether that line gives the guest its deadline anew. */
  readonly isRenewal?: (line: string) => boolean;
  /** In seconds: until the first report, and until the end. */
  readonly bootSeconds: number;
  readonly deadlineSeconds: number;
  readonly signal?: AbortSignal;
}

/** Boots the machine and runs it to its end. QEMU is gone when this returns, and when our own process ends. */
export async function runMachine(machine: Machine, watch: Watch): Promise<Ending> {
  const stop = new AbortController();
  const cut = (why: Cut) => stop.abort(why);
  const silence = setTimeout(cut, watch.bootSeconds * 1000, "silent");
  const deadline = setTimeout(cut, watch.deadlineSeconds * 1000, "deadline");
  const abort = () => cut("aborted");
  watch.signal?.addEventListener("abort", abort);
  if (watch.signal?.aborted) abort();
  const hear: Pick<Watch, "onConsole" | "onReport"> = {
    onConsole: (text) => {
      const halted = watch.onConsole(text);
      if (halted) cut("halted");
      return halted;
    },
    onReport: (line) => {
      clearTimeout(silence);
      if (watch.isRenewal?.(line)) deadline.refresh();
      watch.onReport(line);
    },
  };
  try {
    const complaint = await withInitramfs(machine, (words) => supervise(machine, words, hear, stop.signal));
    if (stop.signal.aborted) return { kind: stop.signal.reason as Cut };
    return complaint === undefined ? { kind: "exited" } : { kind: "failed", message: complaint };
  } finally {
    clearTimeout(silence);
    clearTimeout(deadline);
    watch.signal?.removeEventListener("abort", abort);
  }
}

/** What the console of `openMachine` is joined to, in place of our own terminal. */
export interface Terminal {
  readonly stdin: Readable;
  readonly stdout: Writable;
}

/** Boots the machine with its console on a terminal, until the user leaves; Ctrl-a x ends it at once. */
export async function openMachine(machine: Machine, terminal?: Terminal): Promise<Ending> {
  const { program } = platforms[machine.arch];
  return withInitramfs(machine, async (words) => {
    const result = await execa(program, [...words, "-serial", "mon:stdio"], {
      ...supervised,
      // execa joins a stream that is no file by a pipe only.
      stdin: terminal ? [terminal.stdin, "pipe"] : "inherit",
      stdout: terminal ? [terminal.stdout, "pipe"] : "inherit",
      stderr: "inherit",
    });
    if (!result.failed) return { kind: "exited" };
    return { kind: "failed", message: failure(machine.arch, result.code, result.shortMessage) };
  });
}

/** execa ends QEMU when we end, whatever signal we got. */
const supervised = { reject: false, buffer: false, cleanup: true, forceKillAfterDelay: 2000 } as const;

/** Runs QEMU to its end; what it complained of, if it failed. */
async function supervise(
  machine: Machine,
  words: readonly string[],
  { onConsole, onReport }: Pick<Watch, "onConsole" | "onReport">,
  cancelSignal: AbortSignal,
): Promise<string | undefined> {
  const { program, reportDevice } = platforms[machine.arch];
  const ports = [
    ...["-chardev", "stdio,id=console,signal=off", "-serial", "chardev:console"],
    ...["-chardev", "socket,id=report,fd=3", ...reportDevice],
  ];
  const guest = execa(program, [...words, ...ports], {
    ...supervised,
    cancelSignal,
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  let complaint = "";
  guest.stdout.setEncoding("utf8").on("data", onConsole);
  guest.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaint += text;
  });
  eachLine(guest.stdio[3], onReport);
  const result = await guest;
  return result.failed ? failure(machine.arch, result.code, complaint || result.shortMessage) : undefined;
}

/** QEMU's arguments for what every guest has; the initramfs is there for QEMU while `run` runs. */
async function withInitramfs<T>(machine: Machine, run: (words: readonly string[]) => Promise<T>): Promise<T> {
  const { machine: board, console } = platforms[machine.arch];
  const initramfs = await namelessFile(machine.initramfs);
  try {
    return await run([
      ...["-nodefaults", "-no-user-config", "-no-reboot", "-display", "none"],
      ...["-M", `${board},accel=${machine.accelerator}`, "-cpu", "max", "-m", String(machine.memoryMiB)],
      ...(machine.cpus ? ["-smp", String(machine.cpus)] : []),
      ...(machine.counted ? ["-icount", "shift=0"] : []),
      ...["-kernel", machine.image, "-initrd", `/proc/${process.pid}/fd/${initramfs.fd}`],
      ...["-append", [console, "quiet", "panic=-1", ...machine.append].join(" ")],
    ]);
  } finally {
    await initramfs.close();
  }
}

/** The bytes as an open file that has no name: whatever happens to us, nothing is left behind. */
async function namelessFile(bytes: Uint8Array): Promise<FileHandle> {
  const path = join(tmpdir(), `injectc-${randomUUID()}.cpio`);
  const file = await open(path, "wx+", 0o600);
  await unlink(path);
  await file.writeFile(bytes);
  return file;
}

function failure(arch: Arch, code: string | undefined, message = ""): string {
  const { program, debian } = platforms[arch];
  if (code === "ENOENT") return `${program} is not installed (in Debian: apt install ${debian})`;
  const lines = message.split("\n").filter((line) => line.trim() !== "");
  return lines.at(-1) ?? `${program} failed without a word`;
}

function eachLine(stream: Readable, take: (line: string) => void): void {
  let rest = "";
  stream.setEncoding("latin1").on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) take(line);
  });
}
