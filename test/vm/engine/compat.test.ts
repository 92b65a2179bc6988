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
    const proven = (name: string, run: string) => {
      const path = join(folder, `${name}.yaml`);
      const proof = `proof: { run: ${JSON.stringify(run)}, attached: EPERM }`;
      writeFileSync(
        path,
        `apiVersion: injectc.dev/v1\nkind: Injection\nmetadata: { name: ${name} }\nspec: { fault: security_sb_statfs, return: EPERM, ${proof} }\n`,
      );
      return path;
    };
    const idle = proven("idle", "echo nothing happens");
    const print = "echo '<4>WARNING: at a place' >/dev/kmsg; echo '<4>Call Trace:' >/dev/kmsg";
    const warned = proven("warned", `[ $1 != attached ] || { ${print}; }`);
    const example = (name: string) => join(packageRoot, "examples", name);
    const specs = [warned, example("open-denied.yaml"), idle, example("fail-mount.json")];
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
        ["warned", "broke"],
        ["warned", "broke"],
        ["open-denied", "fires"],
        ["open-denied", "fires"],
        ["idle", "no effect"],
        ["idle", "no effect"],
        ["fail-mount", "fires"],
        ["fail-mount", "no"],
      ],
    ]);
    const text = readFileSync(page, "utf8");
    for (const { trial } of cells.slice(0, 2)) {
      expect(trial.lines[1]).toBe(
        "  the kernel complained after the bundle was attached: WARNING: at a place",
      );
      expect(trial.log).toMatch(/WARNING: at a place\n.*Call Trace:/);
      expect(text).toContain(trial.log);
    }
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
