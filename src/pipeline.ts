/**
 * The straight line as far as plans: specs and kernels in, diagnostics and plans out. Each step goes as far as it can with
 * what the one before it found, so that users see all their mistakes at once.
 */

import { bind } from "./bind/bind.js";
import type { Plan } from "./bind/plan.js";
import { readFileUpTo, readStreamUpTo } from "./build/file.js";
import type { Backend } from "./build/manifest.js";
import { type Checked, checked, type Diagnostic, failed, mostProblems } from "./diagnostic.js";
import type { Kernel } from "./kernel/kernel.js";
import { openKernel } from "./kernel/open.js";
import { moreProblems } from "./spec/codes.js";
import { decodeText, readOneLiner, readSpecs } from "./spec/read.js";
import type { Spec } from "./spec/spec.js";

/** What could be had, and what is wrong with the rest. */
export interface Found<T> {
  readonly values: readonly T[];
  readonly diagnostics: readonly Diagnostic[];
}

export type OneLiner = Parameters<typeof readOneLiner>[0];

/** Whence specs come: files (`-` is standard input), or bcc's one-liner. */
export type SpecInput =
  | { readonly kind: "files"; readonly paths: readonly string[] }
  | { readonly kind: "one-liner"; readonly text: OneLiner };

/** So much of a file is looked at; decodeText() says what is too long. */
const mostSpecBytes = 1 << 24;

/** The specs of all the files, in their order; the same file given twice counts once. */
export async function loadSpecs(input: SpecInput): Promise<Found<Spec>> {
  if (input.kind === "one-liner") return found([readOneLiner(input.text)]);
  const read = await Promise.all([...new Set(input.paths)].map(readSpecFile));
  const { values, diagnostics } = found(read);
  return { values: values.flat(), diagnostics };
}

async function readSpecFile(path: string): Promise<Checked<readonly Spec[]>> {
  const stdin = path === "-";
  const bytes = stdin
    ? checked(await readStreamUpTo(process.stdin, mostSpecBytes))
    : await readFileUpTo(path, mostSpecBytes);
  if (!bytes.ok) return bytes;
  const source = decodeText(bytes.value, stdin ? "<stdin>" : path);
  return source.ok ? readSpecs(source.value) : source;
}

/** The kernels that KERNEL arguments name; without any, the one that runs. */
export async function loadKernels(names: readonly string[]): Promise<Found<Kernel>> {
  const wanted = names.length > 0 ? [...new Set(names)] : ["running"];
  const opened = await Promise.all(wanted.map((name) => openKernel(name)));
  const called = opened.map((kernel) => (kernel.ok ? kernel.value.name : ""));
  // One release on two architectures, or built twice: a name that means two kernels tells nobody which.
  const isShared = (name: string) => called.filter((other) => other === name).length > 1;
  return found(
    opened.map((kernel, i) =>
      kernel.ok && isShared(kernel.value.name)
        ? checked(renamed(kernel.value, `${kernel.value.name} (${wanted[i]})`), kernel.diagnostics)
        : kernel,
    ),
  );
}

/** The kernel under another name; what is lazy in it stays so. */
function renamed(kernel: Kernel, name: string): Kernel {
  return Object.create(kernel, { name: { value: name, enumerable: true } });
}

/** A spec with what it means for the kernels. */
export interface Bound {
  readonly spec: Spec;
  readonly plan: Plan;
}

/** Binds each spec to all the kernels, up to where there are as many errors as anyone reads. */
export function bindAll(
  specs: readonly Spec[],
  kernels: readonly Kernel[],
  options: { readonly backend?: Backend } = {},
): Found<Bound> {
  if (kernels.length === 0) return { values: [], diagnostics: [] };
  const results: Checked<Bound>[] = [];
  let errors = 0;
  for (const [i, spec] of specs.entries()) {
    if (errors >= mostProblems) {
      const left = { count: specs.length - i, what: "specs are not looked at" };
      return found([...results, failed(moreProblems(spec.span, left))]);
    }
    const plan = bind(spec, kernels, options);
    errors += plan.diagnostics.filter(({ severity }) => severity === "error").length;
    results.push(plan.ok ? checked({ spec, plan: plan.value }, plan.diagnostics) : plan);
  }
  return found(results);
}

/** From arguments to plans: everything that `injectc check` finds. */
export async function plans(
  input: SpecInput,
  kernelNames: readonly string[],
  options: {
    readonly backend?: Backend;
    readonly choose?: (kernels: readonly Kernel[]) => Found<Kernel>;
  } = {},
): Promise<Found<Bound> & { readonly kernels: readonly Kernel[] }> {
  const [specs, opened] = await Promise.all([loadSpecs(input), loadKernels(kernelNames)]);
  const kernels = options.choose?.(opened.values) ?? { values: opened.values, diagnostics: [] };
  const bound = bindAll(specs.values, kernels.values, options);
  const diagnostics = [specs, opened, kernels, bound].flatMap((step) => step.diagnostics);
  return { values: bound.values, kernels: kernels.values, diagnostics };
}

/** The values of those that have one, and the diagnostics of all. */
export function found<T>(results: readonly Checked<T>[]): Found<T> {
  return {
    values: results.flatMap((result) => (result.ok ? [result.value] : [])),
    diagnostics: results.flatMap((result) => result.diagnostics),
  };
}
