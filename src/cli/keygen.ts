import { keygen as makeKey } from "../build/keygen.js";
import type { Run } from "./verb.js";

/** `injectc keygen`: a key and a certificate, and how to use them. */
export const keygen: Run = async ({ options }) => {
  const made = await makeKey(options.out ?? ".", options.type);
  if (!made.ok) return made;
  const { key, certificate } = made.value;
  const text = [
    `${key}: keep it secret; build with --sign-key ${key} --sign-cert ${certificate}`,
    `${certificate}: bring it to the nodes; load with --trust ${certificate}`,
  ];
  return { diagnostics: made.diagnostics, text: text.join("\n"), data: { key, certificate } };
};
