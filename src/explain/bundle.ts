/** A bundle's manifest in plain words: what is in it, what for, and whom it comes from. */

import type { X509Certificate } from "node:crypto";
import { algorithmOf } from "../build/algorithm.js";
import { certificatesFrom, issuerAndSerial } from "../build/certificate.js";
import type { SignatureParts } from "../build/cms.js";
import { type FileKind, features, type Manifest, type ManifestObject } from "../build/manifest.js";
import type { Section } from "./explain.js";
import { listed } from "./words.js";

/** The certificates that came with a signature, its signer's first. */
export function signersOf(parts: SignatureParts | undefined): readonly X509Certificate[] {
  const all = (parts && certificatesFrom(parts.certificates)) ?? [];
  const isSigner = (one: X509Certificate) => {
    const { issuer, serial } = issuerAndSerial(one);
    return Buffer.compare(issuer, parts!.issuer) === 0 && Buffer.compare(serial, parts!.serial) === 0;
  };
  return [...all.filter(isSigner), ...all.filter((one) => !isSigner(one))];
}

/** Of each certificate whose it is, by whose word, until when; all but the first are there to vouch for another. */
export function signatureLines(signers: readonly X509Certificate[]): string[] {
  const line = (name: string) => name.split("\n").join(", ");
  return signers.flatMap((one, i) => {
    const { subject, issuer, validFrom, validTo, fingerprint256 } = one;
    return [
      `${i === 0 ? "" : "with the certificate of "}${line(subject)}, certified by ${subject === issuer ? "itself" : line(issuer)}`,
      `  ${keyWords(one)}`,
      `  valid from ${validFrom} to ${validTo}`,
      `  SHA-256 ${fingerprint256}`,
    ];
  });
}

function keyWords({ publicKey }: X509Certificate): string {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = publicKey;
  const algorithm = algorithmOf(publicKey);
  if (typeof algorithm === "string") return `of no use: ${algorithm}`;
  const curves: Readonly<Record<string, string>> = {
    prime256v1: "P-256",
    secp384r1: "P-384",
    secp521r1: "P-521",
  };
  if (type === "rsa") return `an RSA key of ${details?.modulusLength} bits`;
  return type === "ec" ? `an ECDSA key on ${curves[details?.namedCurve ?? ""]}` : "an Ed25519 key";
}

/** What is in the bundle, and what made it. */
export function contents({ objects, files, tools }: Manifest): Section[] {
  return [
    { title: "Objects", lines: objects.flatMap(objectLines) },
    { title: "Loader", lines: [loaderLine(files)] },
    {
      title: "Files",
      lines: files.map(({ path, size, kind }) => `  ${path} (${size} bytes): ${uses[kind]}`),
    },
    {
      title: "Built with",
      lines: [
        Object.entries(tools)
          .map((tool) => tool.join(" "))
          .join(", "),
      ],
    },
  ];
}

function objectLines({ file, arch, backend, reason, kernels, needs, skeleton }: ManifestObject): string[] {
  const names = kernels.map(({ name, release }) => release ?? name);
  const typed = kernels.flatMap(({ btf }, i) => (btf === undefined ? [] : [names[i]!]));
  const wants = [
    ...needs.config.map((option) => `CONFIG_${option}`),
    ...needs.functions.map(({ name, arities }) => `${name}()${arities ? ` of ${arityWords(arities)}` : ""}`),
    ...needs.features.map((name) => (Object.hasOwn(features, name) ? features[name] : name)),
  ];
  return [
    `${file}: ${backend} on ${arch}, made for ${listed(names)}, since ${reason}`,
    `  needs ${listed(wants)}`,
    ...(typed.length > 0 ? [`  with the types of ${listed(typed)}, for a node that has no BTF`] : []),
    ...(skeleton ? [`  with a light skeleton, ${coverWords(skeleton)}`] : []),
  ];
}

function arityWords(arities: readonly number[]): string {
  const one = arities.length === 1 && arities[0] === 1;
  return `${arities.join(" or ")} parameter${one ? "" : "s"}`;
}

function coverWords({ loaders }: NonNullable<ManifestObject["skeleton"]>): string {
  const kernels = {
    instructions: "kernels 6.18 to 7.2",
    "instructions-and-metadata": "those from 7.3 on",
  };
  return `which ${loaders.map(({ covers }) => kernels[covers]).join(" and ")} can check themselves`;
}

function loaderLine(files: Manifest["files"]): string {
  const paths = files.filter(({ kind }) => kind === "loader").map(({ path }) => path);
  return paths.length > 0
    ? `It has its own: ${listed(paths)}.`
    : "None: nodes must have an inject-load already.";
}

const uses: Readonly<Record<FileKind, string>> = {
  object: "what is loaded into the kernel",
  source: "the C that the object was made from",
  btf: "types of a kernel",
  skeleton: "part of a light skeleton",
  spec: "the spec, as its author wrote it",
  loader: "the program that loads the bundle",
  bill: "the bill of materials: all that made the bundle, with versions",
};
