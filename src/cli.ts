#!/usr/bin/env node
/** The command line: one verb an arrow. Start-up loads commander and the verb's own module, nothing else. */

import { Command, CommanderError, Option } from "commander";
import { cause } from "./build/file.js";
import { internalError, systemError, usage } from "./cli/codes.js";
import { exitStatus, type Manner, printed } from "./cli/print.js";
import { progressOn } from "./cli/progress.js";
import type { OptionRow, Options, Outcome, Verb } from "./cli/verb.js";
import { verbs } from "./cli/verbs.js";
import { version } from "./version.js";

interface GlobalOptions {
  readonly json?: boolean;
  readonly color?: boolean;
}

const program = new Command("injectc")
  .description("Compiles kernel fault-injection specs into portable, signed BPF objects.")
  .option("--json", "print one JSON document to standard output, diagnostics included")
  .option("--color", "colour diagnostics (default: on a terminal, unless NO_COLOR is set)")
  .option("--no-color", "do not colour them")
  .version(version, "-V, --version", "print the version")
  .exitOverride()
  // Usage errors are printed as the diagnostics that they are.
  .configureOutput({ outputError: () => {} });

const { words, rest } = splitRest(process.argv);

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
  const { json, color }: GlobalOptions = program.opts();
  const wanted = process.stderr.isTTY === true && !process.env.NO_COLOR;
  return { json: json ?? process.argv.includes("--json"), colour: color ?? wanted };
}

function finish(outcome: Outcome): void {
  const { stdout, stderr } = printed(outcome, manner());
  process.stderr.write(stderr);
  process.stdout.write(stdout);
  process.exitCode = exitStatus(outcome.diagnostics);
}

/** commander's own words, in two lines where it has a suggestion. */
function usageProblem(error: CommanderError): Outcome {
  const [problem = "", suggestion] = error.message.replace(/^error: /, "").split("\n");
  const help = [
    ...(suggestion ? [suggestion.replace(/^\((.*)\)$/, "$1")] : []),
    "`injectc help` lists the verbs, `injectc help VERB` the options of one",
  ];
  return { diagnostics: [usage(undefined, { problem }, { help })] };
}

function failure(error: unknown): Outcome {
  if (error instanceof CommanderError) return usageProblem(error);
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
// Whoever reads our output may stop to, as in `injectc show '*' | head`.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
});

try {
  await program.parseAsync(words);
} catch (error) {
  const shown = error instanceof CommanderError && (error.exitCode === 0 || error.code === "commander.help");
  // Help was asked for, or there was no verb at all and help was printed in its place.
  if (shown) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else finish(failure(error));
}
