/** Specs as calls of bcc's inject. */

import { unquoteLiterals } from "../spec/quote.js";
import type { Spec } from "../spec/spec.js";
import { oneLine } from "../terminal.js";
import { commentOf, type FrameText, faultFrame, faultRowOf, frameTexts } from "./parts.js";

/** Longer calls have a line for each frame. */
const width = 110;

/** A call as one would type it, under a comment. */
export function injectText(spec: Spec): string {
  const { headers = [] } = spec;
  const { probability, times } = spec.trigger;
  const row = faultRowOf(spec);
  const own = faultFrame(spec);
  const name = own?.parameters === undefined ? {} : { function: row.function };
  const frames = [...(own ? [{ ...own, ...name }] : []), ...frameTexts(spec).reverse()];
  // inject cannot leave the call chain out, but its own function says nothing more.
  const chain = frames.length ? frames.map(frameText) : [`${row.function}(${row.signature})`];
  const words = [
    "inject",
    row.mode,
    ...headers.flatMap((header) => ["-I", quoted(header)]),
    ...(probability ? ["-P", String(probability.value)] : []),
    ...(times ? ["-c", String(times.value)] : []),
  ].join(" ");
  const line = `${words} ${quoted(chain.join(" => "))}`;
  const call = line.length > width ? `${words} ${quoted(chain.join(" =>\n  "))}` : line;
  const comment = commentOf(spec);
  const head = (comment.length ? comment : [oneLine(spec.name)]).map((text) => `# ${text}`.trimEnd());
  return `${head.join("\n")}\n${call}\n`;
}

function frameText({ function: name, parameters, predicate }: FrameText): string {
  const list = name === undefined ? "" : `${name}(${closed(parameters ?? "")})`;
  return predicate === undefined ? list : `${list}(${closed(unquoteLiterals(predicate))})`;
}

/** A comment to the end of the line must not take the bracket with it. */
function closed(text: string): string {
  return text.includes("//") ? `${text}\n` : text;
}

/** For a shell: nothing means anything between single quotes. */
function quoted(text: string): string {
  return /^[\w./@%+:,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
