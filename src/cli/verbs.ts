/** The verbs, one row each. */

import { exportFormats } from "../export/format.js";
import type { OptionRow, Verb } from "./verb.js";

const oneLiner: readonly OptionRow[] = [
  {
    flags: "--mode <MODE>",
    help: "kmalloc, bio or alloc_page: a one-liner of bcc's inject, in place of a file",
  },
  { flags: "--spec <SPEC>", help: "the one-liner: 'f(…)(…) => g()', innermost first" },
  { flags: "-P, --probability <P>", help: "its probability, 0 < P ≤ 1" },
  { flags: "-c, --count <N>", help: "inject at most N times" },
  { flags: "-I, --header <HEADER>", help: "accepted, and not needed", repeat: true },
];

const kernels: OptionRow = {
  flags: "-k, --kernel <KERNEL>",
  help: "a profile, BTF, vmlinux, vmlinuz, a folder of these, RELEASE=PATH, or `running` (the default); repeatable",
  repeat: true,
};

const backend: OptionRow = {
  flags: "--backend <BACKEND>",
  help: "this backend, not the cheapest that works",
  choices: ["fmod_ret", "override"],
};

const workload: OptionRow = {
  flags: "--workload <FILE>",
  help: "a shell script, run with `before`, `attached` and `after`, in place of the spec's proof",
};

const trust: OptionRow = {
  flags: "--trust <CERT>",
  help: "a certificate to trust, PEM; repeatable",
  repeat: true,
};

/** What resolving a KernelChaos needs to know of a cluster. */
const cluster: readonly OptionRow[] = [
  { flags: "--pods <FILE>", help: "what `kubectl get pods -A -o json` prints; `-`: standard input" },
  { flags: "--nodes <FILE>", help: "what `kubectl get nodes -o json` prints, for `nodeSelectors`" },
  {
    flags: "--namespaces <FILE>",
    help: "what `kubectl get namespaces -o json` prints: only those annotated chaos-mesh.org/inject: enabled",
  },
  { flags: "--namespace <NAME>", help: "the namespace of objects that name none (default: default)" },
  { flags: "--target-namespace <NAME>", help: "Chaos Mesh is installed for this namespace alone" },
  { flags: "--seed <TEXT>", help: "draw the same pods again" },
  { flags: "--every-container", help: "of a pod, where no `containerNames` are given; not the first alone" },
  {
    flags: "--cgroup-driver <DRIVER>",
    help: "the kubelet's: systemd (the default) or cgroupfs",
    choices: ["systemd", "cgroupfs"],
  },
  {
    flags: "--cgroup-version <VERSION>",
    help: "what nodes mount: 2 (the default), 1, or hybrid, where systemd mounts both",
    choices: ["2", "1", "hybrid"],
  },
  { flags: "--cgroup-root <PATH>", help: "the kubelet's cgroupRoot (default: /)" },
];

export const verbs: readonly Verb[] = [
  {
    name: "check",
    operands: "[SPEC...]",
    summary: "read specs and bind them to kernels; diagnostics only",
    options: [...oneLiner, kernels, backend],
    load: async () => (await import("./check.js")).check,
  },
  {
    name: "render",
    operands: "[SPEC...]",
    summary: "print the C that a spec becomes",
    options: [...oneLiner, kernels, backend],
    load: async () => (await import("./render.js")).render,
  },
  {
    name: "build",
    operands: "[SPEC...]",
    summary: "compile specs into bundles",
    options: [
      ...oneLiner,
      kernels,
      backend,
      { flags: "-o, --out <DIR>", help: "where NAME.bundle is written (default: here)" },
      {
        flags: "--sign-key <KEY>",
        help: "the private key to sign with, PEM; env:NAME: where the variable says",
      },
      {
        flags: "--sign-cert <CERT>",
        help: "the certificate that belongs to it, PEM, and those that certify it",
      },
      { flags: "--sign-command <WORDS>", help: "in place of a key: a command that signs what it reads" },
      {
        flags: "--skeletons",
        help: "with light skeletons, whose signatures kernels from 6.18 on can check themselves",
      },
      { flags: "--no-loader", help: "leave inject-load out of the bundles" },
      { flags: "--arch <ARCHS>", help: "of the kernels, only those of these: x86_64,arm64" },
    ],
    load: async () => (await import("./build.js")).build,
  },
  {
    name: "verify",
    operands: "<BUNDLE>",
    summary: "check a bundle's signature and every hash",
    options: [trust],
    load: async () => (await import("./verify.js")).verify,
  },
  {
    name: "inspect",
    operands: "<BUNDLE>",
    summary: "show in words what a bundle does, what is in it and who signed it",
    options: [{ ...trust, help: "check it first against this certificate, PEM; repeatable" }],
    load: async () => (await import("./inspect.js")).inspect,
  },
  {
    name: "boot",
    operands: "[BUNDLE|SPEC]",
    summary: "boot each kernel under QEMU and prove the effect; what follows -- goes to inject-load",
    options: [
      ...oneLiner,
      kernels,
      backend,
      workload,
      { flags: "--shell", help: "open a shell in the guest instead" },
      {
        ...trust,
        help: "the certificate that a BUNDLE is signed with; else it is signed anew for the guest",
      },
    ],
    rest: true,
    load: async () => (await import("./boot.js")).boot,
  },
  {
    name: "compat",
    operands: "[SPEC...]",
    summary: "show which specs work on which kernels, and why not",
    options: [
      ...oneLiner,
      kernels,
      backend,
      { flags: "--boot", help: "try each pair in a guest: is it attached, and is its effect seen?" },
      { flags: "--html <FILE>", help: "write a page that needs nothing beside itself" },
    ],
    load: async () => (await import("./compat.js")).compat,
  },
  {
    name: "show",
    operands: "<NAME>",
    summary: "print a function's prototype and what can be done with it, or a type; * and ? list names",
    options: [kernels],
    load: async () => (await import("./show.js")).show,
  },
  {
    name: "kernel",
    operands: "<add|list|show|rm|export> [WHAT...]",
    summary:
      "profiles of kernels: add FILE... (also what was exported), list, show NAME, rm NAME..., export NAME",
    options: [
      { flags: "--name <NAME>", help: "add: the profile's name (default: the kernel's release)" },
      { flags: "--boot", help: "add: boot it under QEMU for the lists that only a running kernel tells" },
      { flags: "-o, --out <FILE>", help: "export: the file (default: NAME.profile.tar.gz)" },
    ],
    load: async () => (await import("./kernel.js")).kernel,
  },
  {
    name: "explain",
    operands: "[CODE|SPEC...]",
    summary:
      "print the page on a diagnostic, or what a spec does in plain words; of nothing: which pages there are",
    options: [...oneLiner, { ...kernels, help: "add what the spec comes to in this kernel; repeatable" }],
    load: async () => (await import("./explain.js")).explain,
  },
  {
    name: "convert",
    operands: "[SPEC...]",
    summary: "print specs in another format's words",
    options: [
      ...oneLiner,
      {
        flags: "--to <FORMAT>",
        help: "native, kernelchaos, inject or bpfki",
        choices: ["native", "kernelchaos", "inject", "bpfki"],
      },
    ],
    load: async () => (await import("./convert.js")).convert,
  },
  {
    name: "export",
    operands: "<BUNDLE>",
    summary: "write a bundle's object as other loaders take it",
    options: [
      { flags: "--to <FORMAT>", help: exportFormats.join(", "), choices: exportFormats },
      { flags: "-o, --out <DIR>", help: "the folder that is made (default: BUNDLE-FORMAT, here)" },
      { ...backend, help: "of the objects, the one of this backend" },
      { flags: "--arch <ARCH>", help: "the one for this: x86_64 or arm64" },
      {
        flags: "-k, --kernel <KERNEL>",
        help: "the one that was made for this kernel, as for `build`, or as the bundle calls it; repeatable",
        repeat: true,
      },
      { ...trust, help: "check it first against this certificate, PEM; repeatable" },
      { flags: "--image <NAME>", help: "daemonset: the name by which nodes pull the image that is made" },
      ...cluster.map((row) => ({ ...row, help: `daemonset: ${row.help}` })),
    ],
    load: async () => (await import("./export.js")).exported,
  },
  {
    name: "targets",
    operands: "[SPEC...]",
    summary: "resolve a KernelChaos to pods and their cgroups, as Chaos Mesh would",
    options: [
      ...cluster,
      { flags: "--for <NODE>", help: "print inject-load's arguments for this node, and nothing else" },
    ],
    load: async () => (await import("./targets.js")).targets,
  },
  {
    name: "keygen",
    operands: "",
    summary: "make a key and a self-signed certificate, for trying things out",
    options: [
      { flags: "-o, --out <DIR>", help: "where inject.key and inject.crt are written (default: here)" },
      {
        flags: "--type <TYPE>",
        help: "rsa (the default), ecdsa or ed25519",
        choices: ["rsa", "ecdsa", "ed25519"],
      },
    ],
    load: async () => (await import("./keygen.js")).keygen,
  },
];
