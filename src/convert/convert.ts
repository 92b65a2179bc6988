/** From any input format to any other: a spec of the same meaning, or what of it cannot be said. */

import { type Checked, checked, failed } from "../diagnostic.js";
import type { Spec } from "../spec/spec.js";
import { injectText } from "./inject.js";
import { kernelChaosText } from "./kernelchaos.js";
import { type Format, limitsOf } from "./limits.js";
import { nativeText } from "./native.js";
import { requestText } from "./request.js";

const writers: Readonly<Record<Format, (spec: Spec) => string>> = {
  native: nativeText,
  kernelchaos: kernelChaosText,
  inject: injectText,
  bpfki: requestText,
};

/** The spec in the format's words, ending in a newline; what is only beside the fault may be lost, with a warning. */
export function convert(spec: Spec, to: Format): Checked<string> {
  const limits = limitsOf(spec, to);
  const errors = limits.filter((d) => d.severity === "error");
  return errors.length ? failed(...errors) : checked(writers[to](spec), limits);
}

/** What stands between the specs of a file. */
const separators: Readonly<Record<Format, string>> = {
  native: "---\n",
  kernelchaos: "---\n",
  inject: "\n",
  bpfki: "---\n",
};

/** Converted specs as one file, which reads back as all of them. */
export function joined(texts: readonly string[], to: Format): string {
  return texts.join(separators[to]);
}
