import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { withTempFolder } from "../../src/build/temp.js";
import { made } from "../kernel/lab.js";
import { codes, type Ended, injectc } from "./run.js";

const lab = made("lab-6.12");
const release = "6.12.95-test";

/** A folder for a test's files, with a cache of its own in it. */
function inCache<T>(
  use: (folder: string, run: (...words: string[]) => Promise<Ended>) => Promise<T>,
): Promise<T> {
  return withTempFolder((folder) =>
    use(folder, (...words) =>
      injectc(["kernel", ...words], { cwd: folder, env: { XDG_CACHE_HOME: join(folder, "cache") } }),
    ),
  );
}

/** The files of a kernel's package below `root`, laid out as Debian did until 6.x, or does since 7.0. */
function layOut(root: string, layout: "boot" | "modules", files: readonly string[]): void {
  const folder = layout === "boot" ? join(root, "boot") : join(root, "usr/lib/modules", release);
  const suffix = layout === "boot" ? `-${release}` : "";
  mkdirSync(folder, { recursive: true });
  for (const file of files) {
    const path = join(folder, `${file}${suffix}`);
    if (file === "System.map")
      writeFileSync(path, "ffffffff81000000 d _eil_addr_should_failslab\nffffffff81000008 T _stext\n");
    else copyFileSync(join(lab, file), path);
  }
}

function debianPackage(
  folder: string,
  name: string,
  layout: "boot" | "modules",
  files: readonly string[],
): string {
  layOut(join(folder, name), layout, files);
  return buildPackage(folder, name);
}

/** A package of what lies in the folder of its name. */
function buildPackage(folder: string, name: string, packer = "xz"): string {
  const root = join(folder, name);
  mkdirSync(join(root, "DEBIAN"));
  const control = [
    `Package: ${name}`,
    "Version: 1",
    "Architecture: amd64",
    "Maintainer: nobody <n@example.org>",
    "Description: a kernel",
  ];
  writeFileSync(join(root, "DEBIAN/control"), `${control.join("\n")}\n`);
  const path = join(folder, `${name}.deb`);
  execFileSync("dpkg-deb", ["--root-owner-group", `-Z${packer}`, "-z1", "--build", root, path]);
  return path;
}

function rpmPackage(folder: string): string {
  const root = join(folder, "rpm-root");
  layOut(root, "modules", ["vmlinuz", "config", "System.map"]);
  const spec = join(folder, "kernel.spec");
  writeFileSync(
    spec,
    `Name: kernel
Version: 1
Release: 1
Summary: a kernel
License: GPL
%description
A kernel.
%install
cp -a ${root}/. %{buildroot}
%files
/usr/lib/modules
`,
  );
  const defines = [
    `_topdir ${folder}/rpmbuild`,
    "_build_id_links none",
    "__os_install_post %{nil}",
    "_binary_payload w1.gzdio",
  ];
  execFileSync("rpmbuild", ["-bb", "--nodeps", ...defines.flatMap((line) => ["--define", line]), spec], {
    stdio: "ignore",
  });
  return join(folder, "rpmbuild/RPMS/x86_64/kernel-1-1.x86_64.rpm");
}

describe("a package", () => {
  const whole = ["vmlinuz", "config", "System.map"];
  test.each([
    ["of Debian", (folder: string) => [debianPackage(folder, "linux-image", "boot", whole)]],
    [
      "of Debian, split in two",
      (folder: string) => [
        debianPackage(folder, "linux-binary", "modules", ["vmlinuz"]),
        debianPackage(folder, "linux-base", "modules", ["config", "System.map"]),
      ],
    ],
    ["of RPM", (folder: string) => [rpmPackage(folder)]],
  ])("%s becomes a profile", { timeout: 120_000 }, (_, make) =>
    inCache(async (folder, run) => {
      const added = await run("add", ...make(folder), "--json");
      expect(JSON.parse(added.stdout)).toMatchObject({
        diagnostics: [],
        name: release,
        facts: {
          vmlinuz: "read",
          "vmlinux.btf": "read",
          config: "read",
          "injectable.txt": "read",
          "traceable.txt": "unknown",
        },
      });
      const shown = JSON.parse((await run("show", release, "--json")).stdout);
      expect(shown).toMatchObject({ release, arch: "x86_64" });
      expect(
        shown.facts.map(({ file, what }: { file: string; what: string }) => [file, what]),
      ).toContainEqual(["injectable.txt", "1 functions that can be failed"]);
      const checked = await injectc(["show", "should_failslab", "-k", release], {
        env: { XDG_CACHE_HOME: join(folder, "cache") },
      });
      expect(checked.stdout).toContain("it is on the error-injection list");
    }),
  );

  test("with modules: their functions are known, on another machine, too", { timeout: 120_000 }, () =>
    inCache(async (folder, run) => {
      const stock = made("debian");
      const root = join(folder, "linux-modules");
      const drivers = join(root, "usr/lib/modules", release, "kernel/drivers/net");
      mkdirSync(drivers, { recursive: true });
      execFileSync("xz", ["-k", "--stdout", join(stock, "modules/tun.ko")], {
        stdio: ["ignore", openSync(join(drivers, "tun.ko.xz"), "w"), "inherit"],
      });
      const image = join(root, "usr/lib/modules", release, "vmlinuz");
      copyFileSync(join(stock, "vmlinuz"), image);
      const added = JSON.parse((await run("add", buildPackage(folder, "linux-modules"), "--json")).stdout);
      expect(added).toMatchObject({ name: release, diagnostics: [], modules: { tun: "read" } });
      expect((await run("show", release)).stdout).toMatch(/^ {2}modules +read +types of 1$/m);
      expect((await run("export", release, "-o", "p.tar.gz")).exit).toBe(0);
      await run("add", "p.tar.gz", "--name", "copy");
      for (const kernel of [release, "copy", stock]) {
        const shown = await injectc(["show", "tun_chr_ioctl", "-k", kernel], {
          env: { XDG_CACHE_HOME: join(folder, "cache") },
        });
        expect(shown.stdout, kernel).toContain("in module tun\n");
      }
    }),
  );

  test("larger than what is held of a program's output is read whole", { timeout: 120_000 }, () =>
    inCache(async (folder, run) => {
      const root = join(folder, "linux-image");
      layOut(root, "modules", whole);
      const before = join(root, "usr/lib/modules", release, "kernel");
      writeFileSync(before, "");
      truncateSync(before, 101_000_000);
      const added = await run("add", buildPackage(folder, "linux-image", "none"), "--json");
      expect(JSON.parse(added.stdout)).toMatchObject({ name: release, diagnostics: [] });
    }),
  );

  test("cut short is refused, and so is one without a kernel", () =>
    inCache(async (folder, run) => {
      const path = debianPackage(folder, "linux-image", "boot", whole);
      truncateSync(path, 3_000_000);
      const empty = debianPackage(folder, "linux-image-amd64", "boot", []);
      const ended = await run("add", path, empty, "--json");
      expect([ended.exit, codes(ended)]).toEqual([1, ["damaged-package", "package-without-kernel"]]);
      expect(readdirSync(folder)).not.toContain("cache");
    }));
});

describe("a profile", () => {
  let folder = "";
  let done: () => void = () => {};
  let run: (...words: string[]) => Promise<Ended> = () => Promise.reject(new Error("not yet"));
  let ended: Promise<void> = Promise.resolve();

  beforeAll(async () => {
    await new Promise<void>((ready) => {
      ended = inCache(async (path, start) => {
        [folder, run] = [path, start];
        ready();
        await new Promise<void>((resolve) => {
          done = resolve;
        });
      });
    });
  });
  afterAll(async () => {
    done();
    await ended;
  });

  test("is stored once under two names, and gone with the last", async () => {
    expect((await run("add", join(lab, "vmlinuz"), "--name", "one")).exit).toBe(0);
    expect((await run("add", join(lab, "vmlinuz"), "--name", "two")).exit).toBe(0);
    const contents = () => readdirSync(join(folder, "cache/injectc/content")).length;
    expect(contents()).toBe(1);
    expect((await run("rm", "one")).exit).toBe(0);
    expect(contents()).toBe(1);
    expect((await run("rm", "two")).exit).toBe(0);
    expect(contents()).toBe(0);
  });

  test("grows by what is added, and refuses what is of another kernel", async () => {
    await run("add", join(lab, "vmlinuz"), "--name", "grown");
    const lists = join(folder, "lists");
    mkdirSync(lists);
    copyFileSync(join(lab, "injectable.txt"), join(lists, "injectable.txt"));
    const added = JSON.parse((await run("add", lists, "--name", "grown", "--json")).stdout);
    expect(added.facts).toMatchObject({
      vmlinuz: "read",
      "injectable.txt": "captured",
      "syscalls.txt": "unknown",
    });
    writeFileSync(join(lists, "injectable.txt"), "vfs_read\tERRNO\n");
    expect(codes(await run("add", lists, "--name", "grown", "--json"))).toEqual(["differing-fact"]);
    expect(codes(await run("add", join(lab, "vmlinuz"), join(made("debian"), "vmlinuz"), "--json"))).toEqual([
      "several-kernels",
    ]);
  });

  test("of a name that is taken elsewhere tells nothing else than what is there", async () => {
    const other = join(made("debian"), "vmlinuz");
    expect(codes(await run("add", other, "--name", "lab-6.12", "--json"))).toEqual(["several-kernels"]);
    expect((await run("add", join(lab, "vmlinuz"), "--name", "lab-6.12")).exit).toBe(0);
  });

  test("goes to another machine as one file, the same each time", async () => {
    await run("add", lab, "--name", "whole");
    expect((await run("export", "whole", "-o", "a.tar.gz")).exit).toBe(0);
    expect((await run("export", "whole", "-o", "b.tar.gz")).exit).toBe(0);
    expect(
      Buffer.compare(readFileSync(join(folder, "a.tar.gz")), readFileSync(join(folder, "b.tar.gz"))),
    ).toBe(0);
    await run("add", "a.tar.gz", "--name", "copy");
    const shown = async (name: string) => JSON.parse((await run("show", name, "--json")).stdout).facts;
    expect(await shown("copy")).toEqual(await shown("whole"));
  });

  test("of raw BTF needs a name or a release", async () => {
    const btf = join(lab, "vmlinux.btf");
    expect(codes(await run("add", btf, "--json"))).toEqual(["nameless-kernel"]);
    expect(JSON.parse((await run("add", `6.12.1=${btf}`, "--json")).stdout)).toMatchObject({
      name: "6.12.1",
      diagnostics: [],
    });
    const shown = await run("show", "6.12.1");
    expect(shown.stdout).toMatch(/^6\.12\.1: 6\.12\.1, x86_64\n/);
    expect(shown.stdout).toMatch(/injectable\.txt +unknown\n/);
  });

  test("with a record that `kernel add` has not written is refused, wherever it is read", async () => {
    await run("add", `6.12.2=${join(lab, "vmlinux.btf")}`);
    const record = join(folder, "cache/injectc/kernels/6.12.2/profile.json");
    const sound = readFileSync(record, "utf8");
    for (const damaged of [
      "{",
      "[]",
      "null",
      sound.replace('"schema": 1', '"schema": 2'),
      sound.replace("read", "guessed"),
    ]) {
      writeFileSync(record, damaged);
      expect([damaged, ...codes(await run("show", "6.12.2", "--json"))]).toEqual([damaged, "damaged-record"]);
    }
    writeFileSync(record, sound);
    expect((await run("show", "6.12.2")).exit).toBe(0);
  });

  test("in a package wants bsdtar", async () => {
    writeFileSync(join(folder, "linux.deb"), "!<arch>\ndebian-binary   ");
    const without = await injectc(["kernel", "add", "linux.deb", "--json"], {
      cwd: folder,
      env: { PATH: folder },
    });
    expect([without.exit, codes(without)]).toEqual([1, ["no-archiver"]]);
  });

  test.each([
    [["rm", "lab-6.1"], "not-your-profile"],
    [["rm", "no-such"], "unknown-kernel"],
    [["add", join(lab, "vmlinuz"), "--name", "../up"], "bad-profile-name"],
    [["add", join(lab, "vmlinuz"), "--name", "running"], "bad-profile-name"],
    [["export", "lab-6.12", "-o", "no/such/folder"], "unwritable"],
    [["add", "."], "empty-kernel-folder"],
    [["add"], "usage"],
    [["frobnicate"], "usage"],
  ])("%j is refused: %s", async (words, code) => {
    expect(codes(await run(...words, "--json"))).toEqual([code]);
  });
});
