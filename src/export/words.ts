/** What of a manifest stands in the code that is exported: names and numbers, and texts as literals. */

import type { Manifest } from "../build/manifest.js";

/** A name that C and Go take for part of an identifier, and file systems for a file's. */
export function identifier({ name }: Manifest): string {
  const plain = name
    .replace(/[^A-Za-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "")
    .slice(0, 32);
  return /^[A-Za-z]/.test(plain) ? plain : `fault_${plain}`.replace(/_$/, "");
}

/** What it does, in one line that neither ends nor begins a comment. */
export function summary({ name, fault, frames }: Manifest): string {
  const chain = frames.map((frame) => `${frame.function}()`).join(", ");
  const inside = chain ? ` inside ${chain}` : "";
  const words = `${name}: ${fault.function}() returns ${fault.return}${inside}`;
  return line(words).replaceAll("*/", "* /").replaceAll("/*", "/ *");
}

/** The text, without what would end a line for whoever reads it. */
export function line(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, "?");
}

/** A literal of the C and Go kind: whatever is not printable ASCII by its bytes, in octal. */
export function literal(text: string): string {
  const bytes = [...Buffer.from(text)].map((byte) => {
    const letter = String.fromCharCode(byte);
    return /[\w ./:@,+=-]/.test(letter) ? letter : `\\${byte.toString(8).padStart(3, "0")}`;
  });
  return `"${bytes.join("")}"`;
}

/** The whole seconds that it lives; 0: until told to stop. */
export function seconds({ durationMs }: Manifest): number {
  return durationMs === null ? 0 : Math.ceil(durationMs / 1000);
}

/** In the order of the TARGET_* constants of the generated C. */
export const targetKinds = ["pid", "tid", "cgroup", "comm", "uid"] as const;

/** Somebody whom the spec names, as it names them. */
export interface TargetKey {
  readonly kind: (typeof targetKinds)[number];
  readonly value: number | string;
}

export function targetsOf({ target }: Manifest): TargetKey[] {
  return targetKinds.flatMap((kind) => target[kind].map((value) => ({ kind, value })));
}
