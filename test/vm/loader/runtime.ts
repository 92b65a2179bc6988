/** What a container runtime is told of a pod: the kubelet's and the CRI plugins' part, for what exported pods ask for. */

interface Mount {
  readonly name: string;
  readonly mountPath: string;
  readonly readOnly?: boolean;
}

export interface PodSpec {
  readonly hostPID: boolean;
  readonly containers: readonly {
    readonly args: readonly string[];
    readonly securityContext: {
      readonly runAsUser: number;
      readonly allowPrivilegeEscalation: boolean;
      readonly readOnlyRootFilesystem: boolean;
      readonly capabilities: { readonly drop: readonly string[]; readonly add: readonly string[] };
      readonly seccompProfile: { readonly type: string };
    };
    readonly volumeMounts: readonly Mount[];
  }[];
  readonly volumes: readonly {
    readonly name: string;
    readonly configMap?: { readonly name: string };
    readonly hostPath?: { readonly path: string };
  }[];
}

/** What else a container gets, as containerd's and CRI-O's default configurations have it. */
const own = [
  { destination: "/proc", type: "proc", source: "proc", options: ["nosuid", "noexec", "nodev"] },
  { destination: "/dev", type: "tmpfs", source: "tmpfs", options: ["nosuid", "mode=755", "size=64k"] },
  { destination: "/sys", type: "sysfs", source: "sysfs", options: ["nosuid", "noexec", "nodev", "ro"] },
  {
    destination: "/sys/fs/cgroup",
    type: "cgroup",
    source: "cgroup",
    options: ["nosuid", "noexec", "nodev", "ro"],
  },
];
const masked = [
  "acpi",
  "asound",
  "kcore",
  "keys",
  "latency_stats",
  "timer_list",
  "timer_stats",
  "sched_debug",
  "scsi",
];
const readonly = ["bus", "fs", "irq", "sys", "sysrq-trigger"];

/** config.json of OCI's runtime-spec; ConfigMaps are folders of the guest's, below `maps`. */
export function configOf(
  pod: PodSpec,
  image: { readonly rootfs: string; readonly entrypoint: readonly string[] },
  node: { readonly name: string; readonly maps: string },
  seccomp?: unknown,
): unknown {
  const [container] = pod.containers;
  const { args, securityContext: context, volumeMounts } = container!;
  if (context.capabilities.drop.join() !== "ALL") throw new Error("other capabilities stay");
  const capabilities = context.capabilities.add.map((name) => `CAP_${name}`);
  const binds = volumeMounts.map(({ name, mountPath, readOnly }) => {
    const volume = pod.volumes.find((one) => one.name === name)!;
    const source = volume.hostPath?.path ?? `${node.maps}/${volume.configMap!.name}`;
    const options = ["rbind", "rprivate", readOnly ? "ro" : "rw"];
    return { destination: mountPath, type: "bind", source, options };
  });
  const namespaces = ["mount", "ipc", "uts", "network", "cgroup", ...(pod.hostPID ? [] : ["pid"])];
  return {
    ociVersion: "1.0.2",
    process: {
      user: { uid: context.runAsUser, gid: 0 },
      args: [...image.entrypoint, ...args.map((word) => word.replace("$(NODE_NAME)", node.name))],
      env: [`NODE_NAME=${node.name}`],
      cwd: "/",
      capabilities: { bounding: capabilities, effective: capabilities, permitted: capabilities },
      noNewPrivileges: !context.allowPrivilegeEscalation,
    },
    root: { path: image.rootfs, readonly: context.readOnlyRootFilesystem },
    mounts: [...own, ...binds],
    linux: {
      namespaces: namespaces.map((type) => ({ type })),
      maskedPaths: [...masked.map((name) => `/proc/${name}`), "/sys/firmware"],
      readonlyPaths: readonly.map((name) => `/proc/${name}`),
      ...(seccomp ? { seccomp } : {}),
    },
  };
}
