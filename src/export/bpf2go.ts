/** For Go programs with cilium/ebpf: the files that its bpf2go would give, and a program that uses them. */

import Handlebars from "handlebars/runtime.js";
import generated from "../../templates/bpf2go.hbs";
import example from "../../templates/main.hbs";
import type { Btf } from "../btf/btf.js";
import { readBtf } from "../btf/read.js";
import { checked } from "../diagnostic.js";
import type { Arch } from "../kernel/kernel.js";
import { chooseObject } from "./choose.js";
import type { Exporter } from "./format.js";
import { identifier, literal, seconds, summary, type TargetKey, targetKinds, targetsOf } from "./words.js";

const generatedFile = Handlebars.template(generated);
const exampleFile = Handlebars.template(example);

/** What the example was tried with. */
const requirements = "github.com/cilium/ebpf v0.22.0\n\tgolang.org/x/sys v0.43.0";

/** bpf2go's names for file and build constraint: gen/target.go of cilium/ebpf. */
const targets: Readonly<Record<Arch, { readonly file: string; readonly goarch: string }>> = {
  x86_64: { file: "x86", goarch: "386 || amd64" },
  arm64: { file: "arm64", goarch: "arm64" },
};

export const bpf2go: Exporter = async (subject) => {
  const { manifest } = subject;
  const chosen = chooseObject(subject);
  if (!chosen.ok) return chosen;
  const { object, entry, arch } = chosen.value;
  const btf = readBtf(object, entry.file);
  if (!btf.ok) return btf;

  const name = identifier(manifest);
  const upper = camel(name);
  const go = `${upper[0]!.toLowerCase()}${upper.slice(1)}`;
  const { file, goarch } = targets[arch];
  const stem = `${name}_${file}_bpfel`;
  const kinds = contents(btf.value);
  const names = { name, go, upper, load: `load${upper}`, goarch, objectFile: `${stem}.o` };
  const whom = targetsOf(manifest);
  const view = {
    ...{ ...names, summary: summary(manifest), seconds: seconds(manifest) },
    targets: whom.map(expression),
    comms: manifest.target.comm.length > 0,
    cgroups: manifest.target.cgroup.length > 0,
    programs: kinds[0]!.members.map(({ plain }) => plain),
    frames: manifest.frames.length,
  };
  return checked(
    new Map<string, string | Uint8Array>([
      [`${stem}.o`, object],
      [`${stem}.go`, generatedFile({ ...names, kinds })],
      ["main.go", exampleFile(view)],
      ["go.mod", `module ${name}\n\ngo 1.25.0\n\nrequire (\n\t${requirements}\n)\n`],
    ]),
  );
};

/** The names in an object, in its order; a program is a function that others can see. */
function contents(btf: Btf) {
  const programs: string[] = [];
  const sections = new Map<string, string[]>();
  for (let id = 1; id < btf.count; id++) {
    const type = btf.type(id);
    if (type.kind === "function" && type.linkage === linkage.global) programs.push(type.name);
    if (type.kind !== "section") continue;
    const variables = type.variables.map((variable) => btf.type(variable.type));
    const seen = variables.flatMap((v) =>
      v.kind === "variable" && v.linkage === linkage.global ? [v.name] : [],
    );
    sections.set(type.name, seen);
  }
  const of = (...names: string[]) => names.flatMap((name) => sections.get(name) ?? []);
  return [
    { kind: "Program", closes: true, members: fields(programs) },
    { kind: "Map", closes: true, members: fields(of(".maps")) },
    { kind: "Variable", closes: false, members: fields(of(".data", ".rodata", ".bss")) },
  ];
}

/** BTF_FUNC_GLOBAL and BTF_VAR_GLOBAL_ALLOCATED of include/uapi/linux/btf.h. */
const linkage = { global: 1 };

/** Fields of a struct, as gofmt aligns them. */
function fields(names: readonly string[]) {
  const shared = (name: string) => names.filter((other) => camel(other) === camel(name)).length > 1;
  // `__f` and `f` are two, and one in camel case.
  const plain = names.map((name) =>
    shared(name) ? `${name[0]!.toUpperCase()}${name.slice(1)}` : camel(name),
  );
  const width = Math.max(0, ...plain.map((name) => name.length));
  return names.map((name, i) => ({ name, plain: plain[i]!, field: plain[i]!.padEnd(width) }));
}

function camel(name: string): string {
  return name
    .split("_")
    .map((word) => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`)
    .join("");
}

function expression({ kind, value }: TargetKey): string {
  if (kind === "comm") return `named(${literal(String(value))})`;
  return kind === "cgroup"
    ? `cgroup(${literal(String(value))})`
    : `number(${targetKinds.indexOf(kind)}, ${value})`;
}
