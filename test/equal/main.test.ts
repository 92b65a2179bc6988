import { join } from "node:path";
import { test } from "vitest";
import { compare } from "./equal.js";
import { fixtureGroups, kernelGroups } from "./groups.js";

test("try", { timeout: 3_600_000 }, async () => {
  const folder = "/tmp/equal";
  const fixture = await fixtureGroups(folder);
  const kernel = process.env.KERNEL ? await kernelGroups(folder, "lab-6.12") : [];
  const only = process.env.ONLY?.split(",");
  const groups = [...fixture, ...kernel].filter((g) => !only || only.includes(g.name));
  const t = performance.now();
  const r = await compare(groups, { kernel: "lab-6.12", count: Number(process.env.COUNT ?? 100), seed: Number(process.env.SEED ?? 1), folder });
  for (const x of r.refused.slice(0, 15)) console.log(`REFUSED ${x.group} ${x.number} ${x.text}\n${x.why}`);
  const seen = new Set<string>();
  for (const d of r.different) if (!seen.has(d.group + d.seed)) { seen.add(d.group + d.seed); if (seen.size < 25) console.log(`DIFF ${d.group} ${d.seed} ${d.text}\n   ${d.values}\n   native ${d.native} bpf ${d.bpf}`); }
  console.log(r.said.slice(0, 60).join("\n"));
  console.log({ expressions: r.expressions, compared: r.compared, undefined: r.undefined, different: r.different.length, distinct: seen.size, refused: r.refused.length, seconds: (performance.now() - t) / 1000 });
});
