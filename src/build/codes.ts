/** What can go wrong between generated C and a verified bundle. */

import { defineCode } from "../diagnostic.js";

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

export const unusableKey = defineCode<{ path: string; problem: string }>(
  "unusable-key",
  "error",
  ({ path, problem }) => `${path} is no private key that injectc can sign with: ${problem}`,
  `\`--sign-key\` takes a private key in PEM form without a passphrase: RSA of 2048 bits or more, ECDSA on P-256, P-384 or P-521,
or Ed25519. With RSA and Ed25519 the same inputs give the same bundle; ECDSA puts a random number into each signature.

\`injectc keygen\` makes a key and a certificate for trying things out. A key with a passphrase can be decrypted into a
file that only you can read:

    (umask 077; openssl pkey -in KEY -out PLAIN)

or stay where it is, with a program that knows how to use it: \`--sign-command\`.`,
);

export const unfitKernelSigner = defineCode<{ problem: string }>(
  "unfit-kernel-signer",
  "error",
  ({ problem }) => `kernels could not check these signatures: ${problem}`,
  `With \`--skeletons\`, a bundle has light skeletons, whose signatures the kernel itself checks (Linux 6.18 and later). Kernels
know RSA (keys of 2048, 3072 and 4096 bits, PKCS #1 v1.5) and, with CONFIG_CRYPTO_ECDSA, ECDSA on P-256, P-384 and P-521. That
holds for every certificate that comes along (but not for a root, which does not): for its key, and for how it was signed
itself. A signature may have 8 KiB with all of them.

Sign with another key, or leave the skeletons out: the loader checks the bundle's own signature in any case.`,
);

export const signCommandFailed = defineCode<{ command: string; how: string }>(
  "sign-command-failed",
  "error",
  ({ command, how }) => `\`--sign-command\` ${command} did not sign: ${how}`,
  `The command is a program and its arguments, quoted as in a shell, but no shell is asked. It gets the bytes to sign on its
standard input and prints the signature, in binary and nothing else, to its standard output; then it ends with status 0.
What is expected depends on the key of \`--sign-cert\`:

    RSA      PKCS #1 v1.5 over SHA-256     openssl dgst -sha256 -sign KEY
    ECDSA    DER, over SHA-256             openssl dgst -sha256 -sign KEY
    Ed25519  64 bytes, over the bytes      (openssl pkeyutl -sign -rawin, which wants a file)

A key in a PKCS #11 token, by OpenSSL's engine for it:

    openssl dgst -engine pkcs11 -keyform engine -sha256 -sign 'pkcs11:token=T;object=KEY'`,
);

export const badCertificate = defineCode<{ path: string; problem: string }>(
  "bad-certificate",
  "error",
  ({ path, problem }) => `${path} is no certificate that can be used here: ${problem}`,
  `\`--sign-cert\` and \`--trust\` take an X.509 certificate in PEM form (it begins with -----BEGIN CERTIFICATE-----), one
that is valid now and may sign: if it lists its uses, they must include digitalSignature, and codeSigning among the
extended ones. \`--sign-cert\` may have more of them: after the signer's own the one that certifies it, then that one's,
and so on. \`openssl x509 -in FILE -noout -text\` shows what it says. \`injectc keygen\` makes one.`,
);

export const keyMismatch = defineCode<{ key: string; certificate: string }>(
  "key-mismatch",
  "error",
  ({ key, certificate }) => `the certificate ${certificate} was not made for the key ${key}`,
  `A signature made with this key would not verify with this certificate. Give the two that belong together: the public
keys that these print must be the same.

    openssl pkey -in KEY -pubout
    openssl x509 -in CERT -noout -pubkey`,
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

export const unsigned = defineCode<{ path: string }>(
  "unsigned",
  "error",
  ({ path }) => `${path} is not signed: it has no manifest.json.p7s`,
  `Whoever can load a BPF object controls the kernel, so bundles are only accepted with a signature. Build the bundle again
with \`--sign-key\` and \`--sign-cert\`.`,
);

export const unsignedBuild = defineCode<{ path: string }>(
  "unsigned-build",
  "warning",
  ({ path }) => `${path} is not signed, and inject-load refuses it like that`,
  `The bundle was built without \`--sign-key\` and \`--sign-cert\`. It can be looked at, but inject-load and
\`injectc verify\` accept signed bundles only. \`injectc keygen\` makes a key and a certificate for trying things out.`,
);

export const badSignature = defineCode<{ problem: string }>(
  "bad-signature",
  "error",
  ({ problem }) => `the bundle's signature is no good: ${problem}`,
  `manifest.json.p7s does not vouch for manifest.json: one of the two was changed after the bundle was signed, or damaged
on its way. Do not load the bundle. Get it again from where it was built.`,
);

export const untrustedSigner = defineCode<{ problem: string }>(
  "untrusted-signer",
  "error",
  ({ problem }) => `the bundle was not signed with the trusted certificate: ${problem}`,
  `The signature may be sound, but it was made with a certificate that is neither one given with \`--trust\` nor issued
by one, or that may not sign (it is expired, or not meant for code signing). Where others stand between the two, they must
come with the signature: give them to \`build\` in the file of \`--sign-cert\`. This shows who signed it:

    tar -xOf BUNDLE manifest.json.p7s | openssl cms -cmsout -print -inform DER`,
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
