import { copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readImage } from "../../src/kernel/image.js";
import { openKernel } from "../../src/kernel/open.js";
import { builtIn, fact, inFolder, labNames, made, mirrored, must, told } from "./lab.js";

const search = [builtIn];

describe.each(labNames)("%s", (name) => {
  test("as a built-in profile", async () => {
    const kernel = must(await openKernel(name, { search }));
    const release = /\d+\.\d+/.exec(name)![0];
    expect(kernel.name).toMatch(new RegExp(`^${release}\\.\\d+$`));
    expect(kernel.name).toBe(kernel.release!.text);
    expect(`${kernel.release!.major}.${kernel.release!.minor}`).toBe(release);
    expect(kernel.arch).toBe(name.endsWith("arm64") ? "arm64" : "x86_64");
    expect(kernel.btf.find("function", "should_failslab")).toHaveLength(1);
    expect(kernel.injectable!.has("should_failslab")).toBe(true);
    expect(kernel.traceable!.has("should_failslab")).toBe(true);
    expect(kernel.syscalls!.get("close")).toEqual(["unsigned int fd"]);
    expect(kernel.config!.get("BPF_SYSCALL")).toBe("y");
    expect(kernel.image).toBeUndefined();
    expect(kernel.modules.size).toBe(0);
  });

  test("as a raw dump, whose architecture shows in its types", async () => {
    await inFolder(async (folder) => {
      const path = join(folder, "dump");
      writeFileSync(path, fact(name, "vmlinux.btf"));
      const unknown = must(await openKernel(path));
      expect([unknown.name, unknown.release]).toEqual([path, undefined]);
      expect(unknown.arch).toBe(name.endsWith("arm64") ? "arm64" : "x86_64");
      const told = must(await openKernel(`5.10.3-x=${path}`));
      expect([told.name, told.release]).toEqual(["5.10.3-x", { major: 5, minor: 10, text: "5.10.3-x" }]);
    });
  });
});

/** Kernels with their images: what `make kernels` made, and all that the mirror has. */
const images = [
  ["debian", made("debian")] as const,
  ["lab-6.12", made("lab-6.12")] as const,
  ...labNames.flatMap((name) => {
    const folder = mirrored(name);
    return folder ? [[`${name} of the mirror`, folder] as const] : [];
  }),
];

describe.each(images)("the image of %s", (_, folder) => {
  test("has the BTF that the folder has", async () => {
    const path = join(folder, "vmlinuz");
    const kernel = must(await openKernel(path));
    const whole = must(await openKernel(folder));
    expect(kernel.btf.find("function", "should_failslab")).toHaveLength(1);
    expect(whole.btf.find("function", "should_failslab")).toHaveLength(1);
    const types = must(await must(await readImage(readFileSync(path), path)).types());
    expect(Buffer.compare(types, readFileSync(join(folder, "vmlinux.btf")))).toBe(0);
    expect([kernel.arch, kernel.image, whole.image]).toEqual([whole.arch, path, path]);
    expect([kernel.release!.major, kernel.release!.minor]).toEqual([
      whole.release!.major,
      whole.release!.minor,
    ]);
  });
});

describe("names", () => {
  test("the first place that has the profile wins, file by file", async () => {
    await inFolder(async (place) => {
      mkdirSync(join(place, "lab-6.1"));
      writeFileSync(join(place, "lab-6.1", "vmlinuz"), "image");
      const kernel = must(await openKernel("lab-6.1", { search: [place, builtIn] }));
      expect(kernel.image).toBe(join(place, "lab-6.1", "vmlinuz"));
      expect(kernel.injectable!.size).toBeGreaterThan(300);
    });
  });

  test("a profile may be a link to a folder", async () => {
    await inFolder(async (place) => {
      symlinkSync(join(builtIn, "lab-6.1"), join(place, "mine"));
      expect(must(await openKernel("mine", { search: [place] })).release!.minor).toBe(1);
    });
  });

  test.each([
    ["lab6.12", ["did you mean `lab-6.12`?", `there are: ${labNames.join(", ")}, and \`running\``]],
    ["zebra", [`there are: ${labNames.join(", ")}, and \`running\``]],
    ["..", undefined],
  ])("%s", async (name, help) => {
    const opened = await openKernel(name, { search });
    expect(told(opened.diagnostics)).toEqual([help ? "unknown-kernel" : "empty-kernel-folder"]);
    if (help) expect(opened.diagnostics[0]!.help).toEqual(help);
  });

  test("no profiles at all", async () => {
    const { diagnostics } = await openKernel("lab-6.12", { search: ["/nowhere"] });
    expect(diagnostics[0]!.help).toEqual(["there are no profiles, only `running`"]);
  });
});

describe("paths", () => {
  test.each([
    ["./nowhere", "unreadable-kernel"],
    ["/nowhere/at/all", "unreadable-kernel"],
    ["6.1=./nowhere", "unreadable-kernel"],
    ["6.1=nowhere", "unknown-kernel"],
    ["x.y=nowhere", "bad-release"],
    ["=nowhere", "bad-release"],
    ["package.json", "not-a-kernel"],
    ["/dev/zero", "unreadable-kernel"],
    ["package.json/x", "unreadable-kernel"],
    ["6.1=lab-6.12", "other-release"],
    ["x".repeat(5000), "unknown-kernel"],
  ])("%.40s", async (argument, code) => {
    expect(told((await openKernel(argument, { search })).diagnostics)).toEqual([code]);
  });

  test("the same release, said twice", async () => {
    expect(must(await openKernel("6.12=lab-6.12", { search })).release!.text).toBe(
      must(await openKernel("lab-6.12", { search })).release!.text,
    );
  });

  test("a file may have `=` in its name", async () => {
    await inFolder(async (folder) => {
      const path = join(folder, "a=b");
      writeFileSync(path, fact("lab-6.12", "vmlinux.btf"));
      expect(must(await openKernel(path)).name).toBe(path);
    });
  });

  test("gzipped BTF as it lies in a profile", async () => {
    await inFolder(async (folder) => {
      const path = join(folder, "dump");
      copyFileSync(join(builtIn, "lab-6.12/vmlinux.btf.gz"), path);
      expect(readFileSync(path)[0]).toBe(0x1f);
      expect(must(await openKernel(path)).btf.find("struct", "dentry")).toHaveLength(1);
    });
  });
});
