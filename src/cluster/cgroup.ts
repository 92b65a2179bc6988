/**
 * Where a container's cgroup lies. Pods: pkg/kubelet/cm of Kubernetes (qos_container_manager_linux.go,
 * pod_container_manager_linux.go, cgroup_manager_linux.go); containers: cgroupsPath() of containerd's CRI plugin,
 * internal/config/cgmgr of CRI-O, and Docker's, as cri-dockerd uses it.
 */

import type { Container, Pod } from "./object.js";

export const drivers = ["systemd", "cgroupfs"] as const;
export type Driver = (typeof drivers)[number];

export const versions = ["2", "hybrid", "1"] as const;
export type Version = (typeof versions)[number];

/** What pods do not tell of their nodes. */
export interface Layout {
  readonly driver: Driver;
  readonly version: Version;
  /** The kubelet's `cgroupRoot`. */
  readonly root: string;
}

/** Where the hierarchies are mounted; of version 1's, which all have the same folders, one. */
export const mounts: Readonly<Record<Version, string>> = {
  "2": "/sys/fs/cgroup",
  hybrid: "/sys/fs/cgroup/unified",
  "1": "/sys/fs/cgroup/memory",
};

/** The kubelet's steps below its root. */
const classes: Readonly<Record<string, readonly string[]>> = {
  Guaranteed: ["kubepods"],
  Burstable: ["kubepods", "burstable"],
  BestEffort: ["kubepods", "besteffort"],
};

/** What each runtime calls a container's own cgroup. */
const runtimes: Readonly<Record<string, Readonly<Record<Driver, (id: string) => string>>>> = {
  containerd: { cgroupfs: (id) => id, systemd: (id) => `cri-containerd-${id}.scope` },
  "cri-o": { cgroupfs: (id) => `crio-${id}`, systemd: (id) => `crio-${id}.scope` },
  docker: { cgroupfs: (id) => id, systemd: (id) => `docker-${id}.scope` },
};

/** A static pod's own uid is its configuration's hash; the API server gives its mirror another. */
function uidOf({ uid, annotations }: Pod): string {
  const isMirror = annotations["kubernetes.io/config.mirror"] !== undefined;
  return (isMirror && annotations["kubernetes.io/config.hash"]) || uid;
}

/** The path below the mount, or in words why there is none to be told. */
export function cgroupOf(
  pod: Pod,
  { id }: Container,
  { driver, root }: Layout,
): { readonly path: string } | { readonly problem: string } {
  const [runtime, own] = id?.split("://") ?? [];
  const name = runtimes[runtime ?? ""]?.[driver];
  const below = classes[pod.qos];
  if (!own || !name) return { problem: `its id is \`${id ?? ""}\`` };
  if (!/^\w+(?:-+\w+)*$/.test(own) || !/^[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*$/.test(uidOf(pod)))
    return { problem: "its id or the pod's uid is none" };
  if (!below) return { problem: `its pod has the class \`${pod.qos}\`` };
  const steps = [...root.split("/").filter((step) => step !== ""), ...below, `pod${uidOf(pod)}`];
  const folders = driver === "systemd" ? slices(steps) : steps;
  return { path: [...folders, name(own)].join("/") };
}

/** systemd's slices have all steps from the root in their names, joined by `-`, which none may have in it. */
function slices(steps: readonly string[]): string[] {
  const names = steps.map((step) => step.replaceAll("-", "_"));
  return names.map((_, i) => `${names.slice(0, i + 1).join("-")}.slice`);
}
