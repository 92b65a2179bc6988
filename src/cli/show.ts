import { macroHelp, valueHelp } from "../bind/macros.js";
import { explainMissing } from "../bind/missing.js";
import { syscallNames } from "../bind/syscall.js";
import type { Btf, BtfKind, TypeId } from "../btf/btf.js";
import { definition, prototype } from "../btf/print.js";
import { constantNames, constantText } from "../kernel/constants.js";
import type { Kernel } from "../kernel/kernel.js";
import { loadKernels } from "../pipeline.js";
import { didYouMean } from "../spelling.js";
import { nothingShown } from "./codes.js";
import { functionOf, usesOf } from "./uses.js";
import type { Outcome, Run } from "./verb.js";

const types = ["function", "struct", "union", "enum", "typedef"] as const satisfies BtfKind[];
const kinds = [...types, "syscall", "constant"] as const;
type Kind = (typeof kinds)[number];

/** Something of that name, in the kernel itself or in a module. */
interface Match {
  readonly kind: Kind;
  readonly name: string;
  readonly module: string | null;
  /** As C. */
  readonly text: string;
  /** Of a function or system call: sentences on what can be done with it. */
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

/** `struct qstr` is a struct, also if it is `const`, `syscall:openat` a system call, `qstr` whatever there is. */
function splitKind(words: string): { wanted: readonly Kind[]; name: string } {
  const unqualified = words.trim().replace(/^((const|volatile)\s+)+/, "");
  const [first = "", second] = unqualified.split(/\s+|(?<=^syscall):\s*/, 2);
  const kind = kinds.find((kind) => kind === first);
  return kind && second !== undefined ? { wanted: [kind], name: second } : { wanted: kinds, name: first };
}

function showName(kernels: readonly Kernel[], wanted: readonly Kind[], name: string): Outcome {
  const found = kernels.map((kernel) => ({ kernel: kernel.name, matches: matchesIn(kernel, wanted, name) }));
  const without = kernels.filter((_, i) => found[i]!.matches.length === 0);
  const diagnostics = without.map((kernel) => {
    return nothingShown(undefined, { name }, { help: helpFor(name, kernel, wanted), kernels: [kernel.name] });
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

/** A function's name may have become another, been inlined, or be a clone's, and a macro is in no kernel. */
function helpFor(name: string, kernel: Kernel, wanted: readonly Kind[]): readonly string[] {
  const missing = wanted.includes("function") ? explainMissing(name, kernel) : [];
  const known = [...missing, ...valueHelp(name), ...macroHelp(name)];
  return known.length ? known : didYouMean(name, everyName(kernel, wanted));
}

function matchesIn(kernel: Kernel, wanted: readonly Kind[], name: string): Match[] {
  // What has no name in BTF is not asked for by an empty one.
  if (name === "") return [];
  const symbol = wanted.includes("function") ? functionOf(name, kernel)?.symbol : undefined;
  const found = btfsOf(kernel).flatMap(({ btf, module, from }) =>
    types
      .filter((kind) => wanted.includes(kind))
      .flatMap((kind) => {
        const ids = btf.find(kind, kind === "function" ? (symbol ?? name) : name).filter((id) => id >= from);
        return ids.map((id): Match => ({ kind, name, module, ...described(kernel, kind, btf, id) }));
      }),
  );
  const call =
    wanted.includes("syscall") && found.length === 0 ? functionOf(`sys_${name}`, kernel) : undefined;
  if (call?.syscall) {
    const [, ...uses] = usesOf(kernel, call.symbol);
    found.push({
      kind: "syscall",
      name,
      module: null,
      text: `long ${call.prototype};`,
      uses: [`its wrapper is ${call.symbol}`, ...uses],
    });
  }
  const constant = wanted.includes("constant") ? constantText(name, kernel) : undefined;
  if (constant) found.push({ kind: "constant", name, module: null, text: constant, uses: [] });
  return found;
}

function described(kernel: Kernel, kind: BtfKind, btf: Btf, id: TypeId): Pick<Match, "text" | "uses"> {
  if (kind !== "function") return { text: definition(btf, id), uses: [] };
  const text = `${prototype(btf, id)};`;
  const { name } = btf.type(id) as { readonly name: string };
  return { text, uses: usesOf(kernel, name) };
}

/** The kernel's own BTF, and each module's from where it goes on. */
function btfsOf({ btf, modules }: Kernel): { btf: Btf; module: string | null; from: TypeId }[] {
  const own = { btf, module: null, from: 0 };
  return [own, ...[...modules].map(([module, split]) => ({ btf: split, module, from: btf.count }))];
}

function* everyName(kernel: Kernel, wanted: readonly Kind[]): Iterable<string> {
  if (wanted.includes("syscall")) yield* syscallNames(kernel);
  if (wanted.includes("constant")) {
    yield* constantNames(kernel);
    yield* kernel.btf.enumerators();
  }
  for (const { btf, from } of btfsOf(kernel)) {
    for (const kind of types.filter((kind) => wanted.includes(kind))) {
      for (const { name } of btf.names(kind, from)) yield name;
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
