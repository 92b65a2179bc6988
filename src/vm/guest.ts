/** The lab's guest: everything that is in its initramfs. */

import { printable } from "../terminal.js";
import type { Entry } from "./cpio.js";
import { init } from "./init.js";

/** The most that is kept of a phase's stdout, and of its stderr, in bytes. */
export const keptBytes = 64 * 1024;

/** What the guest is given. */
export interface GuestFiles {
  /** A static busybox and the loader, both for the guest's arch. */
  readonly busybox: Uint8Array;
  readonly loader: Uint8Array;
  /** What is tried, one after the other. */
  readonly cases: readonly GuestCase[];
  /** Loaded before anything is tried, in an order in which they go in. */
  readonly modules: readonly GuestModule[];
  /** Further entries, at their own paths. */
  readonly extra: readonly Entry[];
}

export interface GuestModule {
  readonly file: string;
  readonly data: Uint8Array;
}

export interface GuestCase {
  readonly certificate: Uint8Array;
  readonly bundle: Uint8Array;
  /** A busybox `sh` script that is run with `before`, `attached` and `after`. */
  readonly workload: string;
  readonly loaderArguments: readonly string[];
}

/** How init goes about it; times in seconds. */
export interface GuestSettings {
  readonly mode: "case" | "shell";
  /** The device that reports go to, in mode `case`. */
  readonly report: string;
  /** How long the loader may take until it reports "attached", and from SIGTERM until it has ended. */
  readonly attachSeconds: number;
  readonly detachSeconds: number;
  /** How long one run of the workload may take. */
  readonly phaseSeconds: number;
  /** In mode `shell`: the user's terminal. */
  readonly terminal?: { readonly columns: number; readonly rows: number; readonly type: string };
}

const plain = (path: string, data: Uint8Array): Entry => ({ kind: "file", path, mode: 0o644, data });

/** The initramfs of a guest; `archive` makes the bytes. */
export function guestEntries(files: GuestFiles, settings: GuestSettings): Entry[] {
  const executable = (path: string, data: Uint8Array): Entry => ({ kind: "file", path, mode: 0o755, data });
  const folders = ["proc", "sys", "dev", "run", "tmp", "root"];
  return [
    ...folders.map((path): Entry => ({ kind: "folder", path })),
    // The kernel opens these for init before devtmpfs is mounted; numbers in Documentation/admin-guide/devices.txt.
    { kind: "device", path: "dev/console", major: 5, minor: 1 },
    { kind: "device", path: "dev/null", major: 1, minor: 3 },
    { kind: "link", path: "bin/sh", target: "busybox" },
    executable("bin/busybox", files.busybox),
    executable("bin/inject-load", files.loader),
    executable("init", Buffer.from(init)),
    plain("settings", Buffer.from(settingsScript(files.cases, settings))),
    ...files.modules.map(({ file, data }) => plain(`modules/${file}`, data)),
    ...files.cases.flatMap((one, i) => caseEntries(one, `cases/${i}`)),
    ...files.extra,
  ];
}

function caseEntries({ certificate, bundle, workload, loaderArguments }: GuestCase, folder: string): Entry[] {
  return [
    plain(`${folder}/words`, Buffer.from(`set -- ${loaderWords(loaderArguments)}\n`)),
    plain(`${folder}/trust.pem`, certificate),
    plain(`${folder}/workload`, Buffer.from(workload)),
    plain(`${folder}/bundle`, bundle),
  ];
}

function loaderWords(own: readonly string[]): string {
  return ["/bundle", "--trust", "/trust.pem", ...own].map(quoted).join(" ");
}

/** A text as one word of a POSIX shell, whatever is in it. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function shellHint(words: string): string {
  const bare = printable(words.replace(/'([\w/.:=,-]+)'/g, "$1"));
  return [
    "",
    `  inject-load ${bare} &`,
    "           attaches the bundle; kill %1 detaches it",
    "  sh /workload attached",
    "           is one run of the workload (before, attached, after)",
    "  echo $$ >/sys/fs/cgroup/workload/cgroup.procs",
    "           makes this shell and what it starts one of the workload's tasks",
    "  exit     or Ctrl-a x leaves",
    "",
  ].join("\n");
}

function settingsScript(cases: readonly GuestCase[], settings: GuestSettings): string {
  const { terminal } = settings;
  return [
    `mode=${settings.mode}`,
    `cases=${cases.length}`,
    `now=${Math.floor(Date.now() / 1000)}`,
    `report=${settings.report}`,
    `attach_seconds=${settings.attachSeconds}`,
    `detach_seconds=${settings.detachSeconds}`,
    `phase_seconds=${settings.phaseSeconds}`,
    // One more than is shown tells whether there was more.
    `keep=${keptBytes + 1}`,
    `columns=${terminal?.columns ?? 80} rows=${terminal?.rows ?? 24}`,
    `export TERM=${quoted(terminal?.type ?? "linux")}`,
    `hint=${quoted(shellHint(loaderWords(cases[0]?.loaderArguments ?? [])))}`,
    "",
  ].join("\n");
}
