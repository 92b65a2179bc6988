import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { packageRoot } from "../../src/root.js";
import { builtIn, inFolder, made } from "./lab.js";

const script = (name: string) => join(packageRoot, "src/kernel", name);

describe("lab.sh", () => {
  const image = "an image";
  const sum = createHash("sha256").update(image).digest("hex");

  /** Takes lab-1.0 from a mirror with these checksums; none: there is no such file. */
  function take(sums: string | undefined, name = "lab-1.0") {
    return inFolder((work) => {
      const [mirror, out] = [join(work, "mirror"), join(work, "out")];
      mkdirSync(join(mirror, "lab-1.0"), { recursive: true });
      writeFileSync(join(mirror, "lab-1.0/vmlinuz"), image, { mode: 0o400 });
      if (sums !== undefined) writeFileSync(join(mirror, "SHA256SUMS"), sums);
      const env = { ...process.env, KERNEL_MIRROR: mirror };
      const { status, stderr } = spawnSync(script("lab.sh"), [name, out], { env, encoding: "utf8" });
      const copied = existsSync(join(out, name))
        ? readFileSync(join(out, name, "vmlinuz"), "utf8")
        : undefined;
      const left = existsSync(out)
        ? readdirSync(out).filter((file) => file !== name && file !== ".build")
        : [];
      return { status, stderr, copied, left };
    });
  }

  test.each([
    ["without checksums", undefined],
    ["with the right one", `${"0".repeat(64)}  lab-2.0/vmlinuz\n${sum}  lab-1.0/vmlinuz\n`],
  ])("copies a kernel %s", async (_, sums) => {
    expect(await take(sums)).toMatchObject({ status: 0, copied: image, left: [] });
  });

  test.each([
    ["one that was changed", `${"0".repeat(64)}  lab-1.0/vmlinuz\n`, "is damaged"],
    ["one that is not listed", `${sum}  lab-2.0/vmlinuz\n`, "does not list lab-1.0"],
  ])("refuses %s, and leaves nothing behind", async (_, sums, said) => {
    const { status, stderr, copied, left } = await take(sums);
    expect(status).not.toBe(0);
    expect(stderr).toContain(said);
    expect([copied, left]).toEqual([undefined, []]);
  });

  test("what the mirror does not have and cannot be built here is refused", async () => {
    const { status, stderr, copied } = await take(undefined, "lab-6.12-riscv");
    expect([status, copied]).toEqual([1, undefined]);
    expect(stderr).toContain("`lab-6.12-riscv` is not in a mirror");
  });
});

describe("lists.sh", () => {
  const lists = ["injectable.txt", "traceable.txt", "syscalls.txt", "vmlinux.btf"];

  test("takes from the booted kernel what its folder holds", { timeout: 300_000 }, async () => {
    const lab = made("lab-6.12");
    await inFolder((folder) => {
      copyFileSync(join(lab, "vmlinuz"), join(folder, "vmlinuz"));
      const ran = spawnSync(script("lists.sh"), [folder], { encoding: "utf8" });
      expect([ran.status, ran.stderr]).toEqual([0, ""]);
      for (const list of lists) {
        expect(Buffer.compare(readFileSync(join(folder, list)), readFileSync(join(lab, list))), list).toBe(0);
      }
    });
  });

  test("says so where the image does not boot", { timeout: 300_000 }, async () => {
    await inFolder((folder) => {
      writeFileSync(join(folder, "vmlinuz"), "no image");
      const { status, stderr } = spawnSync(script("lists.sh"), [folder], { encoding: "utf8" });
      expect(status).toBe(1);
      expect(stderr).toContain("was booted and gave no injectable.txt");
      expect(readdirSync(folder)).toEqual(["vmlinuz"]);
    });
  });
});

test("profiles.sh makes the built-in profiles, byte for byte", async () => {
  await inFolder((work) => {
    const env = { ...process.env, KERNEL_MIRROR: join(work, "kernels") };
    const kernel = join(work, "kernels/lab-6.12");
    mkdirSync(kernel, { recursive: true });
    const packed = readdirSync(join(builtIn, "lab-6.12"));
    for (const file of packed) {
      const unpacked = spawnSync("gzip", ["-dc", join(builtIn, "lab-6.12", file)], { maxBuffer: 2 ** 30 });
      writeFileSync(join(kernel, file.slice(0, -3)), unpacked.stdout);
    }
    expect(spawnSync(script("profiles.sh"), [join(work, "out"), "lab-6.12"], { env }).status).toBe(0);
    for (const file of packed) {
      const again = readFileSync(join(work, "out/lab-6.12", file));
      expect(Buffer.compare(again, readFileSync(join(builtIn, "lab-6.12", file))), file).toBe(0);
    }
    const sums = readFileSync(join(builtIn, "SHA256SUMS"), "utf8").split("\n");
    const ours = sums.filter((line) => line.includes("  lab-6.12/"));
    expect(readFileSync(join(work, "out/SHA256SUMS"), "utf8").trim().split("\n")).toEqual(ours);
  });
});

test("syscalls.sh makes the common list of system calls, byte for byte", async () => {
  await inFolder((work) => {
    const names = readdirSync(builtIn).filter((name) => name.startsWith("lab-"));
    const oldestFirst = names.sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
    expect(spawnSync(script("syscalls.sh"), [work, builtIn, ...oldestFirst]).status).toBe(0);
    for (const file of ["x86_64.txt", "arm64.txt"]) {
      expect(readFileSync(join(work, file), "utf8"), file).toBe(
        readFileSync(script(`syscalls/${file}`), "utf8"),
      );
    }
  });
});
