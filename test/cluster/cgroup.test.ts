import { expect, test } from "vitest";
import { cgroupOf, type Driver } from "../../src/cluster/cgroup.js";
import type { Pod } from "../../src/cluster/object.js";

const uid = "0b1c2d3e-0001-4002-8003-00000000abcd";
const slice = "0b1c2d3e_0001_4002_8003_00000000abcd";

function path(driver: Driver, qos: string, id: string, more: Partial<Pod> & { readonly root?: string } = {}) {
  const { root = "/", ...rest } = more;
  const pod = { uid, qos, annotations: {}, ...rest } as Pod;
  const found = cgroupOf(pod, { name: "c", id, running: true }, { driver, root, version: "2" });
  return "path" in found ? found.path : found;
}

test.each<[Driver, string, string, string]>([
  [
    "systemd",
    "Guaranteed",
    "containerd://a1",
    `kubepods.slice/kubepods-pod${slice}.slice/cri-containerd-a1.scope`,
  ],
  [
    "systemd",
    "Burstable",
    "cri-o://a1",
    `kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${slice}.slice/crio-a1.scope`,
  ],
  [
    "systemd",
    "BestEffort",
    "docker://a1",
    `kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod${slice}.slice/docker-a1.scope`,
  ],
  ["cgroupfs", "Guaranteed", "containerd://a1", `kubepods/pod${uid}/a1`],
  ["cgroupfs", "Burstable", "docker://a1", `kubepods/burstable/pod${uid}/a1`],
  ["cgroupfs", "BestEffort", "cri-o://a1", `kubepods/besteffort/pod${uid}/crio-a1`],
])("%s, %s, %s", (driver, qos, id, expected) => {
  expect(path(driver, qos, id)).toBe(expected);
});

test("a static pod goes by its configuration's hash, and no other pod does", () => {
  const hash = { "kubernetes.io/config.hash": "5f0d" };
  const mirror = { ...hash, "kubernetes.io/config.mirror": "5f0d" };
  expect(path("cgroupfs", "Burstable", "containerd://a1", { annotations: mirror })).toBe(
    "kubepods/burstable/pod5f0d/a1",
  );
  expect(path("cgroupfs", "Burstable", "containerd://a1", { annotations: hash })).toContain(uid);
});

test("the kubelet's root stands before all, and in every slice's name", () => {
  const root = "/kube-let/x";
  expect(path("cgroupfs", "Guaranteed", "containerd://a1", { root })).toBe(
    `kube-let/x/kubepods/pod${uid}/a1`,
  );
  expect(path("systemd", "Guaranteed", "containerd://a1", { root })).toBe(
    `kube_let.slice/kube_let-x.slice/kube_let-x-kubepods.slice/kube_let-x-kubepods-pod${slice}.slice/cri-containerd-a1.scope`,
  );
});

test.each([
  ["rkt://a1", "Burstable", uid],
  ["containerd://", "Burstable", uid],
  ["containerd://../../a", "Burstable", uid],
  ["containerd://a1", "", uid],
  ["containerd://a1", "Burstable", "../x"],
  ["containerd://a1", "Burstable", `${uid}--`],
  ["containerd://a1", "Burstable", `-${uid}`],
  ["containerd://a1-", "Burstable", uid],
])("%s of class %j in %s has no place", (id, qos, other) => {
  expect(path("systemd", qos, id, { uid: other })).toHaveProperty("problem");
});
