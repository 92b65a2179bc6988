/** Light skeletons on arm64: the kernel loads by one that its keyring vouches for, and refuses what was changed. */

import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { type BundleFiles, readTar } from "../../../src/build/tar.js";
import { packageRoot } from "../../../src/root.js";
import { bootAll } from "../../../src/vm/boot.js";
import { bundles } from "../loader/guest.js";
import { signedAnew } from "./signed.js";

const here = import.meta.dirname;
const name = "debian-7.3-arm64";
const kernel = join(packageRoot, "out/kernels", name);

test(name, { timeout: 600_000 }, async () => {
  const options = ["--skeletons", "--no-loader"];
  const spec = join(here, "chained.yaml");
  const folder = await bundles([{ spec, kernels: [kernel], backends: ["fmod_ret"], options }]);
  const at = (file: string) => join(folder, file);
  const certificate = at("inject.crt");
  const bundle = at("bundles/fmod_ret/chained.bundle");
  const files = readTar(readFileSync(bundle)) as BundleFiles;
  const path = "skeletons/fmod_ret-arm64/metadata";
  const data = Buffer.from(files.get(path)!);
  data[data.length - 4]! ^= 1;
  const changed = await signedAnew(folder, "changed", new Map([...files, [path, data]]));
  await execa("aarch64-linux-gnu-gcc", ["-static", join(here, "enroll.c"), "-o", at("enroll")]);

  const mkdir = "mkdir /tmp/one /tmp/two; rmdir /tmp/one /tmp/two 2>/dev/null; true";
  const enroll = `[ $1 != before ] || /sbin/enroll /sbin/inject.der || exit\n${mkdir}`;
  const run = {
    ...{ certificate, loader: join(packageRoot, "out/inject-load-arm64") },
    loaderArguments: ["--cgroup", "/sys/fs/cgroup/workload", "--keyring", "user"],
  };
  const file = { kind: "file", mode: 0o755 } as const;
  const der = new X509Certificate(readFileSync(certificate)).raw;
  const reports = await bootAll({ name, arch: "arm64", image: join(kernel, "vmlinuz") }, [
    {
      ...{ ...run, bundle, workload: mkdir },
      files: [
        { ...file, path: "sbin/enroll", data: readFileSync(at("enroll")) },
        { ...file, path: "sbin/inject.der", data: der },
      ],
    },
    { ...run, bundle, workload: enroll },
    { ...run, bundle: changed, workload: mkdir },
  ]);

  const [stranger, vouched, refused] = reports;
  expect(stranger?.reason).toMatch(/^inject-load refused \(verify\): .* no key in the keyring `user`/);
  expect(vouched).toMatchObject({
    ...{ reason: null, counters: { injected: 1, frames: [{ function: "vfs_mkdir", passed: 2 }] } },
    phases: {
      before: { exit: 0, stderr: "" },
      attached: { stderr: "mkdir: can't create directory '/tmp/one': Permission denied\n" },
      after: { stderr: "" },
    },
  });
  expect(vouched?.loader[0]).toMatchObject({ event: "attached", checked: { by: "kernel", keyring: "user" } });
  const why = "its signature is not over these bytes";
  expect(refused?.reason).toBe(
    `inject-load refused (verify): the kernel refuses the skeleton of \`objects/fmod_ret-arm64.bpf.o\`: ${why}`,
  );
});
