/** Programs made of what `injectc export` writes, as its README tells. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { execa } from "execa";
import { packageRoot } from "../../../src/root.js";
import type { Entry } from "../../../src/vm/cpio.js";
import { injectc } from "../../cli/run.js";

/** What loaders.mk gets. */
const loaders = join(packageRoot, "out/loaders");
export const newBpftool = join(loaders, "root/usr/sbin/bpftool");

const gocode = join(loaders, "root/usr/share/gocode/src");
const go = join(loaders, "go/bin/go");
/** Debian has the sources, and nobody is to be asked for others. */
const surroundings = {
  ...{ GOROOT: join(loaders, "go"), GOPATH: join(loaders, "gopath"), GOCACHE: join(loaders, "gocache") },
  ...{ GOTOOLCHAIN: "local", GOPROXY: "off", GOFLAGS: "-mod=mod", CGO_ENABLED: "0" },
};

/** How an exported folder becomes a program. */
const makers: Readonly<Record<string, (cwd: string, program: string) => Promise<void>>> = {
  async libbpf(cwd, program) {
    const source = readdirSync(cwd).find((name) => name.endsWith(".c"))!;
    await execa("cc", ["-O2", "-static", "-o", program, source, "-lbpf", "-lelf", "-lz"], { cwd });
  },
  async bpf2go(cwd, program) {
    const run = (...words: string[]) => execa(go, words, { cwd, env: surroundings });
    const modules = ["github.com/cilium/ebpf", "golang.org/x/sys"];
    await run("mod", "edit", ...modules.map((name) => `-replace=${name}=${join(gocode, name)}`));
    const { stdout } = await execa(`${go}fmt`, ["-d", "."], { cwd, env: surroundings });
    if (stdout) throw new Error(stdout);
    await run("build", "-ldflags=-s", "-o", program, ".");
  },
};

export const formats = Object.keys(makers);

/** The programs of a bundle's object, made in a folder, for the guest's /sbin: FORMAT-NAME; `which` says what object. */
export async function programsOf(
  bundle: string,
  folder: string,
  which: readonly string[] = [],
): Promise<Entry[]> {
  if (!existsSync(newBpftool)) throw new Error("make out/loaders/.unpacked");
  const name = basename(bundle, ".bundle");
  const entries: Entry[] = [];
  for (const format of formats) {
    const out = join(folder, `${format}-${name}`);
    const program = `${out}.program`;
    const { exit, stderr } = await injectc(["export", bundle, "--to", format, "-o", out, ...which]);
    if (exit !== 0) throw new Error(stderr);
    await makers[format]!(out, program);
    entries.push({ kind: "file", path: `sbin/${format}-${name}`, mode: 0o755, data: readFileSync(program) });
  }
  return entries;
}
