import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { test } from "vitest";
import { withTempFolder } from "../../../src/build/temp.js";
import { packageRoot } from "../../../src/root.js";
import { injectc } from "../../cli/run.js";
import { made } from "../../kernel/lab.js";

test.concurrent("compat --boot tells what was seen from what was not, on each kernel", {
  timeout: 600_000,
}, async ({ expect }) => {
  await withTempFolder(async (folder) => {
    const idle = join(folder, "idle.yaml");
    const proof = "proof: { run: echo nothing happens, attached: EPERM }";
    writeFileSync(
      idle,
      `apiVersion: injectc.dev/v1\nkind: Injection\nmetadata: { name: idle }\nspec: { fault: security_sb_statfs, return: EPERM, ${proof} }\n`,
    );
    const example = (name: string) => join(packageRoot, "examples", name);
    const specs = [example("open-denied.yaml"), idle, example("fail-mount.json")];
    const page = join(folder, "page.html");
    const ran = await injectc([
      "compat",
      ...specs,
      "-k",
      "lab-6.12",
      "-k",
      "debian",
      "--boot",
      "--html",
      page,
      "--json",
    ]);
    const { cells } = JSON.parse(ran.stdout);
    const verdicts = cells.map(({ spec, verdict }: { spec: string; verdict: string }) => [spec, verdict]);
    expect([ran.exit, verdicts]).toEqual([
      0,
      [
        ["open-denied", "fires"],
        ["open-denied", "fires"],
        ["idle", "no effect"],
        ["idle", "no effect"],
        ["fail-mount", "fires"],
        ["fail-mount", "no"],
      ],
    ]);
    const text = readFileSync(page, "utf8");
    expect(text).toContain(">no effect</a>");
    expect(text).toContain("if another workload is what comes to the fault, `spec.proof`");
    expect(text).toContain("the workload stood for pid 1234, which only a node has");
  });
});

test.concurrent("kernel add --boot asks the kernel for what nothing else tells", {
  timeout: 600_000,
}, async ({ expect }) => {
  await withTempFolder(async (folder) => {
    const lab = made("lab-6.12");
    const env = { XDG_CACHE_HOME: join(folder, "cache") };
    mkdirSync(join(folder, "kernel"));
    for (const file of ["vmlinuz", "config"]) copyFileSync(join(lab, file), join(folder, "kernel", file));
    const added = await injectc(["kernel", "add", join(folder, "kernel"), "--boot", "--json"], { env });
    expect([added.exit, added.stderr]).toEqual([0, ""]);
    const { folder: profile, facts } = JSON.parse(added.stdout);
    expect(facts).toMatchObject({
      config: "read",
      "injectable.txt": "booted",
      "traceable.txt": "booted",
      "syscalls.txt": "booted",
    });
    for (const list of ["injectable.txt", "traceable.txt", "syscalls.txt"]) {
      const told = gunzipSync(readFileSync(join(profile, `${list}.gz`)));
      expect(Buffer.compare(told, readFileSync(join(lab, list))), list).toBe(0);
    }
  });
});
