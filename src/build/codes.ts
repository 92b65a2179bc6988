/** What can go wrong between generated C and a verified bundle. */

import { defineCode } from "../diagnostic.js";

export * from "./distrust.js";

export const missingTool = defineCode<{ name: string; candidates: readonly string[] }>(
  "missing-tool",
  "error",
  ({ name, candidates }) => `${name} is not installed; none of these starts: ${candidates.join(", ")}`,
  `injectc compiles with clang, strips debug information with bpftool and signs with openssl. Each is looked for in PATH
under the names in the message. CLANG, BPFTOOL and OPENSSL name a program of your choice, and then no other is tried.

A program by that name that does not tell its version counts as missing, too: Ubuntu's \`bpftool\` is a script that
needs the package linux-tools of the running kernel.`,
);

export const toolFailed = defineCode<{ name: string; how: string }>(
  "tool-failed",
  "error",
  ({ name, how }) => `${name} failed: ${how}`,
  `A program that injectc runs gave up; the note has the last lines of what it said. A full disk, a temporary folder
that cannot be written (TMPDIR) and a version that is too old are the usual reasons.`,
);

export const missingHeader = defineCode<{ header: string }>(
  "missing-header",
  "error",
  ({ header }) => `clang finds no header \`${header}\``,
  `The generated C includes libbpf's headers and nothing else. They are not where clang looks for them; CPATH can add a
folder to the search.`,
);

export const compilerRefused = defineCode<{ message: string }>(
  "compiler-refused",
  "error",
  ({ message }) => `clang refuses this: ${message}`,
  `The spec was accepted, but clang does not accept the C that was made of this line. Everything that clang can object to
should have been found before any C existed, so please report it with the spec; writing the predicate in another way
may help meanwhile. \`injectc render\` shows the C.`,
);

export const stackLimit = defineCode(
  "stack-limit",
  "error",
  () => `the spec needs more than the 480 bytes of stack that a BPF program leaves it`,
  `The kernel gives a BPF program 512 bytes of stack, and reckons 32 for a call inside it. A string that is compared takes its length of it, STRSTR 256 bytes, but
only while it is compared: any number of them fits. What stays is a predicate's local variables, eight bytes each, if all are
in use at once. Fewer of them, or a predicate that is split over two frames of the call chain, need less.`,
);

export const unreadableFile = defineCode<{ path: string; cause: string }>(
  "unreadable-file",
  "error",
  ({ path, cause }) => `cannot read ${path}: ${cause}`,
  `A file that was named on the command line cannot be opened or read; the message has the system's reason.`,
);

export const unwritable = defineCode<{ path: string; cause: string }>(
  "unwritable",
  "error",
  ({ path, cause }) => `cannot write ${path}: ${cause}`,
  `A result cannot be written where it was asked for; the message has the system's reason. Nothing half-written is left
behind: a bundle appears whole or not at all.`,
);

export const fileExists = defineCode<{ path: string }>(
  "file-exists",
  "error",
  ({ path }) => `${path} exists already`,
  `\`injectc keygen\` never overwrites a file: a key that is lost cannot be had back, and every bundle signed with it would
have to be signed anew. Give another folder with \`-o\`, or remove the file.`,
);

export const notABundle = defineCode<{ path: string; problem: string }>(
  "not-a-bundle",
  "error",
  ({ path, problem }) => `${path} is no bundle: ${problem}`,
  `A bundle is a file that \`injectc build\` made: a tar of manifest.json, its signature manifest.json.p7s, and the files
that the manifest lists, in that order. tar(1) lists and unpacks it, but what tar(1) packs is no bundle: every header, the
order and the padding are as injectc writes them, since any other byte may be one that somebody changed. It is at most
64 MiB in size, and each file in it 16 MiB.

If it was copied from somewhere, get it again: it may have been cut short or damaged on its way.`,
);

export const occupied = defineCode<{ path: string; problem: string }>(
  "occupied",
  "error",
  ({ path, problem }) => `${path} is in the way: ${problem}`,
  `\`injectc build\` replaces a bundle that it made earlier from the same spec file. It does not replace one that was made
from another file and happens to have the same name, nor any other file, a folder or a link. Move it away, give another
folder with \`-o\`, or another \`metadata.name\`.

\`injectc export\` writes into a folder that is empty or not there yet, and into no other.`,
);

export const replaced = defineCode<{ path: string }>(
  "replaced",
  "info",
  ({ path }) => `${path} was there already, made from another text of the spec, and is replaced`,
  `A bundle is named after its spec, and one that was made earlier from the same spec file is replaced. This one was made
from another text than the spec has now: an earlier one, or another spec in a file of the same name. Give another folder
with \`-o\`, or another \`metadata.name\`, to keep both.`,
);

export const badManifest = defineCode<{ problem: string }>(
  "bad-manifest",
  "error",
  ({ problem }) => `manifest.json is not as injectc writes it: ${problem}`,
  `The manifest says what is in a bundle and what each object needs. Its form is fixed by its member \`schema\`; this one
deviates from it. A bundle of a newer injectc needs a newer injectc and inject-load.`,
);

export const missingFile = defineCode<{ path: string }>(
  "missing-file",
  "error",
  ({ path }) => `the bundle lacks \`${path}\`, which its manifest lists`,
  `A file that the signed manifest lists is not there: the bundle was tampered with, or packed by something else than
injectc. Get it again from where it was built.`,
);

export const unlistedFile = defineCode<{ path: string }>(
  "unlisted-file",
  "error",
  ({ path }) => `the bundle has a file \`${path}\`, which its manifest does not list`,
  `A bundle holds the files that its signed manifest lists and no others, so that nothing can ride along unseen. Somebody
has put one more into it. Get it again from where it was built.`,
);

export const changedFile = defineCode<{ path: string; problem: string }>(
  "changed-file",
  "error",
  ({ path, problem }) => `\`${path}\` is not the file that was signed: ${problem}`,
  `The signed manifest has the size and the SHA-256 of every file, and this file has others: it was changed after the
bundle was signed, or damaged on its way. Do not load the bundle. Get it again from where it was built.`,
);

export const noLoader = defineCode<{ arch: string; path: string }>(
  "no-loader",
  "warning",
  ({ arch, path }) => `the bundle has no loader for ${arch}: there is no ${path}`,
  `A bundle carries \`inject-load\` for each arch that it has an object for, so that a node needs nothing else. \`make build\`
makes the one for the machine that it runs on, and \`make arm64\` the one for arm64 on another; one that was made elsewhere
can be put where the message says. Without it, the bundle is sound, and the loader must come to the node by itself.
\`--no-loader\` leaves all of them out.`,
);

export const unsealable = defineCode<{ problem: string }>(
  "unsealable",
  "error",
  ({ problem }) => `the bundle's manifest cannot hold what the spec says: ${problem}`,
  `Texts from the spec are carried in the bundle's manifest, where they must be valid Unicode without NUL characters and
numbers must be exact. The message names the member; change that part of the spec.`,
);

export const sameBundle = defineCode<{ name: string }>(
  "same-bundle",
  "error",
  ({ name }) => `two specs would both become \`${name}\``,
  `A bundle is named after its spec: \`metadata.name\`, or the file's name without its ending, with everything but letters,
digits, dots, dashes and underscores made a dash, and cut to 200 bytes. Specs that are built in one run must differ in that name.`,
);
