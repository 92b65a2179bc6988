/** What a kernel or a node may refuse, each for real, and what the loader then advises. */

import type { Check } from "./guest.js";

/** The loader without privileges but these. */
const only = (privileges: string) => `before="/sbin/setpriv ${privileges}"; load $b --all; before=; message`;
const neither =
  "load: the kernel refuses to load BPF programs: the loader has neither CAP_BPF nor CAP_PERFMON, nor CAP_SYS_ADMIN: run it as root, or give it the first two\n";
const half = (one: string, other: string) =>
  `load: the kernel refuses to load BPF programs: the loader has ${one}, but not ${other}: give it both, or run it as root\n`;

const noProc =
  "target: /proc does not tell in which PID namespace the loader runs: mount the node's (`mount -t proc proc /proc`; in Kubernetes, `hostPID: true`)\n";

export const refusals: readonly Check[] = [
  { name: "no capability", run: only("--bounding-set=-all"), says: neither },
  { name: "another user", run: only("--reuid=1000"), says: neither },
  {
    name: "another user, where BPF is not kept from them",
    run: `old=$(cat /proc/sys/kernel/unprivileged_bpf_disabled); sysctl -qw kernel.unprivileged_bpf_disabled=0
      ${only("--reuid=1000")}; sysctl -qw kernel.unprivileged_bpf_disabled=$old`,
    says: neither,
  },
  {
    name: "one capability of two",
    run: ["+bpf", "+perfmon"].map((name) => only(`--bounding-set=-all,${name}`)).join("\n"),
    says: half("CAP_BPF", "CAP_PERFMON") + half("CAP_PERFMON", "CAP_BPF"),
  },
  {
    name: "both capabilities, and CAP_SYS_RESOURCE for kernels before 5.11",
    run: `${only("--bounding-set=-all,+bpf,+perfmon,+sys_resource")}; cat words; one; unload; left`,
    says: "inject-load: can't look for other loaders of this bundle: Operation not permitted; that takes CAP_SYS_ADMIN\nhit\n0 programs, 0 links, spared\n",
  },
  {
    name: "a PID namespace",
    run: `before="unshare -pf"; load $b --all; before=; message`,
    says: "target: the loader runs in a PID namespace of its own, where tasks have other numbers than the kernel knows them by: start it in the node's (in Kubernetes, `hostPID: true`)\n",
  },
  {
    // The second is in a namespace of its own besides.
    name: "no /proc",
    run: `echo 'umount -l /proc; exec "$@"' >bare
      for options in -m "-m -pf"; do before="unshare $options sh ./bare"; load $b --all; message; kill $loader 2>/dev/null; wait $loader; done; before=`,
    says: `${noProc}${noProc}`,
  },
  {
    name: "a cgroup of no controller",
    run: "mkdir v1; mount -t cgroup -o none,name=v1 none v1; load $b --cgroup v1; message",
    says: "target: `v1` is a cgroup of version 1 of a hierarchy whose controllers /proc/self/mountinfo does not tell: give the folder below one that has a controller, such as /sys/fs/cgroup/pids\n",
  },
  {
    name: "neither debugfs nor tracefs",
    run: "umount /sys/kernel/debug /sys/kernel/tracing; load $b --all; one; unload; left",
    says: "hit\n0 programs, 0 links, spared\n",
  },
];

const untyped = (run: string, says: Check["says"]): Check => ({
  name: "no BTF",
  run: `mount -t tmpfs none /sys/kernel/btf; load $b --all; ${run}; umount /sys/kernel/btf`,
  says,
});

/** A kernel that does not tell how it numbers the controllers of cgroups. */
export const untoldControllers: Check = {
  name: "no BTF for cgroups of version 1",
  run: `mkdir pids; mount -t cgroup -o pids none pids; mount -t tmpfs none /sys/kernel/btf
    load $b --cgroup pids; message; umount /sys/kernel/btf`,
  says: "target: `pids` is a cgroup of version 1, and this kernel has no BTF (/sys/kernel/btf/vmlinux) to tell its controllers by: give the tasks by --pid, --comm or --uid\n",
};

/** A kernel that does not tell its types: trampolines need it to, and kprobes need the bundle to have them instead. */
export const noBtf: Readonly<Record<"trampoline" | "otherRelease" | "thisRelease", Check>> = {
  trampoline: untyped(
    "message",
    /no BTF \(\/sys\/kernel\/btf\/vmlinux\): it was built without CONFIG_DEBUG_INFO_BTF, or \/sys is not mounted/,
  ),
  otherRelease: untyped(
    "message",
    /no BTF \(\/sys\/kernel\/btf\/vmlinux\), and the bundle has types for 5\.10\.\d+ only: build it for this release, too$/m,
  ),
  thisRelease: untyped(
    "cat words; one; unload; left",
    /^inject-load: this kernel has no BTF; the bundle's types for its release are used \(btf\/override-x86_64-1\.btf\)\nhit\n0 programs, 0 links, spared\n$/,
  ),
};

/** Kernels before 5.11 count what BPF keeps as locked memory. */
export const memlock: Check = {
  name: "too little locked memory",
  run: `ulimit -l 16; ${only("--bounding-set=-sys_resource")}`,
  says: /the limit on locked memory is too small for a kernel before 5\.11: raise it \(`ulimit -l unlimited`\), or give the loader CAP_SYS_RESOURCE\n$/,
};

/** Where the kernel was booted with `lockdown=confidentiality`. */
export const lockdown: readonly Check[] = [
  {
    name: "lockdown",
    run: "mount -t securityfs securityfs /sys/kernel/security; load $b --all; message; left",
    says: "load: the kernel refuses `objects/fmod_ret-x86_64.bpf.o`: the kernel is locked down for confidentiality (/sys/kernel/security/lockdown), where BPF may not read its memory: boot it with `lockdown=integrity` or less\n0 programs, 0 links, spared\n",
  },
];
