/**
 * Light skeletons: kernels check the signatures themselves, by each of the two ways that there are, refuse what was changed
 * though the bundle around it is signed soundly, and, with a security module's program, all else. Others leave it to the loader.
 */

import { existsSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { execa } from "execa";
import { describe, expect, test } from "vitest";
import { clangWords } from "../../../src/build/compile.js";
import { signedBytes } from "../../../src/build/light.js";
import { signManifest } from "../../../src/build/sign.js";
import { type BundleFiles, readTar } from "../../../src/build/tar.js";
import type { Entry } from "../../../src/vm/cpio.js";
import { certificate } from "../../build/pki.js";
import { pems } from "../../build/signers.js";
import { bundles, type Check, tryOut } from "../loader/guest.js";
import { signedAnew } from "./signed.js";

const here = import.meta.dirname;
const kernels = join(here, "../../../out/kernels");
const configOf = (kernel: string) => readFileSync(join(kernels, kernel, "config"), "utf8");
const stock = ["debian-7.2", "debian-7.3"];
// One too old, and one of the right age that is built without; a mirror may have another of that name, which is.
const others = ["lab-6.12", "lab-7.3"].filter((kernel) => existsSync(join(kernels, kernel, "config")));

const made = (spec: string, names: readonly string[]) => ({
  ...{ spec, kernels: names, backends: ["fmod_ret"], options: ["--skeletons", "--no-loader"] },
});
const stockPaths = stock.map((kernel) => join(kernels, kernel));
const folder = await bundles([
  made("locked.yaml", [...stockPaths, ...others]),
  made(join(here, "framed.yaml"), stockPaths),
  made(join(here, "../cases/module/spec.yaml"), stockPaths),
]);
const bundle = "/bundles/fmod_ret/locked.bundle";
const sound = readTar(readFileSync(join(folder, bundle))) as BundleFiles;

/** Bundles that are signed soundly themselves, though something else was done to them before. */
for (const name of [
  "instructions.bpf",
  "instructions-and-metadata.bpf",
  "metadata",
  "instructions.p7s",
  "instructions-and-metadata.p7s",
]) {
  const path = `skeletons/fmod_ret-x86_64/${name}`;
  const data = Buffer.from(sound.get(path)!);
  // Of the instructions some number, of the metadata the end of what it loads, of the signature its last byte.
  data[data.length - (name.endsWith(".p7s") ? 1 : 4)]! ^= 1;
  await signedAnew(folder, `changed-${name}`, new Map([...sound, [path, data]]));
}
const plain = new Map([...sound].filter(([path]) => !path.startsWith("skeletons/")));
await signedAnew(folder, "plain", plain);

/** Other signers: of each curve, and one whom others certify. */
const curves = ["P-256", "P-384", "P-521"];
const authority = { authority: true, uses: "keyCertSign", extended: "" };
for (const curve of curves) {
  await certificate(folder, curve, { key: `ec -pkeyopt ec_paramgen_curve:${curve}` });
  await resigned(curve, curve);
}
await certificate(folder, "root", { ...authority, keyOf: "inject" });
await certificate(folder, "inter", { ...authority, keyOf: "P-384", issuer: "root" });
await certificate(folder, "leaf", { keyOf: "P-256", issuer: "inter" });
await writeFile(join(folder, "chain.crt"), await pems(folder, "leaf", "inter"));
await resigned("chain", "leaf");
await resigned("alone", "leaf", "leaf.crt");

/** The same bundle by another signer, skeletons included; the key is NAME.key. */
async function resigned(name: string, key: string, chain = `${name}.crt`): Promise<void> {
  const signer = { key: join(folder, `${key}.key`), certificate: join(folder, chain) };
  const signatures = ["instructions", "instructions-and-metadata"] as const;
  const own = (file: string) => `skeletons/fmod_ret-x86_64/${file}`;
  const files = new Map(sound);
  for (const covers of signatures) {
    const bytes = signedBytes(covers, sound.get(own(`${covers}.bpf`))!, sound.get(own("metadata"))!);
    const signature = await signManifest(bytes, signer);
    if (!signature.ok) throw new Error(JSON.stringify(signature.diagnostics));
    files.set(own(`${covers}.p7s`), signature.value);
  }
  await signedAnew(folder, name, files, signer);
}

/** What the guest has of the other signers. */
const trusted = [...curves, "root", "inter"];

/** The security module's program, and what attaches it. */
const admit = join(folder, "admit");
await execa("clang-19", [...clangWords("x86_64"), "-c", join(here, "admit.bpf.c"), "-o", `${admit}.o`]);
await execa("gcc", ["-static", join(here, "admit.c"), "-o", admit, "-lbpf", "-lelf", "-lz"]);
const given = (path: string, mode: number): Entry => ({
  ...{ kind: "file", path: `sbin/${basename(path)}`, mode },
  data: readFileSync(path),
});

/** Who checked, as the loader tells. */
const checkedBy = `grep -o '"checked":{[^}]*}' said`;
const withKeyring = (run: string, words = "--all") => `load $b ${words} --keyring user; ${run}; unload`;
const refusedBy = (name: string) => `load /bundles/more/${name}.bundle --all --keyring user; message; left`;
const key = `grep -v -- ----- /trust.pem | base64 -d | keyctl padd asymmetric inject @u >/dev/null`;
/** A keyring of one certificate: whether a bundle is loaded by it, or why not; the loader trusts it, too, or another. */
const vouchedBy = (name: string, by: string, trusted = by) => `ring=$(keyctl newring ring @u)
  grep -v -- ----- /sbin/${by}.crt | base64 -d | keyctl padd asymmetric ca $ring >/dev/null
  load /bundles/more/${name}.bundle --all --keyring $ring --trust /sbin/${trusted}.crt; one; message | grep -o 'no key in the keyring'; unload 2>/dev/null`;
const unknown = "spared\nno key in the keyring\n";
const byKernel = '"checked":{"by":"kernel","keyring":"user"}\n';
const gone = "0 programs, 0 links, spared\n";
const object = "objects/fmod_ret-x86_64.bpf.o";
const because = (why: string) => `verify: the kernel refuses the skeleton of \`${object}\`: ${why}\n${gone}`;
const notSigned = because("its signature is not over these bytes");

/** What does not depend on what signatures are over. */
const general: readonly Check[] = [
  {
    name: "without being asked",
    run: `load $b --all; one; unload; ${checkedBy}; left`,
    says: `hit\n${gone}`,
  },
  {
    name: "targets",
    run: `${withKeyring("one", "--uid 0")}; ${withKeyring("one", "--uid 1000")}; ${withKeyring("one", "--uid 0 $(seq 2000 3100 | sed 's/^/--uid /')")}`,
    says: "hit\nspared\nhit\n",
  },
  {
    name: "settings",
    run: `${withKeyring("one; one", "--all --times 1")}; ${withKeyring("inject-load --set observe=1 $b; one; inject-load --stop $b")}; reason`,
    says: "hit\nspared\nspared\nsignal\n",
  },
  {
    name: "a second loader",
    run: withKeyring("(load $b --all --keyring user; message | sed 's/[0-9][0-9]*/N/')"),
    says: /^load: process N has this bundle loaded already/,
  },
  {
    name: "events",
    run: `${withKeyring("one", "--all --events")}; grep -c '"event":"injection".*"dentry->d_name.name":"one"' said`,
    says: "hit\n1\n",
  },
];

/** On a kernel that checks signatures; `covers` is what they are over. */
function checks(covers: "instructions" | "instructions-and-metadata"): readonly Check[] {
  const both = covers === "instructions-and-metadata";
  return [
    {
      name: "no key",
      run: `load $b --all --keyring user; message; left`,
      says: /^verify: the kernel has no key in the keyring `user` that vouches for the skeleton's signer: add the certificate .*\n0 programs, 0 links, spared\n$/,
    },
    {
      name: "no keyring",
      run: `load $b --all --keyring 12345; message`,
      says: "verify: the kernel does not find the keyring `12345`\n",
    },
    {
      name: "a key",
      run: `${key}; ${withKeyring("one")}; ${checkedBy}; left`,
      says: `hit\n${byKernel}${gone}`,
    },
    ...(both ? general : []),
    {
      name: "frames",
      run: `b=/bundles/fmod_ret/framed.bundle; ${withKeyring("one; one")}; ${checkedBy}; grep -c '"event":"stack"' said; left; b=${bundle}`,
      says: `hit\nspared\n${byKernel}1\n${gone}`,
    },
    {
      name: "settings and events",
      run: `${withKeyring("inject-load --set times=1 $b; one; one", "--all --events --observe")}; grep -c '"event":"injection".*"observed":true' said`,
      says: "spared\nspared\n1\n",
    },
    {
      name: "a function of a module",
      run: `b=/bundles/fmod_ret/tap-denied.bundle; ${withKeyring("tunctl -t tap7")}; ${checkedBy}; tunctl -t tap7; left; b=${bundle}`,
      says: `tunctl: Operation not permitted\n${byKernel}tap7\n${gone}`,
    },
    ...curves.map((curve): Check => ({ name: curve, run: vouchedBy(curve, curve), says: "hit\n" })),
    { name: "another's key", run: vouchedBy("P-256", "P-384", "P-256"), says: unknown },
    { name: "an authority's key", run: vouchedBy("chain", "root"), says: "hit\n" },
    { name: "an intermediate's key", run: vouchedBy("chain", "inter"), says: "hit\n" },
    { name: "none in between", run: vouchedBy("alone", "root", "inter"), says: unknown },
    { name: "a changed instruction", run: refusedBy(`changed-${covers}.bpf`), says: notSigned },
    { name: "a changed signature", run: refusedBy(`changed-${covers}.p7s`), says: notSigned },
    {
      name: "changed metadata",
      run: refusedBy("changed-metadata"),
      says: both ? notSigned : because("its metadata is not what was signed"),
    },
    {
      name: "no skeleton",
      run: refusedBy("plain"),
      says: new RegExp(
        `^load: \`${object}\` has no skeleton whose signature this kernel \\(.*\\) could check: build the bundle with \`--skeletons\`, or leave out \`--keyring\`\n${gone}$`,
      ),
    },
    {
      name: "a security module that admits only what is signed",
      run: `admit /sbin/admit.o >admits & admits=$!; for i in $(seq 100); do [ -s admits ] && break; usleep 50000; done; cat admits
        load $b --all; message; one; admit /sbin/admit.o 2>&1 | grep -o 'Operation not permitted' | head -n 1
        ${withKeyring("one")}; ${checkedBy}; load /bundles/more/changed-metadata.bundle --all --keyring user; message
        kill $admits; wait $admits 2>/dev/null; load $b --all; one; unload; left`,
      says: `admits only what is signed
load: the kernel refuses to load BPF programs: the loader has the capabilities, so something else forbids it: a security module, a seccomp filter, a lockdown that can't be seen (mount securityfs), or how this kernel was built
spared
Operation not permitted
hit
${byKernel}${(both ? notSigned : because("its metadata is not what was signed")).replace(gone, "")}hit
${gone}`,
    },
  ];
}

/** On a kernel that does not. */
function fallback(why: RegExp): readonly Check[] {
  return [
    {
      name: "the loader's own check",
      run: `${withKeyring("one")}; ${checkedBy}; cat words; left`,
      says: new RegExp(
        `^hit\n"checked":{"by":"loader","why":"${why.source}"}\ninject-load: this kernel \\(.*\\) can't check signatures of BPF programs: ${why.source}; so this loader alone has checked the bundle\n${gone}$`,
      ),
    },
    {
      name: "a bundle that was changed",
      run: `head -c 9000 $b >cut; load cut --all --keyring user; message`,
      says: /^open: this is no bundle: .* is cut short/,
    },
  ];
}

const rows = [...stock, ...others].map((kernel) => {
  if (!/^CONFIG_SYSTEM_DATA_VERIFICATION=y/m.test(configOf(kernel)) || kernel === "lab-6.12")
    return {
      kernel,
      checks: fallback(/it (?:is older than Linux 6\.18|was built without CONFIG_\w+)[^"\n]*/),
    };
  return { kernel, checks: checks(kernel.endsWith("7.2") ? "instructions" : "instructions-and-metadata") };
});

describe.concurrent.each(rows)("$kernel", ({ kernel, checks: all }) => {
  let said: Promise<ReadonlyMap<string, string>> | undefined;
  test.each(all)("$name", async ({ name, says }) => {
    said ??= tryOut(kernel, folder, bundle, all, {
      tools: ["/usr/sbin/bpftool", "/usr/bin/keyctl"],
      files: [
        given(admit, 0o755),
        given(`${admit}.o`, 0o644),
        ...trusted.map((name) => given(join(folder, `${name}.crt`), 0o644)),
      ],
    });
    const text = (await said).get(name);
    if (typeof says === "string") expect(text).toBe(says);
    else expect(text).toMatch(says);
  });
});
