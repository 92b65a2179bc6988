import type { X509Certificate } from "node:crypto";
import { readBundle } from "../build/bundle.js";
import { certificatesFrom } from "../build/certificate.js";
import { signatureParts } from "../build/cms.js";
import { type Manifest, manifestFile, signatureFile } from "../build/manifest.js";
import type { BundleFiles } from "../build/tar.js";
import { checkContents, digest } from "../build/verify.js";
import { explained, type Section } from "../explain/explain.js";
import { sectionsText } from "../explain/layout.js";
import { specsIn } from "./trial.js";
import type { Run } from "./verb.js";
import { trusted } from "./verify.js";

/** `injectc inspect`: a bundle in words; without `--trust`, whoever made it. */
export const inspect: Run = async ({ operands, options: { trust } }) => {
  const path = operands[0]!;
  const bundle = await readBundle(path);
  if (!bundle.ok) return bundle;
  const files = bundle.value;
  const checked = trust === undefined ? checkContents(files) : await trusted(path, trust);
  if (!checked.ok) return checked;
  const manifest = checked.value;
  const signers = signersOf(files);
  const id = digest(files.get(manifestFile)!).slice(0, 8);
  const sections = [
    { title: "Bundle", lines: [`${manifest.name}, id ${id}, schema ${manifest.schema}`] },
    { title: "Signed by", lines: [...signatureLines(signers), vouched(signers, trust)] },
    ...does(manifest, files),
    { title: "Objects", lines: manifest.objects.flatMap(objectLines) },
    { title: "Files", lines: manifest.files.map(({ path: name, size }) => `  ${name} (${size} bytes)`) },
    {
      title: "Built with",
      lines: [
        Object.entries(manifest.tools)
          .map((tool) => tool.join(" "))
          .join(", "),
      ],
    },
  ];
  return {
    diagnostics: checked.diagnostics,
    text: sectionsText(sections),
    data: { id, manifest, signers: signers.map(signerData), trusted: trust !== undefined, sections },
  };
};

/** The certificates that came with the signature. */
function signersOf(files: BundleFiles): readonly X509Certificate[] {
  const signature = files.get(signatureFile);
  const parts = signature && signatureParts(signature);
  return (parts && certificatesFrom(parts.certificates)) ?? [];
}

const signerData = ({ subject, issuer, validFrom, validTo, fingerprint256 }: X509Certificate) => {
  return { subject, issuer, validFrom, validTo, fingerprint256 };
};

function signatureLines(signers: readonly X509Certificate[]): string[] {
  const line = (name: string) => name.split("\n").join(", ");
  return signers.flatMap(({ subject, issuer, validFrom, validTo, fingerprint256 }) => [
    `${line(subject)}, certified by ${subject === issuer ? "itself" : line(issuer)}`,
    `  valid from ${validFrom} to ${validTo}`,
    `  SHA-256 ${fingerprint256}`,
  ]);
}

function vouched(signers: readonly X509Certificate[], trust: readonly string[] | undefined): string {
  if (trust !== undefined)
    return `The signature and every hash hold, and ${trust.join(" or ")} vouches for the signer.`;
  return signers.length > 0
    ? "Anybody could have written that: whether it is true, `--trust CERT` tells."
    : "Nobody, as far as can be seen: inject-load takes it only with a signature that it trusts.";
}

/** What the spec in it says; where this injectc cannot read that, what the manifest says. */
function does(manifest: Manifest, files: BundleFiles): Section[] {
  const [spec] = specsIn(manifest, files);
  if (spec) return explained(spec);
  const { fault, frames } = manifest;
  const chain = frames.map((frame) => `  ${frame.function}()`);
  return [
    { title: "What fails", lines: [`${fault.function}() returns ${fault.return}.`] },
    {
      title: "When",
      lines: chain.length > 0 ? ["While the task is inside a call of:", ...chain] : ["Always."],
    },
  ];
}

function objectLines({
  file,
  arch,
  backend,
  reason,
  kernels,
  needs,
  skeleton,
}: Manifest["objects"][number]): string[] {
  const served = kernels.map(({ name, release }) => release ?? name).join(", ");
  const wants = [
    ...needs.config.map((option) => `CONFIG_${option}`),
    ...needs.functions.map(({ name }) => `${name}()`),
  ];
  const checked = skeleton ? "; kernels from 6.18 on can check its light skeleton themselves" : "";
  return [
    `  ${file}: ${backend} on ${arch}, made for ${served}, since ${reason}; needs ${wants.join(", ")}${checked}`,
  ];
}
