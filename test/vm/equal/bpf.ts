/** Expressions as the BPF that injectc makes of them: each a frame's predicate, bound, rendered and compiled as ever. */

import { bind } from "../../../src/bind/bind.js";
import { compile } from "../../../src/build/compile.js";
import { formatDiagnostic } from "../../../src/diagnostic.js";
import { render } from "../../../src/render/render.js";
import { readSpecs } from "../../../src/spec/read.js";
import type { Spec } from "../../../src/spec/spec.js";
import type { Group } from "./group.js";

export interface Expression {
  readonly number: number;
  readonly text: string;
  /** What native C has for it, where that is something else. */
  readonly native?: string;
}

export interface Refused extends Expression {
  readonly why: string;
}

/** What became of the expressions: an object that runs all of those that are left in it. */
export interface Made {
  readonly object?: Uint8Array;
  readonly c?: string;
  readonly expressions: readonly Expression[];
  readonly refused: readonly Refused[];
}

/** Compiles the expressions into one object; those that are refused, by us or by clang, are left out. */
export async function makeObject(group: Group, all: readonly Expression[]): Promise<Made> {
  let expressions = all;
  const refused: Refused[] = [];
  while (expressions.length > 0) {
    const result = await attempt(group, expressions);
    if ("object" in result) return { ...result, expressions, refused };
    const bad = new Set(result.refused.map((r) => r.number));
    if (bad.size === 0) throw new Error(`${group.name}: nothing compiles, and no expression is to blame`);
    refused.push(...result.refused);
    expressions = expressions.filter((e) => !bad.has(e.number));
  }
  return { expressions, refused };
}

type Attempt = { readonly object: Uint8Array; readonly c: string } | { readonly refused: readonly Refused[] };

async function attempt(group: Group, expressions: readonly Expression[]): Promise<Attempt> {
  const specs = expressions.map((e) => specOf(group, e));
  const wrong = expressions.flatMap((e, i) =>
    typeof specs[i] === "string" ? [{ ...e, why: specs[i] }] : [],
  );
  if (wrong.length) return { refused: wrong };
  const read = specs as Spec[];
  // More frames than a user may write: nothing of the chain's code is kept.
  const spec: Spec = { ...read[0]!, callchain: read.flatMap((s) => s.callchain) };
  const bound = bind(spec, [group.world.kernel], { backend: group.backend });
  if (!bound.ok) {
    const errors = bound.diagnostics.filter((d) => d.severity === "error");
    return {
      refused: expressions.flatMap((e) =>
        errors
          .filter((d) => d.span?.source.name === fileOf(e))
          .slice(0, 1)
          .map((d) => ({ ...e, why: formatDiagnostic(d) })),
      ),
    };
  }
  const c = harness(group, render(bound.value.variants[0]!), expressions.length);
  const source = { name: "expressions", text: "" };
  try {
    const compiled = await compile({ arch: "x86_64", c, spec: { fileName: "expressions", source } });
    if (compiled.ok) return { object: compiled.value.object, c };
    return blame(group, expressions, compiled.diagnostics.map((d) => formatDiagnostic(d)).join("\n"));
  } catch (error) {
    const why = String(error);
    const file = /refuses (e\d+\.json)/.exec(why)?.[1];
    const at = expressions.filter((e) => fileOf(e) === file);
    if (at.length) return { refused: at.map((e) => ({ ...e, why })) };
    return blame(group, expressions, why);
  }
}

/** Where clang does not say whom it means, the half that compiles is not to blame. */
async function blame(group: Group, expressions: readonly Expression[], why: string): Promise<Attempt> {
  if (expressions.length === 1) return { refused: expressions.map((e) => ({ ...e, why })) };
  const middle = expressions.length >> 1;
  const halves = [expressions.slice(0, middle), expressions.slice(middle)];
  const made = [];
  for (const half of halves) made.push(await attempt(group, half));
  return { refused: made.flatMap((m) => ("refused" in m ? m.refused : [])) };
}

function fileOf({ number }: Expression): string {
  return `e${number}.json`;
}

function specOf({ world, fault, target }: Group, e: Expression): Spec | string {
  const parameters = world.variables.map((v) => v.declared).join(", ");
  const frame = { function: target, parameters, when: e.text };
  const text = JSON.stringify({
    apiVersion: "injectc.dev/v1",
    kind: "Injection",
    metadata: { name: "equal" },
    spec: { fault, return: "EIO", callchain: [frame] },
  });
  const read = readSpecs({ name: fileOf(e), text });
  return read.ok ? read.value[0]! : read.diagnostics.map((d) => formatDiagnostic(d)).join("\n");
}

/** The conditions with a program behind them that runs them all; the programs that injectc renders are left out. */
function harness(group: Group, rendered: string, count: number): string {
  const conditions = rendered.replace(/^SEC\("\w+\/\w+"\)\n.*\n\{\n[\s\S]*?^\}\n/gm, "");
  if (conditions === rendered) throw new Error("there is no program in the rendered C");
  const value = conditions.replace(/_Bool (frame\d+_when\()/g, "__s64 $1");
  const each = (make: (i: number) => string) => Array.from({ length: count }, (_, i) => make(i)).join("\n");
  const { context, setup } = contextOf(group, rendered);
  return `${group.wide ? value : conditions}
struct equal_area {
	unsigned long long arguments[6];
	unsigned long long registers[21];
	unsigned long long saved[21];
	long long results[${count}];
} area SEC(".data.area") = { { 1 } };

extern void *bpf_rdonly_cast(const void *, __u32) __attribute__((section(".ksyms"), weak));

${each((i) => `static __attribute__((noinline)) long long run${i}(void)\n{\n\t${context}\n\treturn frame${i}_when(ctx);\n}`)}

SEC("raw_tp")
int run(void *ctx)
{
	${setup}
${each((i) => `\tarea.results[${i}] = run${i}();`)}
	return 0;
}
`;
}

/** Places of a call's arguments, and of a system call's, in x86-64's struct pt_regs. */
const called = [14, 13, 12, 11, 9, 8];
const saved = [14, 13, 12, 7, 9, 8];

/** What the programs are given for a context, made of the arguments. */
function contextOf({ world, backend, syscall }: Group, rendered: string): { context: string; setup: string } {
  const all = called.map((_, i) => i);
  const save = all.map((i) => `area.saved[${saved[i]}] = area.arguments[${i}];`).join(" ");
  if (backend === "override") {
    const own = syscall
      ? `${save} area.registers[14] = (unsigned long long)area.saved;`
      : all.map((i) => `area.registers[${called[i]}] = area.arguments[${i}];`).join(" ");
    return { context: "struct pt_regs *ctx = (struct pt_regs *)area.registers;", setup: own };
  }
  if (syscall) {
    const first = "unsigned long long ctx[6] = { (unsigned long long)area.saved };";
    return { context: first, setup: save };
  }
  const values = all.map((i) => {
    const { type } = world.variables[i] ?? {};
    const followed = type?.kind === "pointer" && type.to.kind === "struct" && world.trusted;
    const value = `area.arguments[${i}]`;
    // A type that no expression reads is not there.
    if (!followed || type.to.kind !== "struct" || !rendered.includes(`\nstruct ${type.to.name} {`))
      return value;
    return `(unsigned long long)bpf_rdonly_cast((void *)${value}, bpf_core_type_id_kernel(struct ${type.to.name}))`;
  });
  return { context: `unsigned long long ctx[6] = { ${values.join(", ")} };`, setup: "" };
}
