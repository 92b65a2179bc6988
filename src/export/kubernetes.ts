/** The objects by which a cluster loads a bundle on some of its nodes. */

import { createHash } from "node:crypto";
import { stringify } from "yaml";
import type { Manifest } from "../build/manifest.js";
import { mounts } from "../cluster/cgroup.js";
import { byNode, type Resolved } from "../cluster/target.js";
import { parseRelease } from "../kernel/release.js";
import type { Site } from "./format.js";
import { line, summary } from "./words.js";

interface Image {
  readonly digest: string;
  /** The bundle's path in it. */
  readonly bundle: string;
}

/** Where things lie in the container. */
const trustFolder = "/etc/inject/trust";
const targetFolder = "/etc/inject/targets";
const cgroupFolder = "/host/cgroup";

/** The targets of each node, one a line. */
export function listsOf({ resolved }: Site): ReadonlyMap<string, string> {
  return new Map(
    [...byNode(resolved.targets)].map(([node, targets]) => [
      node,
      targets.map(({ cgroup }) => `${cgroupFolder}/${cgroup}\n`).join(""),
    ]),
  );
}

/** Objects of one fault, which have a namespace of their own, so that to delete them ends nothing else. */
export function kubernetesText(manifest: Manifest, site: Site, image: Image): string {
  const name = labelOf(manifest);
  const lists = listsOf(site);
  const labels = { "app.kubernetes.io/name": "inject-load", "app.kubernetes.io/instance": name };
  const inNamespace = (object: string) => ({ name: object, namespace: name, labels });
  const objects = [
    {
      apiVersion: "v1",
      kind: "Namespace",
      // What the baseline forbids: the node's processes, a folder of the node's, and further capabilities.
      metadata: { name, labels: { ...labels, "pod-security.kubernetes.io/enforce": "privileged" } },
    },
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: inNamespace("trust"),
      data: { "trust.pem": site.certificates },
    },
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: inNamespace("targets"),
      data: Object.fromEntries(lists),
    },
    {
      apiVersion: "apps/v1",
      kind: "DaemonSet",
      metadata: inNamespace("inject-load"),
      spec: {
        selector: { matchLabels: labels },
        template: {
          // Other targets are other pods.
          metadata: { labels, annotations: { "injectc.dev/targets": hash(JSON.stringify([...lists])) } },
          spec: podSpec(manifest, site, image, [...lists.keys()]),
        },
      },
    },
  ];
  const documents = objects.map((object) =>
    stringify(object, { lineWidth: 0, aliasDuplicateObjects: false, compat: "yaml-1.1" }),
  );
  return `${heading(manifest, site, name)}${documents.join("---\n")}`;
}

/** The least that inject-load needs; see its own words where any of it lacks. */
function podSpec(
  { objects }: Manifest,
  { image, version }: Site,
  { digest, bundle }: Image,
  nodes: readonly string[],
): Record<string, unknown> {
  const isOld = objects.some(({ kernels }) => kernels.some(({ release }) => countsMemory(release)));
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    hostPID: true,
    terminationGracePeriodSeconds: 10,
    tolerations: [{ operator: "Exists" }],
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: nodes.map((node) => ({
            matchFields: [{ key: "metadata.name", operator: "In", values: [node] }],
          })),
        },
      },
    },
    containers: [
      {
        name: "inject-load",
        image: `${image}@${digest}`,
        args: [
          bundle,
          "--trust",
          `${trustFolder}/trust.pem`,
          "--cgroup",
          `@${targetFolder}/$(NODE_NAME)`,
          "--linger",
        ],
        env: [{ name: "NODE_NAME", valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } }],
        resources: { requests: { cpu: "10m", memory: "64Mi" }, limits: { memory: "256Mi" } },
        securityContext: {
          runAsUser: 0,
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"], add: ["BPF", "PERFMON", ...(isOld ? ["SYS_RESOURCE"] : [])] },
          seccompProfile: { type: "Unconfined" },
        },
        volumeMounts: [
          { name: "trust", mountPath: trustFolder, readOnly: true },
          { name: "targets", mountPath: targetFolder, readOnly: true },
          { name: "cgroup", mountPath: cgroupFolder, readOnly: true },
        ],
      },
    ],
    volumes: [
      { name: "trust", configMap: { name: "trust" } },
      { name: "targets", configMap: { name: "targets" } },
      { name: "cgroup", hostPath: { path: mounts[version], type: "Directory" } },
    ],
  };
}

/** Before 5.11, what BPF keeps counts as locked memory, whose limit has to be raised. */
function countsMemory(text: string | null): boolean {
  const release = parseRelease(text ?? "");
  return release !== undefined && release.major * 1000 + release.minor < 5011;
}

/** What a person needs to know who gets the file. */
function heading(manifest: Manifest, { resolved, image }: Site, name: string): string {
  const { durationMs } = manifest;
  const end =
    durationMs === null
      ? "Ends when it is deleted."
      : `Ends by itself after ${durationMs / 1000} s on each node.`;
  const lines = [
    summary(manifest),
    `For ${chosen(resolved)}, by the cluster's state when this was made: make it anew once containers have been restarted.`,
    `${end} A loader that is killed is started again, and begins anew.`,
    "",
    `skopeo copy --all --preserve-digests oci:image docker://${image}`,
    // Otherwise a copy of each object goes into an annotation, which holds 256 KiB.
    "kubectl apply --server-side -f daemonset.yaml",
    `kubectl -n ${name} logs -l app.kubernetes.io/name=inject-load --prefix -f`,
    "kubectl delete -f daemonset.yaml",
  ];
  return `${lines.map((words) => `# ${line(words)}`.trimEnd()).join("\n")}\n`;
}

function chosen({ pods, matching, mode, value, seed }: Resolved): string {
  const how = `mode ${mode}${value === undefined ? "" : ` ${value}`}${seed === undefined ? "" : `, seed ${seed}`}`;
  return `${pods.length} of ${matching} pods (${how})`;
}

/** A name for a namespace, a DNS label: another one for each fault, since names that are like each other make the same label. */
function labelOf({ name, placement }: Manifest): string {
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 40);
  const own = hash(JSON.stringify([placement?.namespace ?? null, name])).slice(0, 6);
  return `inject-${plain.replace(/^-+|-+$/g, "") || "fault"}-${own}`;
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
