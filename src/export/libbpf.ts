/** For C programs with libbpf: the object, bpftool's skeleton of it, and a program that uses the skeleton. */

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import Handlebars from "handlebars/runtime.js";
import example from "../../templates/libbpf.hbs";
import { withTempFolder } from "../build/temp.js";
import { runTool } from "../build/tools.js";
import { type Checked, checked } from "../diagnostic.js";
import { chooseObject } from "./choose.js";
import type { Exporter } from "./format.js";
import { identifier, literal, seconds, summary, type TargetKey, targetKinds, targetsOf } from "./words.js";

const template = Handlebars.template(example);

export const libbpf: Exporter = async (subject) => {
  const { manifest } = subject;
  const chosen = chooseObject(subject);
  if (!chosen.ok) return chosen;
  const { object } = chosen.value;
  const name = identifier(manifest);
  const bpf = `${name}_bpf`;
  const header = await skeleton(object, bpf);
  if (!header.ok) return header;
  const view = {
    ...{ name, bpf, summary: summary(manifest), seconds: seconds(manifest) },
    targets: targetsOf(manifest).map(initializer),
    cgroups: manifest.target.cgroup.length > 0,
  };
  return checked(
    new Map<string, string | Uint8Array>([
      [`${name}.bpf.o`, object],
      [`${name}.skel.h`, header.value],
      [`${name}.c`, template(view)],
    ]),
  );
};

function initializer({ kind, value }: TargetKey): string {
  if (kind === "comm") return `{ 3, .comm = ${literal(String(value))} }`;
  return `{ ${targetKinds.indexOf(kind)}, { ${kind === "cgroup" ? `cgroup(${literal(String(value))})` : value} } }`;
}

/** `bpftool gen skeleton`, the same for the same object. */
function skeleton(object: Uint8Array, name: string): Promise<Checked<string>> {
  return withTempFolder(async (cwd) => {
    await writeFile(join(cwd, "object.bpf.o"), object);
    const input = Buffer.from(`version\ngen skeleton object.bpf.o name ${name}\n`);
    const run = await runTool("bpftool", ["batch", "file", "-"], { cwd, input });
    if (!run.ok) return run;
    const said = run.value.stdout.toString();
    // In front is the version, behind it how many commands there were.
    return checked(said.slice(said.indexOf("/* SPDX"), said.indexOf("\n", said.lastIndexOf("#endif")) + 1));
  });
}
