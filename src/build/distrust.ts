/** What can be wrong with keys, certificates and signatures. */

import { defineCode } from "../diagnostic.js";

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
    Ed25519  64 bytes, over the bytes      openssl pkeyutl -sign -rawin -in /dev/stdin -inkey KEY

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
