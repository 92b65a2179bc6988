/**
 * The examples that Chaos Mesh, bpfki and bcc document, each as a file of examples/, and what becomes of it on every lab
 * kernel: examples.md. `UPDATE=1` rewrites it; then read the diff.
 */

import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { bind } from "../src/bind/bind.js";
import type { Diagnostic } from "../src/diagnostic.js";
import type { Kernel } from "../src/kernel/kernel.js";
import { decodeText, readSpecs } from "../src/spec/read.js";
import { profile } from "./bind/spec.js";

const guide = "Chaos Mesh, Simulate Linux Kernel Faults";
const bpfki = "bpfki, examples";
const text = "bcc, tools/inject_example.txt";
const manual = "bcc, inject(8)";
const usage = "bcc, inject -h";

/** Where each is documented; nowhere: it is our own, a twin for other kernels or a fault that the others do not have. */
const documented: Readonly<Record<string, string>> = {
  "mount.yaml": `${guide}: the configuration file`,
  "ext4-mount.yaml": `${guide}: Callchain`,
  "targeted-failure.yaml": `${guide}: parameters, predicate, probability`,
  "mount-chain.yaml": `${guide}: both in one chain`,
  "slab.yaml": `${guide}: an empty callchain, failtype 0, times`,
  "page.yaml": `${guide}: failtype 1, headers`,
  "bio.yaml": `${guide}: failtype 2`,
  "fail-page.json": `${bpfki}/fail-alloc-page.cc`,
  "superblock-write.json": `${bpfki}/fail-bio.cc`,
  "ext4-mount.json": `${bpfki}/fail-ext4-mount.cc`,
  "fail-mount.json": `${bpfki}/fail-mount.cc`,
  "inject-mount.inject": `${text}; ${manual}; ${usage}`,
  "inject-mount-explicit.inject": `${text}; ${usage}`,
  "inject-btrfs-mount.inject": `${text}; ${manual}; ${usage}`,
  "inject-btrfs-close.inject": text,
  "inject-bananas.inject": `${text}; ${usage}`,
  "inject-superblock.inject": text,
  "inject-mount-sometimes.inject": `${text}; ${usage}`,
  "inject-page.inject": manual,
};

const folder = new URL("../examples/", import.meta.url).pathname;
const table = new URL("examples.md", import.meta.url).pathname;
const names = readdirSync(folder).filter((name) => /\.(?:yaml|json|inject)$/.test(name));
const kernelNames = ["lab-5.10", "lab-6.1", "lab-6.12", "lab-6.12-arm64", "lab-7.2", "lab-7.3"];
// Both 6.12 are of one release, so that a kernel is known here by its profile's name.
const kernels = await Promise.all(
  kernelNames.map(
    async (name): Promise<Kernel> => Object.create(await profile(name), { name: { value: name } }),
  ),
);

interface Row {
  readonly name: string;
  /** By kernel: the backend, or the codes of the errors. */
  readonly outcomes: readonly string[];
  readonly errors: readonly Diagnostic[];
}

function rowOf(name: string): Row {
  const source = decodeText(readFileSync(folder + name), name);
  const read = source.ok ? readSpecs(source.value) : source;
  if (!read.ok) throw new Error(`${name}: ${read.diagnostics.map((d) => d.message).join("; ")}`);
  const [spec] = read.value;
  const outcomes = kernels.map((kernel) => {
    const plan = bind(spec!, [kernel]);
    if (plan.ok) return plan.value.variants[0]!.backend;
    return [...new Set(errorsOf(plan.diagnostics).map((d) => d.code))].join(", ");
  });
  return { name, outcomes, errors: errorsOf(bind(spec!, kernels).diagnostics) };
}

function errorsOf(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return diagnostics.filter((d) => d.severity === "error");
}

function tableOf(rows: readonly Row[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const body = rows.map(({ name, outcomes }) => line([name, documented[name] ?? "", ...outcomes]));
  const wrong = rows
    .filter(({ errors }) => errors.length > 0)
    .map(({ name, errors }) => `- ${name}\n${errors.map((d) => `  - ${sentence(d)}\n`).join("")}`);
  return [
    "# Documented examples on the lab kernels",
    "",
    "The backend that serves the example there, or what is wrong with it. `UPDATE=1` makes this anew.",
    "",
    line(["example", "documented in", ...kernelNames]),
    line(["---", "---", ...kernelNames.map(() => "---")]),
    ...body,
    "",
    "## What is wrong",
    "",
    wrong.join(""),
  ].join("\n");
}

function sentence({ code, message, help, notes, kernels: where }: Diagnostic): string {
  return [`${where.join(", ")}: ${code}: ${message}`, ...help, ...notes.map((note) => note.text)].join("; ");
}

test("every documented example has its outcome on each lab kernel", () => {
  const made = tableOf(names.map(rowOf));
  if (process.env.UPDATE) writeFileSync(table, made);
  expect(existsSync(table) ? readFileSync(table, "utf8") : "").toBe(made);
});

test("every documented example is there", () => {
  expect(Object.keys(documented).filter((name) => !names.includes(name))).toEqual([]);
});

test.each(names.filter((name) => !name.endsWith(".json")))("%s says on which kernels it binds", (name) => {
  expect(readFileSync(folder + name, "utf8")).toMatch(/^(?:#.*\n)*#.*Kernels: .*\n/);
});
