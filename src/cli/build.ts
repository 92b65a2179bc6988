import { unsignedBuild } from "../build/codes.js";
import { checkKernelSigner } from "../build/light.js";
import type { ManifestObject } from "../build/manifest.js";
import { checkSigner, type Signer } from "../build/sign.js";
import { type Checked, checked, type Diagnostic, failed, hasErrors } from "../diagnostic.js";
import type { Arch, Kernel } from "../kernel/kernel.js";
import { type Found, plans } from "../pipeline.js";
import { buildAll, type Product } from "../produce.js";
import { shellWords } from "../spec/words.js";
import { misuse, specInput } from "./arguments.js";
import { usage } from "./codes.js";
import type { Options, Run } from "./verb.js";

/** `injectc build`: a bundle of each spec. */
export const build: Run = async ({ operands, options, progress }) => {
  const input = specInput(operands, options);
  if (!input.ok) return input;
  const archs = wantedArchs(options.arch);
  if (!archs.ok) return archs;
  const wanted = signerOf(options);
  if (!wanted.ok) return wanted;
  if (options.skeletons && !wanted.value)
    return misuse("`--skeletons` goes together with `--sign-cert`: there must be somebody who signs them");
  const [signer, bound] = await Promise.all([
    wanted.value ? checkSigner(wanted.value) : wanted,
    plans(input.value, options.kernel ?? [], {
      ...options,
      choose: (kernels) => ofArchs(kernels, archs.value),
    }),
  ]);
  const kernelSigner =
    signer.ok && signer.value && options.skeletons ? await checkKernelSigner(signer.value) : checked(null);
  const found = [...signer.diagnostics, ...kernelSigner.diagnostics, ...bound.diagnostics];
  if (!signer.ok || hasErrors(found)) return { diagnostics: found };

  const built = await buildAll(bound.values, {
    kernels: bound.kernels,
    directory: options.out ?? ".",
    signer: signer.value,
    loaders: options.loader !== false,
    skeletons: options.skeletons === true,
    onProgress: (done, all) => progress(`built ${done} of ${all}`),
  });
  const unsigned = signer.value ? [] : built.values.map(({ path }) => unsignedBuild(undefined, { path }));
  return {
    diagnostics: [...found, ...built.diagnostics, ...unsigned],
    text: built.values.map(productText).join("\n"),
    data: { bundles: built.values.map((product) => productData(product, signer.value !== undefined)) },
  };
};

/** A certificate and what signs for it, or nothing of all that. */
function signerOf({ signKey, signCert, signCommand }: Options): Checked<Signer | undefined> {
  if (signKey === undefined && signCert === undefined && signCommand === undefined) return checked(undefined);
  if (signCert === undefined || (signKey === undefined) === (signCommand === undefined))
    return misuse("`--sign-cert` goes together with either `--sign-key` or `--sign-command`");
  const certificate = pathFrom("--sign-cert", signCert);
  const key = signKey === undefined ? commandFrom(signCommand!) : pathFrom("--sign-key", signKey);
  if (!certificate.ok || !key.ok) return failed(...certificate.diagnostics, ...key.diagnostics);
  return checked({ certificate: certificate.value, key: key.value });
}

/** A path as given, or as an environment variable has it: `env:NAME`. */
function pathFrom(option: string, value: string): Checked<string> {
  if (!value.startsWith("env:")) return checked(value);
  const name = value.slice("env:".length);
  const path = process.env[name];
  return path
    ? checked(path)
    : misuse(`\`${option} ${value}\`: the environment variable \`${name}\` is not set`);
}

function commandFrom(text: string): Checked<readonly string[]> {
  const diagnostics: Diagnostic[] = [];
  const words =
    shellWords({ name: "--sign-command", text }, (diagnostic) => diagnostics.push(diagnostic)) ?? [];
  if (diagnostics.length > 0) return failed(...diagnostics);
  return words[0]?.text
    ? checked(words.map((word) => word.text))
    : misuse("`--sign-command` names no program");
}

const knownArchs: readonly string[] = ["x86_64", "arm64"] satisfies Arch[];

function wantedArchs(list: string | undefined): Checked<readonly string[] | undefined> {
  const archs = list?.split(",");
  const stranger = archs?.find((arch) => !knownArchs.includes(arch));
  return stranger === undefined
    ? checked(archs)
    : misuse(`\`--arch\` knows ${knownArchs.join(" and ")}, not \`${stranger}\``);
}

/** The kernels of the archs, of each at least one. */
function ofArchs(kernels: readonly Kernel[], archs: readonly string[] | undefined): Found<Kernel> {
  if (archs === undefined) return { values: kernels, diagnostics: [] };
  const values = kernels.filter(({ arch }) => archs.includes(arch));
  const missing = archs.filter((arch) => !values.some((kernel) => kernel.arch === arch));
  const problem = (arch: string) => `\`--arch\` asks for ${arch}, and no kernel given is of that`;
  return { values, diagnostics: missing.map((arch) => usage(undefined, { problem: problem(arch) })) };
}

function productText({ path, manifest }: Product): string {
  const objects = manifest.objects.map(({ file, backend, reason, kernels }) => {
    const names = kernels.map(({ name }) => name).join(", ");
    return `  ${file}: ${backend} for ${names}, since ${reason}`;
  });
  return [path, ...objects].join("\n");
}

function productData({ path, manifest }: Product, signed: boolean): Record<string, unknown> {
  const objects = manifest.objects.map(({ file, source, arch, backend, reason, kernels }: ManifestObject) => {
    return { file, source, arch, backend, reason, kernels };
  });
  return { path, name: manifest.name, signed, objects };
}
