/** Image layouts as bpfman and Inspektor Gadget publish theirs, and through a registry and back. */

import { readdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { digest } from "../../src/build/verify.js";
import { lastingFolder, removeFolder } from "../build/fixture.js";
import { codes, injectc } from "../cli/run.js";
import { spec } from "../cli/specs.js";

const formats = ["oci-bpfman", "oci-gadget"] as const;
let cwd: string;

beforeAll(async () => {
  cwd = await lastingFolder();
  const write = (name: string, text: string) => writeFile(join(cwd, name), text);
  await write(
    "both.yaml",
    spec("both").replace("spec:", "spec:\n  trigger: { times: 3, space: 64, once-per-stack: true }"),
  );
  await write("aimed.yaml", spec("aimed").replace("spec:", "spec:\n  target: { comm: [cat], uid: [7] }"));
  await write(
    "hook.yaml",
    "apiVersion: injectc.dev/v1\nkind: Injection\nmetadata: { name: hook }\nspec: { fault: security_file_open, return: EIO }\n",
  );
  const build = (name: string, ...words: string[]) =>
    injectc(["build", name, "--no-loader", ...words], { cwd });
  const built = await Promise.all([
    build("both.yaml", "-k", "lab-6.12", "-k", "lab-6.12-arm64", "--backend", "override"),
    build("aimed.yaml", "-k", "lab-6.12", "--backend", "override"),
    build("hook.yaml", "-k", "lab-6.12"),
  ]);
  expect(built.map(({ exit }) => exit)).toEqual([0, 0, 0]);
  for (const format of formats) {
    const run = await injectc(["export", "both.bundle", "--to", format, "-o", format], { cwd });
    expect([run.exit, run.stderr]).toEqual([0, expect.stringContaining("warning[every-task]")]);
  }
});

afterAll(() => removeFolder(cwd));

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly platform: unknown;
}

async function blob(layout: string, { digest: sha256, size }: Descriptor): Promise<Buffer> {
  const data = await readFile(join(cwd, layout, "blobs", sha256.replace(":", "/")));
  expect([`sha256:${digest(data)}`, data.length]).toEqual([sha256, size]);
  return data;
}

async function json(layout: string, descriptor: Descriptor) {
  return JSON.parse((await blob(layout, descriptor)).toString());
}

/** The layout's only index, and the manifests in it, by architecture. */
async function manifests(layout: string) {
  const top = JSON.parse(await readFile(join(cwd, layout, "index.json"), "utf8"));
  expect(JSON.parse(await readFile(join(cwd, layout, "oci-layout"), "utf8"))).toEqual({
    imageLayoutVersion: "1.0.0",
  });
  expect([top.schemaVersion, top.manifests.length]).toEqual([2, 1]);
  const index = await json(layout, top.manifests[0]);
  expect(index).toMatchObject({ schemaVersion: 2, mediaType: "application/vnd.oci.image.index.v1+json" });
  expect(index.manifests.map(({ platform }: Descriptor) => platform)).toEqual([
    { architecture: "arm64", os: "linux" },
    { architecture: "amd64", os: "linux" },
  ]);
  const found = await Promise.all(index.manifests.map((descriptor: Descriptor) => json(layout, descriptor)));
  for (const manifest of found)
    expect(manifest).toMatchObject({
      schemaVersion: 2,
      mediaType: "application/vnd.oci.image.manifest.v1+json",
    });
  return { arm64: found[0], amd64: found[1] };
}

async function object(arch: string): Promise<Buffer> {
  const { stdout } = await execa("tar", ["xOf", "both.bundle", `objects/override-${arch}.bpf.o`], {
    cwd,
    encoding: "buffer",
  });
  return Buffer.from(stdout);
}

test("bpfman gets one layer whose only file is the object, and labels of programs and maps", async () => {
  const { amd64, arm64 } = await manifests("oci-bpfman");
  for (const [manifest, arch] of [
    [amd64, "x86_64"],
    [arm64, "arm64"],
  ]) {
    expect(manifest.layers.map(({ mediaType }: Descriptor) => mediaType)).toEqual([
      "application/vnd.oci.image.layer.v1.tar+gzip",
    ]);
    const layer = await blob("oci-bpfman", manifest.layers[0]);
    const list = await execa("tar", ["tzf", "-"], { input: layer });
    expect(list.stdout).toBe("both.bpf.o");
    const inside = await execa("tar", ["xzOf", "-"], { input: layer, encoding: "buffer" });
    expect(Buffer.compare(inside.stdout, await object(arch))).toBe(0);
    expect(manifest.config.mediaType).toBe("application/vnd.oci.image.config.v1+json");
    const config = await json("oci-bpfman", manifest.config);
    expect(config.rootfs).toEqual({ type: "layers", diff_ids: [`sha256:${digest(gunzipSync(layer))}`] });
    const { Labels: labels } = config.config;
    expect(JSON.parse(labels["io.ebpf.programs"])).toEqual({
      end_task: "probe",
      enter_d_alloc_parallel: "probe",
      leave_d_alloc_parallel: "probe",
      fail_should_failslab: "probe",
    });
    expect(JSON.parse(labels["io.ebpf.maps"])).toEqual({
      targets: "hash",
      chains: "task_storage",
      noted: "lru_hash",
      injections: "ringbuf",
      stacks: "stack_trace",
      failed_stacks: "hash",
    });
    expect(JSON.parse(labels["dev.injectc.attach"])).toMatchObject({
      leave_d_alloc_parallel: "kretprobe/d_alloc_parallel",
      fail_should_failslab: "kprobe/should_failslab",
    });
  }
});

test("Inspektor Gadget gets the object as it is, and settings that it can find as parameters", async () => {
  const { amd64, arm64 } = await manifests("oci-gadget");
  for (const [manifest, arch] of [
    [amd64, "x86_64"],
    [arm64, "arm64"],
  ]) {
    expect(manifest).toMatchObject({
      artifactType: "application/vnd.gadget.v1+binary",
      config: { mediaType: "application/vnd.gadget.config.v1+yaml" },
      layers: [{ mediaType: "application/vnd.gadget.ebpf.program.v1+binary" }],
      annotations: { "org.opencontainers.image.title": "both" },
    });
    expect(manifest.layers).toHaveLength(1);
    const program = await blob("oci-gadget", manifest.layers[0]);
    expect(Buffer.compare(program, await object(arch))).toBe(0);
    const { params, ...rest } = parse((await blob("oci-gadget", manifest.config)).toString());
    expect(rest).toEqual({ name: "both", description: expect.stringContaining("should_failslab()") });
    expect(Object.entries(params.ebpf).map(([name, row]) => [name, row])).toEqual([
      ["probability", { key: "probability", defaultValue: "4294967296", description: expect.any(String) }],
      ["times", { key: "times", defaultValue: "3", description: expect.any(String) }],
      ["interval", { key: "interval", defaultValue: "1", description: expect.any(String) }],
      ["space", { key: "space", defaultValue: "64", description: expect.any(String) }],
      ["observe", { key: "observe", defaultValue: "0", description: expect.any(String) }],
      ["target_kinds", { key: "target_kinds", defaultValue: "31", description: expect.any(String) }],
    ]);
    // What makes a variable a parameter: a global `const void *` of that name (validateGlobalConstVoidPtrVar()).
    const path = join(cwd, "gadget.o");
    await writeFile(path, program);
    const dump = JSON.parse((await execa("bpftool", ["btf", "dump", "file", path, "-j"])).stdout).types;
    for (const name of Object.keys(params.ebpf)) {
      const variable = dump.find((type: { name: string }) => type.name === `gadget_param_${name}`);
      expect(variable).toMatchObject({ kind: "VAR", linkage: "global" });
      const pointer = dump[variable.type_id - 1];
      const target = dump[pointer.type_id - 1];
      expect([pointer.kind, target.kind, target.type_id]).toEqual(["PTR", "CONST", 0]);
      const setting = dump.find(
        (type: { kind: string; name: string }) => type.kind === "VAR" && type.name === name,
      );
      expect(setting).toMatchObject({ linkage: "global" });
    }
  }
});

test("the same bundle gives the same bytes, and nothing is overwritten", async () => {
  for (const format of formats) {
    const words = ["export", "both.bundle", "--to", format, "-o"];
    expect((await injectc([...words, `${format}-again`], { cwd })).exit).toBe(0);
    await expect(execa("diff", ["-r", format, `${format}-again`], { cwd })).resolves.toMatchObject({
      stdout: "",
    });
    const over = await injectc([...words, format, "--json"], { cwd });
    expect([over.exit, codes(over)]).toEqual([1, ["occupied"]]);
  }
});

test("--arch leaves one image", async () => {
  const run = await injectc(["export", "both.bundle", "--to", "oci-gadget", "--arch", "arm64", "-o", "one"], {
    cwd,
  });
  expect(run.exit).toBe(0);
  expect(await readdir(join(cwd, "one/blobs/sha256"))).toHaveLength(4);
});

test.each(formats)("%s: what it cannot do is said", async (format) => {
  const aimed = await injectc(["export", "aimed.bundle", "--to", format, "--json"], { cwd });
  expect([aimed.exit, codes(aimed)]).toEqual([1, ["lost-target"]]);
  expect(JSON.parse(aimed.stdout).diagnostics[0].message).toMatch(/names comm cat, uid 7$/);
  const hook = await injectc(["export", "hook.bundle", "--to", format], { cwd });
  expect([hook.exit, hook.stdout]).toEqual([1, ""]);
  expect(hook.stderr).toMatch(/error\[no-object\].*knows no fmod_ret programs\n/);
  expect(hook.stderr).toMatch(/help: security_file_open\(\) can be failed by fmod_ret alone/);
  expect(hook.stderr).not.toContain("every-task");
  expect(await readdir(cwd)).not.toContain(`hook-${format}`);
});

test("a registry gives back the same bytes", async () => {
  const port = await freePort();
  const config = join(cwd, "registry.yml");
  const storage = JSON.stringify({ filesystem: { rootdirectory: join(cwd, "registry") } });
  await writeFile(
    config,
    `version: 0.1\nlog: { level: error }\nstorage: ${storage}\nhttp: { addr: "127.0.0.1:${port}" }\n`,
  );
  const registry = execa("docker-registry", ["serve", config], { reject: false });
  try {
    await expect
      .poll(
        () =>
          fetch(`http://127.0.0.1:${port}/v2/`).then(
            (r) => r.status,
            () => 0,
          ),
        { timeout: 10_000 },
      )
      .toBe(200);
    for (const format of formats) {
      const remote = `docker://127.0.0.1:${port}/${format}:1`;
      const copy = ["copy", "--all", "--preserve-digests", "--quiet"];
      await execa("skopeo", [...copy, "--dest-tls-verify=false", `oci:${format}`, remote], { cwd });
      await execa("skopeo", [...copy, "--src-tls-verify=false", remote, `oci:${format}-back:latest`], {
        cwd,
      });
      await expect(
        execa("diff", ["-r", `${format}/blobs`, `${format}-back/blobs`], { cwd }),
      ).resolves.toMatchObject({ stdout: "" });
      const raw = await execa("skopeo", ["inspect", "--raw", "--tls-verify=false", remote], {
        stripFinalNewline: false,
      });
      const top = JSON.parse(await readFile(join(cwd, format, "index.json"), "utf8"));
      expect(`sha256:${digest(Buffer.from(raw.stdout))}`).toBe(top.manifests[0].digest);
    }
  } finally {
    registry.kill();
    await registry;
  }
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
