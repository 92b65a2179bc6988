/** commander's complaints about a command line, in the form of all our diagnostics. */

import type { CommanderError } from "commander";
import type { Diagnostic } from "../diagnostic.js";
import { nearest } from "../spelling.js";
import { usage } from "./codes.js";
import { verbs } from "./verbs.js";

const names = verbs.map(({ name }) => name);
const listed = "`injectc help` lists the verbs";

/** The usage error that commander threw; `words` is the command line without the program. */
export function misspelt({ code, message }: CommanderError, words: readonly string[]): Diagnostic {
  // It answers `help VERB` for a verb that there is not with all its help.
  if (code === "commander.help") return words[0] === "help" ? unknownVerb(words[1]!) : noVerb;
  // A suggestion has a line of its own.
  const [problem = "", suggestion] = message
    .replace(/^error: /, "")
    .replace(/'([^']*)'/g, "`$1`")
    .split("\n");
  if (code === "commander.unknownCommand") return unknownVerb(/`(.*)`/.exec(problem)?.[1] ?? "");
  const at = words.findIndex((word) => names.includes(word));
  const option = /`(-[^`]*)`/.exec(problem)?.[1] ?? "";
  const early = code === "commander.unknownOption" && words.slice(0, Math.max(0, at)).includes(option);
  const help = [
    ...(suggestion ? [meant(suggestion)] : []),
    ...(early ? ["a verb's options stand behind it"] : []),
    at < 0 ? listed : `\`injectc help ${words[at]}\` lists what it takes`,
  ];
  return usage(undefined, { problem }, { help });
}

const noVerb = usage(undefined, { problem: "there is no verb" }, { help: [listed] });

function unknownVerb(name: string): Diagnostic {
  const near = nearest(name, names);
  const help = [...(near === undefined ? [] : [`did you mean \`${near}\`?`]), listed];
  return usage(undefined, { problem: `there is no verb \`${name}\`` }, { help });
}

/** `(Did you mean one of a, b?)` as we say it. */
function meant(suggestion: string): string {
  const names = /^\(Did you mean (?:one of )?(.*)\?\)$/.exec(suggestion)?.[1]?.split(", ") ?? [];
  return names.length > 0 ? `did you mean ${names.map((name) => `\`${name}\``).join(" or ")}?` : suggestion;
}
