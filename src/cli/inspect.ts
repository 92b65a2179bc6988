import type { X509Certificate } from "node:crypto";
import { readBundle } from "../build/bundle.js";
import { signatureParts } from "../build/cms.js";
import { type Manifest, manifestFile, signatureFile } from "../build/manifest.js";
import type { BundleFiles } from "../build/tar.js";
import { checkContents, digest } from "../build/verify.js";
import { contents, signatureLines, signersOf } from "../explain/bundle.js";
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
  const signature = files.get(signatureFile);
  const signers = signersOf(signature && signatureParts(signature));
  const id = digest(files.get(manifestFile)!).slice(0, 8);
  const sections = [
    { title: "Bundle", lines: [`${manifest.name}, id ${id}, schema ${manifest.schema}`] },
    { title: "Signed by", lines: [...signatureLines(signers), vouched(signature, signers, trust)] },
    ...does(manifest, files),
    ...contents(manifest),
  ];
  return {
    diagnostics: checked.diagnostics,
    text: sectionsText(sections),
    data: { id, manifest, signers: signers.map(signerData), trusted: trust !== undefined, sections },
  };
};

const signerData = ({ subject, issuer, validFrom, validTo, fingerprint256 }: X509Certificate) => {
  return { subject, issuer, validFrom, validTo, fingerprint256 };
};

function vouched(
  signature: Uint8Array | undefined,
  signers: readonly X509Certificate[],
  trust: readonly string[] | undefined,
): string {
  if (trust !== undefined)
    return `The signature and every hash hold, and ${trust.join(" or ")} vouches for the signer.`;
  if (!signature) return "Nobody: inject-load takes it only with a signature that it trusts.";
  return signers.length > 0
    ? "Anybody could have written that: whether it is true, `--trust CERT` tells."
    : "Somebody whose certificate can't be read, or did not come along: `--trust CERT` tells whether it is that one.";
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
