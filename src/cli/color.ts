/** Whether diagnostics are coloured. */

import type { OptionRow } from "./verb.js";

const whens = ["always", "never", "auto"] as const;
export type When = (typeof whens)[number];

export const colorOption: OptionRow = {
  flags: "--color <WHEN>",
  help: "colour diagnostics; auto (the default): on a terminal, unless NO_COLOR is set",
  choices: whens,
};

/** A command line with `--color` and `--no-color`, which many programs know, as the option with its value. */
export function withColor(words: readonly string[]): string[] {
  const end = words.includes("--") ? words.indexOf("--") : words.length;
  return words.map((word, i) => {
    if (i > end) return word;
    if (word === "--no-color") return "--color=never";
    const alone = word === "--color" && !whens.some((when) => when === words[i + 1]);
    return alone ? "--color=always" : word;
  });
}

/** The option decides; then NO_COLOR (no-color.org) and FORCE_COLOR, where not empty; then what the stream is. */
export function isColoured(
  when: When = "auto",
  stream: { readonly isTTY?: boolean },
  { NO_COLOR, FORCE_COLOR, TERM }: Readonly<Record<string, string | undefined>>,
): boolean {
  if (when !== "auto") return when === "always";
  if (NO_COLOR) return false;
  if (FORCE_COLOR) return FORCE_COLOR !== "0";
  return stream.isTTY === true && TERM !== "dumb";
}
