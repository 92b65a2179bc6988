/** Targets: what kubectl prints of a cluster. */

import { parseObjects } from "../../src/cluster/object.js";
import { resolve } from "../../src/cluster/target.js";
import { chaos, nodes, pods } from "../cluster/cluster.js";
import { readAll } from "../convert/meaning.js";
import { checkDiagnostics, checkResult, must } from "./law.js";
import type { Target } from "./run.js";

const specs = [
  chaos({}),
  chaos({ mode: "fixed-percent", value: "50", selector: { namespaces: ["demo", "other", "kube-system"] } }),
  chaos({ mode: "one", selector: { pods: { demo: ["web-1", "db-1"] } }, containerNames: ["app"] }),
  chaos({
    selector: { expressionSelectors: [{ key: "app", operator: "Exists" }], nodeSelectors: { disk: "ssd" } },
  }),
].flatMap((text) => readAll(text, "t.json"));
const layouts = (["systemd", "cgroupfs"] as const).map(
  (driver) => ({ driver, version: "2", root: "/" }) as const,
);

/** The paths go into command lines and files as they are. */
function checkPods(input: Uint8Array): void {
  const read = parseObjects(input, "Pod");
  if (typeof read === "string") return;
  const known = parseObjects(Buffer.from(nodes), "Node");
  must(typeof known !== "string", "sound nodes are read");
  for (const layout of layouts)
    for (const spec of specs) {
      const wishes = { seed: "1", namespace: "demo", layout, everyContainer: true };
      const resolved = resolve(spec, { pods: read, nodes: known }, wishes);
      checkResult(resolved);
      checkDiagnostics(resolved.diagnostics);
      for (const { cgroup, pod } of resolved.ok ? resolved.value.targets : []) {
        must(/^kubepods(\.slice)?(\/[\w.-]*\w)+$/.test(cgroup), `no path is like ${cgroup}`);
        must(/^[a-z0-9][a-z0-9.-]*$/.test(pod.node), `no node is called ${pod.node}`);
      }
    }
}

export const clusterTargets: readonly Target[] = [
  { name: "pods", form: "text", cases: 400, corpus: () => [Buffer.from(pods)], run: checkPods },
];
