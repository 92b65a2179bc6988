import { injectability } from "../bind/fault.js";
import { findFunction } from "../bind/function.js";
import type { Btf, BtfKind, TypeId } from "../btf/btf.js";
import { definition, prototype } from "../btf/print.js";
import type { Kernel } from "../kernel/kernel.js";
import { loadKernels } from "../pipeline.js";
import type { Span } from "../source.js";
import { nearest } from "../spelling.js";
import { nothingShown } from "./codes.js";
import type { Outcome, Run } from "./verb.js";

const kinds = ["function", "struct", "union", "enum", "typedef"] as const satisfies BtfKind[];
type Kind = (typeof kinds)[number];

/** Something of that name, in the kernel itself or in a module. */
interface Match {
  readonly kind: Kind;
  readonly name: string;
  readonly module: string | null;
  /** As C. */
  readonly text: string;
  /** Of a function: sentences on what can be done with it. */
  readonly uses: readonly string[];
}

/** `injectc show`: what kernels know by a name, or which names fit a glob. */
export const show: Run = async ({ operands, options }) => {
  const { wanted, name } = splitKind(operands[0]!);
  const { values: kernels, diagnostics } = await loadKernels(options.kernel ?? []);
  const glob = /[*?]/.test(name);
  const shown = glob ? listNames(kernels, wanted, name) : showName(kernels, wanted, name);
  return { ...shown, diagnostics: [...diagnostics, ...shown.diagnostics] };
};

/** `struct qstr` is a struct, `qstr` whatever there is. */
function splitKind(words: string): { wanted: readonly Kind[]; name: string } {
  const [first = "", second] = words.trim().split(/\s+/, 2);
  const kind = kinds.find((kind) => kind === first);
  return kind && second !== undefined ? { wanted: [kind], name: second } : { wanted: kinds, name: first };
}

function showName(kernels: readonly Kernel[], wanted: readonly Kind[], name: string): Outcome {
  const found = kernels.map((kernel) => ({ kernel: kernel.name, matches: matchesIn(kernel, wanted, name) }));
  const without = kernels.filter((_, i) => found[i]!.matches.length === 0);
  const diagnostics = without.map((kernel) => {
    const near = nearest(name, everyName(kernel, wanted));
    const help = near === undefined ? [] : [`did you mean \`${near}\`?`];
    return nothingShown(undefined, { name }, { help, kernels: [kernel.name] });
  });
  const texts = found.map(({ kernel, matches }) => ({ kernel, text: matches.map(matchText).join("\n\n") }));
  return { diagnostics, text: byKernel(texts), data: { kernels: found } };
}

function matchText({ text, module, uses }: Match): string {
  const origin = module === null ? [] : [`in module ${module}`];
  return [text, ...[...origin, ...uses].map((line) => `  ${line}`)].join("\n");
}

/** Each text under the names of the kernels that share it; a text that all share needs no names. */
function byKernel(texts: readonly { readonly kernel: string; readonly text: string }[]): string {
  const groups = new Map<string, string[]>();
  for (const { kernel, text } of texts) {
    if (text !== "") groups.set(text, [...(groups.get(text) ?? []), kernel]);
  }
  const blocks = [...groups].map(([text, names]) =>
    names.length === texts.length ? text : `${names.join(", ")}:\n${text}`,
  );
  return blocks.join("\n\n");
}

function matchesIn(kernel: Kernel, wanted: readonly Kind[], name: string): Match[] {
  const symbol = wanted.includes("function") ? symbolOf(name, kernel) : undefined;
  return btfsOf(kernel).flatMap(({ btf, module, from }) =>
    wanted.flatMap((kind) => {
      const ids = btf.find(kind, kind === "function" ? (symbol ?? name) : name).filter((id) => id >= from);
      return ids.map((id): Match => ({ kind, name, module, ...described(kernel, kind, btf, id) }));
    }),
  );
}

function described(kernel: Kernel, kind: Kind, btf: Btf, id: TypeId): Pick<Match, "text" | "uses"> {
  if (kind !== "function") return { text: definition(btf, id), uses: [] };
  const text = `${prototype(btf, id)};`;
  const { name } = btf.type(id) as { readonly name: string };
  return { text, uses: usesOf(kernel, name) };
}

/** Where a name that was typed on the command line stands. */
function typed(text: string): Span {
  return { source: { name: "NAME", text }, start: 0, end: text.length };
}

/** The function that a name means here: a system call's name means its wrapper. */
function symbolOf(name: string, kernel: Kernel): string | undefined {
  return findFunction({ value: name, span: typed(name) }, kernel, () => {})?.symbol;
}

function usesOf(kernel: Kernel, symbol: string): string[] {
  const span = typed(symbol);
  const target = findFunction({ value: symbol, span }, kernel, () => {});
  const allowed =
    target && injectability(target, { kind: "function", name: { value: symbol, span }, span }, kernel);
  const traceable = kernel.traceable?.has(symbol);
  return [
    ...(target?.syscall
      ? [`the wrapper of system call ${target.syscall}${argumentsOf(kernel, target.syscall)}`]
      : []),
    ...(allowed ? [injectabilityText(allowed)] : []),
    traceable === undefined
      ? "whether it can be traced is not known of this kernel"
      : traceable
        ? "can be traced"
        : "cannot be traced: ftrace has no hook in it",
  ];
}

function argumentsOf(kernel: Kernel, syscall: string): string {
  const declared = kernel.syscalls.get(syscall);
  return declared ? `(${declared.join(", ") || "void"})` : "";
}

function injectabilityText(allowed: ReturnType<typeof injectability>): string {
  switch (allowed.kind) {
    case "listed":
      return `can be failed: it is on the error-injection list, class ${allowed.effect}`;
    case "security":
      return `can be failed: it is a security hook, class ${allowed.effect}, by fmod_ret`;
    case "unknown":
      return "whether it can be failed is not known of this kernel";
    case "refused":
      return `cannot be failed: ${allowed.help[0] ?? "the kernel does not allow it"}`;
    default:
      return allowed satisfies never;
  }
}

/** The kernel's own BTF, and each module's from where it goes on. */
function btfsOf({ btf, modules }: Kernel): { btf: Btf; module: string | null; from: TypeId }[] {
  const own = { btf, module: null, from: 0 };
  return [own, ...[...modules].map(([module, split]) => ({ btf: split, module, from: btf.count }))];
}

function* everyName(kernel: Kernel, wanted: readonly Kind[]): Iterable<string> {
  for (const { btf, from } of btfsOf(kernel)) {
    for (const kind of wanted) {
      for (const { name, id } of btf.names(kind)) if (id >= from) yield name;
    }
  }
}

function listNames(kernels: readonly Kernel[], wanted: readonly Kind[], glob: string): Outcome {
  const fits = globPattern(glob);
  const found = kernels.map((kernel) => {
    const matches = wanted.flatMap((kind) => {
      const names = [...everyName(kernel, [kind])].filter((name) => fits.test(name));
      return [...new Set(names)].sort().map((name) => ({ kind, name }));
    });
    return { kernel: kernel.name, matches };
  });
  const without = found.filter(({ matches }) => matches.length === 0);
  const texts = found.map(({ kernel, matches }) => ({
    kernel,
    text: matches.map(({ kind, name }) => (kind === "function" ? name : `${kind} ${name}`)).join("\n"),
  }));
  return {
    diagnostics: without.map(({ kernel }) => nothingShown(undefined, { name: glob }, { kernels: [kernel] })),
    text: byKernel(texts),
    data: { kernels: found },
  };
}

/** `*` stands for any letters, `?` for one; everything else for itself. */
function globPattern(glob: string): RegExp {
  const pattern = glob.replace(/[^*?]+/g, (text) => text.replace(/[\\^$.|+()[\]{}]/g, "\\$&"));
  return new RegExp(`^${pattern.replaceAll("*", ".*").replaceAll("?", ".")}$`, "s");
}
