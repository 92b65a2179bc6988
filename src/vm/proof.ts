/** The proof that `boot` runs where the user gives no workload: a script for the guest, and the judge of its report. */

import type { Manifest } from "../build/manifest.js";
import { type Checked, checked, failed } from "../diagnostic.js";
import type { BootReport } from "./boot.js";
import { noKnownProof } from "./codes.js";
import { type Deed, deedFor, openFile, readDirectly, writeFile } from "./deeds.js";
import { quoted } from "./guest.js";
import { type Judgement, judgeCommand, judgeDeed } from "./judge.js";

/** What a proof depends on. */
export type Provable = Pick<Manifest, "fault" | "frames" | "trigger" | "proof">;

export interface Proof {
  /** For `BootRun.workload`. */
  readonly workload: string;
  readonly judge: (report: BootReport) => Judgement;
}

/** A file that the predicates do not speak of: it must never meet the fault. */
const control = "other-name";

/** A name that was looked up once, and let through, is in the kernel's cache from then on. */
const forgetNames = "echo 2 >/proc/sys/vm/drop_caches";

/** What is tried to death stops here: a failure is as good as a hundred. */
const enoughFailures = 3;

/**
 * The manifest's own proof, else one known for its fault. `literals` are the strings of the spec's predicates: a file is
 * named after each that can be one, and must meet the fault where a file of another name does not. Pure.
 */
export function proofFor(manifest: Provable, literals: readonly string[]): Checked<Proof> {
  const tries = attempts(manifest.trigger);
  if (manifest.proof !== null) {
    const { run, attached } = manifest.proof;
    return checked({
      workload: commandScript(run, tries),
      judge: (report) => judgeCommand({ run, errno: attached }, report),
    });
  }
  const deed = chooseDeed(manifest, literals);
  if (deed === undefined) {
    const help = ["give `spec.proof` in a native manifest, or `--workload FILE`"];
    return failed(noKnownProof(undefined, { fault: manifest.fault.function }, { help }));
  }
  const names = manifest.fault.kind === "bio" ? ["/dev/ram0"] : fileNames(literals);
  const controls = names.length > 0 && manifest.fault.kind !== "bio" ? [control] : [];
  const targets = names.length > 0 ? names : ["injectc-proof"];
  const always = isAlways(manifest.trigger);
  const forget = !always && manifest.frames.length > 0;
  return checked({
    workload: deedScript({ deed, targets, controls, tries, forget }),
    judge: (report) =>
      judgeDeed({ verb: deed.verb, targets, controls, always, errno: seenErrno(manifest.fault) }, report),
  });
}

function chooseDeed({ fault, frames }: Provable, literals: readonly string[]): Deed | undefined {
  // Outermost first: without that call there is none of those within it.
  const chain = frames.map((frame) => frame.function);
  switch (fault.kind) {
    case "bio":
      return readDirectly;
    case "page":
      return deedFor(chain) ?? writeFile;
    case "slab":
      return deedFor(chain) ?? (chain.length === 0 || fileNames(literals).length > 0 ? openFile : undefined);
    case "syscall":
    case "function":
      return deedFor([...chain, fault.function]);
    default:
      return fault.kind satisfies never;
  }
}

/** What a program sees; null: whatever it is. The kernel's allocators and block layer make their own errno of a fault. */
function seenErrno({ kind, return: value }: Manifest["fault"]): string | null {
  switch (kind) {
    case "slab":
    case "page":
      return "ENOMEM";
    case "bio":
      return "EIO";
    case "syscall":
    case "function":
      if (value === "NULL") return "ENOMEM";
      return value === "true" ? null : value;
    default:
      return kind satisfies never;
  }
}

/** The literals that are a harmless file name, or an absolute path in nobody's way. */
function fileNames(literals: readonly string[]): string[] {
  const safe =
    /^(\/(?!(bin|dev|proc|sys|run|bundle|init)(\/|$)))?[A-Za-z0-9_][A-Za-z0-9._-]{0,99}(\/[A-Za-z0-9_][A-Za-z0-9._-]{0,99})*$/;
  return [...new Set(literals)].filter((text) => safe.test(text) && text !== control);
}

function isAlways({ probability, times, interval, space, oncePerStack }: Manifest["trigger"]): boolean {
  return probability >= 2 ** 32 && times === 0 && interval <= 1 && space === 0 && !oncePerStack;
}

/** So many attempts that, but for a very rare fault, not one failing is as good as impossible. */
function attempts(trigger: Manifest["trigger"]): number {
  if (isAlways(trigger)) return enoughFailures;
  const { probability, interval, space } = trigger;
  // An attempt allocates at least some 64 bytes; 20 times the mean wait leaves 2 in a billion.
  const wanted = (20 * Math.max(1, interval) * 2 ** 32) / Math.max(1, probability) + space / 64;
  return Math.min(20_000, Math.max(200, Math.ceil(wanted)));
}

/** Runs the user's command once, or while attached until it fails; its output and status are the phase's. */
function commandScript(run: string, tries: number): string {
  const files = [...new Set(run.match(/\/tmp\/[\w./-]*\w/g) ?? [])].filter((path) => !path.includes(".."));
  const lines = [
    "# The proof of the spec: the command must succeed before and after, and fail while attached.",
  ];
  lines.push(`run=${quoted(run)}`);
  if (files.length > 0) {
    lines.push("# It may need the files that it names.");
    lines.push('if [ $1 = before ] && ! (eval "$run") </dev/null >/dev/null 2>&1; then');
    for (const path of files) {
      const parent = path.slice(0, path.lastIndexOf("/"));
      lines.push(`  [ -e ${path} ] || { mkdir -p ${parent}; echo injectc >${path}; }`);
    }
    lines.push("fi");
  }
  if (tries > enoughFailures) {
    lines.push("tried=0", `while [ $1 = attached ] && [ $tried -lt ${tries} ]; do`);
    lines.push(`  ${forgetNames}`, '  (eval "$run") || exit', "  tried=$((tried + 1))", "done");
  }
  lines.push('eval "$run"', "");
  return lines.join("\n");
}

interface DeedScript {
  readonly deed: Deed;
  readonly targets: readonly string[];
  readonly controls: readonly string[];
  readonly tries: number;
  readonly forget: boolean;
}

/**
 * Does the deed to each name, and prints "NAME FAILURES ATTEMPTS"; complaints follow "== NAME" on stderr. The exit status
 * is 1 if a target failed and 2 if a control did: a fault may well keep the output from being written.
 */
function deedScript({ deed, targets, controls, tries, forget }: DeedScript): string {
  const names = [...targets, ...controls];
  const prepare = names.flatMap((name) => {
    const parent = name.slice(0, name.lastIndexOf("/"));
    return [
      ...(name.lastIndexOf("/") > 0 ? [`  mkdir -p ${quoted(parent)}`] : []),
      `  prepare ${quoted(name)}`,
    ];
  });
  return `# The proof: to ${deed.verb} must fail while the fault is attached, and only then.
prepare() {
  ${deed.prepare || ":"}
}
attempt() {
  ${deed.attempt}
}
tally() {
  echo "== $1" >&2
  tried=0 failed=0
  while [ $tried -lt $tries ] && [ $failed -lt ${enoughFailures} ]; do
${forget ? `    ${forgetNames}\n` : ""}    attempt "$1" || failed=$((failed + 1))
    tried=$((tried + 1))
  done
  [ $failed = 0 ] || status=$2
  echo "$1 $failed $tried"
}
tries=${enoughFailures} status=0
if [ $1 = before ]; then
${prepare.join("\n")}
elif [ $1 = attached ]; then
  tries=${tries}
fi
${[...targets.map((name) => `tally ${quoted(name)} 1`), ...controls.map((name) => `tally ${quoted(name)} 2`)].join("\n")}
exit $status
`;
}
