/** The command line: one verb an arrow. Start-up loads commander and the verb's own module, nothing else. */

import { Command, CommanderError, Option } from "commander";
import { cause } from "./build/file.js";
import { internalError, systemError } from "./cli/codes.js";
import { colorOption, isColoured, type When, withColor } from "./cli/color.js";
import { exitStatus, type Manner, printed } from "./cli/print.js";
import { progressOn } from "./cli/progress.js";
import { misspelt } from "./cli/usage.js";
import type { OptionRow, Options, Outcome, Verb } from "./cli/verb.js";
import { verbs } from "./cli/verbs.js";
import { version } from "./version.js";

interface GlobalOptions {
  readonly json?: boolean;
  readonly color?: When;
}

/** What commander prints: help, or the version. */
let shown = "";
const show = (text: string) => {
  shown += text;
};

const program = new Command("injectc")
  .description("Compiles kernel fault-injection specs into portable, signed BPF objects.")
  .option("--json", "print one JSON document to standard output, diagnostics included")
  .addOption(option(colorOption))
  .version(version, "-V, --version", "print the version")
  .exitOverride()
  // Usage errors are printed as the diagnostics that they are.
  .configureOutput({ writeOut: show, writeErr: show, outputError: () => {} });

const { words, rest } = splitRest(withColor(process.argv));

for (const verb of verbs) addVerb(verb);

function addVerb(verb: Verb): void {
  const command = program.command(`${verb.name} ${verb.operands}`).summary(verb.summary);
  command.description(`${verb.summary[0]!.toUpperCase()}${verb.summary.slice(1)}.`);
  for (const row of verb.options) command.addOption(option(row));
  command.action(async () => {
    const options: Options = command.opts();
    const progress = progressOn(process.stderr, manner().json);
    const run = await verb.load();
    const outcome = await run({ operands: command.args, rest, options, progress });
    progress(null);
    finish(outcome);
  });
}

function option({ flags, help, repeat, choices }: OptionRow): Option {
  const made = new Option(flags, help);
  if (choices) made.choices(choices);
  if (repeat)
    made.argParser((value: string, before: readonly string[] | undefined) => [...(before ?? []), value]);
  return made;
}

/** Behind `--`, commander takes words for operands; a verb that hands them on gets them apart. */
function splitRest(argv: readonly string[]): { words: readonly string[]; rest: readonly string[] } {
  const dashes = argv.indexOf("--");
  const verb = argv.slice(2).find((word) => !word.startsWith("-"));
  const takesRest = verbs.some(({ name, rest }) => name === verb && rest);
  if (dashes < 0 || !takesRest) return { words: argv, rest: [] };
  return { words: argv.slice(0, dashes), rest: argv.slice(dashes + 1) };
}

function manner(): Manner {
  // Where the words do not fit together, commander may not have come to this one.
  const said = words.slice(0, words.includes("--") ? words.indexOf("--") : undefined).includes("--json");
  const { json = said, color }: GlobalOptions = program.opts();
  return { json, colour: isColoured(color, process.stderr, process.env) };
}

function finish(outcome: Outcome): void {
  const { stdout, stderr } = printed(outcome, manner());
  process.stderr.write(stderr);
  process.stdout.write(stdout);
  process.exitCode = exitStatus(outcome.diagnostics);
}

function failure(error: unknown): Outcome {
  if (error instanceof CommanderError) return { diagnostics: [misspelt(error, words.slice(2))] };
  const { syscall, path } = error as NodeJS.ErrnoException;
  if (syscall !== undefined) {
    const problem = `${syscall}${path === undefined ? "" : ` ${path}`}: ${cause(error)}`;
    return { diagnostics: [systemError(undefined, { problem })] };
  }
  const problem = error instanceof Error ? error.message : String(error);
  const help = ["please report it, with the command, the spec and these lines"];
  const notes = error instanceof Error && error.stack ? [{ text: error.stack }] : [];
  return { diagnostics: [internalError(undefined, { problem }, { help, notes })] };
}

// Ends by process.exit(), which removes temporary folders and stops what was started.
for (const [signal, number] of [
  ["SIGINT", 2],
  ["SIGTERM", 15],
  ["SIGHUP", 1],
] as const) {
  process.once(signal, () => process.exit(128 + number));
}
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    // Whoever reads our output may stop to, as in `injectc show '*' | head`; what there was to say is told by the status.
    if (error.code === "EPIPE" || stream === process.stderr) process.exit();
    finish(failure(error));
    process.exit();
  });
}

program.parseAsync(words).catch((error) => {
  const asked = error instanceof CommanderError && error.exitCode === 0;
  const nothing = error instanceof CommanderError && error.code === "commander.help" && words[2] !== "help";
  if (asked) finish({ diagnostics: [], text: shown.trimEnd(), data: { text: shown } });
  else if (!nothing || manner().json) finish(failure(error));
  else {
    process.stderr.write(shown);
    process.exitCode = 2;
  }
});
