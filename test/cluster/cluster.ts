/** A small cluster, as kubectl prints it. */

import { createHash } from "node:crypto";

interface PodOptions {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly uid?: string;
  readonly node?: string;
  readonly phase?: string;
  readonly qos?: string;
  readonly runtime?: string;
  readonly containers?: readonly string[];
  readonly state?: string;
}

const hash = (text: string) => createHash("sha256").update(text).digest("hex");

/** The id of a container, 64 digits as every runtime has them. */
export const idOf = (pod: string, container: string) => hash(`${pod}/${container}`);

export function pod(namespace: string, name: string, options: PodOptions = {}): Record<string, unknown> {
  const { labels, annotations, uid = "0b1c2d3e-0001-4002-8003-00000000abcd", node = "node-a" } = options;
  const { phase = "Running", qos = "Burstable", runtime = "containerd", containers = ["app"] } = options;
  const { state = "running" } = options;
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace, uid, labels, annotations, creationTimestamp: "2026-11-24T12:00:00Z" },
    spec: {
      nodeName: node,
      restartPolicy: "Always",
      schedulerName: "default-scheduler",
      serviceAccountName: "default",
      initContainers: [{ name: "init" }],
      containers: containers.map((container) => ({ name: container, image: "i" })),
    },
    status: {
      phase,
      qosClass: qos,
      podIP: "10.0.0.7",
      podIPs: [{ ip: "10.0.0.7" }],
      // The kubelet sorts them by name.
      containerStatuses: containers.toSorted().map((container) => ({
        name: container,
        containerID: `${runtime}://${idOf(name, container)}`,
        state: { [state]: {} },
      })),
    },
  };
}

export function thing(kind: string, name: string, metadata: Record<string, unknown> = {}): unknown {
  return { apiVersion: "v1", kind, metadata: { name, ...metadata } };
}

export function list(...items: readonly unknown[]): string {
  return JSON.stringify({ apiVersion: "v1", kind: "List", items });
}

export const pods = list(
  pod("demo", "web-1", {
    labels: { app: "web", tier: "front" },
    annotations: { team: "a" },
    qos: "Guaranteed",
  }),
  pod("demo", "web-2", { labels: { app: "web", tier: "back" }, node: "node-b", containers: ["web", "app"] }),
  pod("demo", "db-1", { labels: { app: "db" }, node: "node-b", qos: "BestEffort", runtime: "cri-o" }),
  pod("demo", "done", { labels: { app: "job" }, node: "node-c", phase: "Succeeded", state: "terminated" }),
  pod("other", "web-1", { labels: { app: "web" }, node: "node-c", runtime: "docker" }),
  pod("other", "new", { node: "", phase: "Pending", state: "waiting" }),
  pod("kube-system", "etcd", {
    uid: "99999999-0001-4002-8003-00000000abcd",
    annotations: { "kubernetes.io/config.hash": "5f0d", "kubernetes.io/config.mirror": "5f0d" },
  }),
);

export const nodes = list(
  thing("Node", "node-a", { labels: { disk: "ssd" } }),
  thing("Node", "node-b", { labels: { disk: "ssd", zone: "1" } }),
  thing("Node", "node-c"),
);

export const namespaces = list(
  thing("Namespace", "demo", { annotations: { "chaos-mesh.org/inject": "enabled" } }),
  thing("Namespace", "other", { annotations: { "chaos-mesh.org/inject": "disabled" } }),
  thing("Namespace", "kube-system"),
);

/** A KernelChaos in the namespace `demo`; `placement` are further fields of its `spec`. */
export function chaos(placement: Record<string, unknown>, metadata: Record<string, unknown> = {}): string {
  return JSON.stringify({
    apiVersion: "chaos-mesh.org/v1alpha1",
    kind: "KernelChaos",
    metadata: { name: "web", namespace: "demo", ...metadata },
    spec: {
      mode: "all",
      selector: { labelSelectors: { app: "web" } },
      duration: "30s",
      failKernRequest: { failtype: 0, callchain: [{ funcname: "d_alloc_parallel" }] },
      ...placement,
    },
  });
}
