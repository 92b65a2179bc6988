import { writeSync } from "node:fs";
import { test } from "vitest";
import { readSpecs, readOneLiner } from "../../src/spec/read.js";
import { formatDiagnostic } from "../../src/diagnostic.js";
const M = 1 << 20;
const say = (...a: unknown[]) => writeSync(2, a.join(" ") + "\n");
const inj = "apiVersion: injectc.dev/v1\nkind: Injection\nspec:\n  fault: slab\n";
const floods: Record<string, string> = {
 map:'{'.repeat(M),q:'? '.repeat(M/2),anch:'&a '.repeat(M/4),alias:'[&a x,'+'*a ,'.repeat(200000)+']',comma:'['+','.repeat(M),close:']'.repeat(M),dots:'...\n'.repeat(M/4),colonnl:':\n'.repeat(M/2),qq:'?\n'.repeat(M/2),dq2:'"'.repeat(M),
 merges: inj + "metadata: &m { a: b }\nx: {" + "<<: *m, ".repeat(100000) + "}",
 longkey: inj + "a".repeat(M - 100) + ": 1",
 longwhen: inj + "  when: " + "a+".repeat(400000) + "a",
 dqwhen: inj + '  when: "' + "\\x41 ".repeat(200000) + '"',
 blockwhen: inj + "  when: |\n" + "    a\n".repeat(150000),
 foldwhen: inj + "  when: >\n" + "    a\n\n".repeat(130000),
 frames: inj + "  callchain:\n" + "    - { function: f, when: a }\n".repeat(30000),
 badframes: inj + "  callchain:\n" + "    - { function: f, when: a = }\n".repeat(30000),
 pids: inj + "  target: { pid: [" + "x,".repeat(400000) + "] }",
 dur: inj + "  duration: " + "1h".repeat(400000),
 errno: inj + "  return: " + "E".repeat(M - 200),
 labels: inj.replace("spec:", "metadata: { labels: {" + Array.from({length: 80000}, (_, i) => "k" + i + ": 1").join(", ") + "} }\nspec:"),
 wf: "apiVersion: chaos-mesh.org/v1alpha1\nkind: Workflow\nmetadata: {name: a}\nspec:\n  entry: zz\n  templates:\n" + Array.from({length: 14000}, (_, i) => `    - { name: t${i}, templateType: Serial, children: [x${i}, y${i}] }\n`).join(""),
};
test("floods", () => {
  for (const spec of ["f(".repeat(M/2), "STRCMP(".repeat(2000), "STRCMP(a, ".repeat(1500), "f()=>".repeat(3000)+"f()", "'".repeat(16000), '"'.repeat(16001), "/*".repeat(8000), "STRCMP(a,b)".repeat(1400)]) {
    const t = Date.now(); const x = readOneLiner({ mode: "bio", spec }); say(spec.slice(0, 10), x.diagnostics[0]?.code, Date.now() - t);
    const t2 = Date.now(); const y = readOneLiner({ mode: "bio", spec: `(${spec})` }); say(spec.slice(0, 10), y.diagnostics[0]?.code, Date.now() - t2);
  }
  for (const [n, text] of Object.entries(floods)) for (const ext of ["yaml", "inject"]) {
    const t = Date.now(); let r = "";
    try { const x = readSpecs({ name: "f." + ext, text }); const t1 = Date.now() - t; for (const d of x.diagnostics) formatDiagnostic(d); r = `${x.ok} ${x.diagnostics.length} ${x.diagnostics[0]?.code} read ${t1}`; } catch (e) { r = "THROW " + e; }
    say(n, ext, r, Date.now() - t);
  }
}, 900000);
