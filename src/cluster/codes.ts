/** What can go wrong between a KernelChaos and the cgroups that it is for. */

import { defineCode } from "../diagnostic.js";

export const notKubectl = defineCode<{ path: string; command: string; problem: string }>(
  "not-kubectl",
  "error",
  ({ path, command, problem }) => `${path} is not what \`${command}\` prints: ${problem}`,
  `\`injectc targets\` asks no cluster; it reads what kubectl has printed:

    kubectl get pods -A -o json > pods.json
    kubectl get nodes -o json > nodes.json            # only for \`nodeSelectors\`
    kubectl get namespaces -o json > namespaces.json  # only where Chaos Mesh filters namespaces

\`-\` in place of a file is standard input.`,
);

export const noPlacement = defineCode<{ name: string }>(
  "no-placement",
  "error",
  ({ name }) => `\`${name}\` does not say which pods it is for`,
  `Pods are selected by a KernelChaos of Chaos Mesh: its \`selector\`, \`mode\` and \`value\`. The other formats have none of these;
\`injectc convert --to kernelchaos\` makes a KernelChaos of them, whose selector is then to be filled in.`,
);

export const selectorRefused = defineCode<{ problem: string }>(
  "selector-refused",
  "error",
  ({ problem }) => `Chaos Mesh refuses this selector: ${problem}`,
  `The manifest can be applied, but Chaos Mesh would select nothing and record an error in the object's status. It does so where

- \`fieldSelectors\` asks for a field that pods cannot be selected by,
- \`annotationSelectors\` has a key or a value that could not be a label's: it reads them as if they were (at most 63 letters,
  digits, \`-\`, \`_\` and \`.\`),
- \`nodes\` names a node that there is not,
- it is installed for one namespace alone, and the selector names another.`,
);

export const needsNodes = defineCode(
  "needs-nodes",
  "error",
  () => "`nodeSelectors` goes by the labels of nodes, and no nodes are given",
  `Pods say on which node they run, but not what labels it has:

    kubectl get nodes -o json > nodes.json
    injectc targets SPEC --pods pods.json --nodes nodes.json`,
);

export const noPodSelected = defineCode<{ name: string; count: number }>(
  "no-pod-selected",
  "error",
  ({ name, count }) => `\`${name}\` selects none of the ${count} pods`,
  `Chaos Mesh, too, injects nothing then, and says \`no pod is selected\`. The notes tell how many pods each part of the selector
leaves. Namespaces that are not given are the one that the object itself is in, not all. \`--namespace\` says which that is
where the manifest does not; pods.json must come from \`kubectl get pods -A\`, or it has one namespace only.`,
);

export const noSuchPod = defineCode<{ namespace: string; name: string }>(
  "no-such-pod",
  "warning",
  ({ namespace, name }) => `there is no pod ${namespace}/${name}`,
  `The selector's \`pods\` names it. Chaos Mesh leaves out pods that there are not.`,
);

export const noPodDrawn = defineCode<{ most: string }>(
  "no-pod-drawn",
  "warning",
  ({ most }) => `of 0 to ${most} %, 0 % was drawn: no pod is meant this time`,
  `\`random-max-percent\` draws a percentage first, and 0 is one of those that it can draw, in Chaos Mesh, too. \`--seed\` gives
another draw; \`fixed-percent\` always selects something.`,
);

export const notRunning = defineCode<{ container: string }>(
  "not-running",
  "warning",
  ({ container }) => `${container} does not run, so it has no cgroup`,
  `Chaos Mesh selects pods whether they run or not; there is nothing to inject into where a container has ended, waits or was never
started. \`podPhaseSelectors: [Running]\` leaves pods out that do not run.`,
);

export const noSuchContainer = defineCode<{ pod: string; name: string }>(
  "no-such-container",
  "warning",
  ({ pod, name }) => `the pod ${pod} has no container \`${name}\``,
  `\`containerNames\` names it. Chaos Mesh leaves it out; it looks at a pod's ordinary containers only, not at those that
initialise it and not at ephemeral ones.`,
);

export const noCgroup = defineCode<{ name: string }>(
  "no-cgroup",
  "error",
  ({ name }) => `none of the containers that \`${name}\` selects has a cgroup`,
  `The selector matches pods, but there is no running container to inject into; the warnings tell of each. When they run, print
pods.json again: a container has another id, and so another cgroup, whenever it is started.`,
);

export const unknownContainer = defineCode<{ container: string; problem: string }>(
  "unknown-container",
  "warning",
  ({ container, problem }) => `where the cgroup of ${container} lies is not known: ${problem}`,
  `Where a container's cgroup lies depends on the runtime, which begins the container's id in the pod's status, and on the quality
of service of the pod. injectc knows containerd, CRI-O and Docker (cri-dockerd), and the classes Guaranteed, Burstable and
BestEffort. On the node, \`/proc/PID/cgroup\` of one of its processes tells the path.`,
);

export const noTargetThere = defineCode<{ node: string; nodes: readonly string[] }>(
  "no-target-there",
  "error",
  ({ node, nodes }) => `no selected container runs on the node \`${node}\`; they run on ${nodes.join(", ")}`,
  `\`--for NODE\` prints the arguments for the loader on that node. With a random mode, each run without \`--seed\` draws anew: give
all runs the same seed, so that the nodes agree.`,
);
