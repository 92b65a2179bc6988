/** The manifest's JSON text: its rules, its reader and its writer. As strict as manifest.c of the loader. */

import { type Checked, checked, failed } from "../diagnostic.js";
import { formats } from "../skeleton/skeleton.js";
import { badManifest } from "./codes.js";
import {
  type FileKind,
  fileKinds,
  type Manifest,
  manifestFile,
  manifestSchema,
  signatureFile,
} from "./manifest.js";
import { flag, integer, list, nullable, oneOf, open, record, type Shape, text } from "./shape.js";
import { isPath } from "./tar.js";

const mostItems = 1024;
const items = (of: Shape) => list(of, mostItems);

/** KSYM_NAME_LEN of include/linux/kallsyms.h, without its NUL. */
const symbol = text(/^.{1,511}$/su, "a function's name");

const path: Shape = (value, at) => {
  if (value === manifestFile || value === signatureFile) return `\`${at}\` is the manifest's own`;
  const good = typeof value === "string" && isPath(value);
  return good ? undefined : `\`${at}\` is not a path inside a bundle`;
};

const duration: Shape = (value, at) =>
  typeof value === "number" && value > 0 && value <= 9e12 ? undefined : `\`${at}\` is no time over zero`;

const object = record({
  file: path,
  source: path,
  arch: oneOf("x86_64", "arm64"),
  backend: oneOf("fmod_ret", "override"),
  reason: text(),
  kernels: items(record({ name: text(), release: nullable(text()), "btf?": path })),
  needs: record({
    features: items(text()),
    functions: items(record({ name: symbol, "arities?": list(integer(0, 31), 32, 1) })),
    config: items(text()),
  }),
  "skeleton?": record({
    metadata: path,
    loaders: list(
      record({ covers: oneOf(...formats), instructions: path, signature: path }),
      formats.length,
      1,
    ),
  }),
});

/** Every member, in the order in which it is written. */
const manifest = record({
  schema: oneOf(manifestSchema),
  name: text(),
  spec: record({ input: text(), file: path }),
  fault: record({
    kind: oneOf("slab", "page", "bio", "syscall", "function"),
    function: symbol,
    value: integer(Number.MIN_SAFE_INTEGER),
    return: text(),
  }),
  frames: list(record({ function: symbol }), 16),
  trigger: record({
    probability: integer(1, 2 ** 32),
    times: integer(0),
    interval: integer(1),
    space: integer(0),
    oncePerStack: flag,
  }),
  target: record({
    pid: items(integer(0)),
    tid: items(integer(0)),
    cgroup: items(text()),
    comm: items(text()),
    uid: items(integer(0)),
  }),
  durationMs: nullable(duration),
  placement: nullable(open),
  proof: nullable(record({ run: text(), attached: text() })),
  objects: list(object, 64, 1),
  files: items(
    record({
      path,
      kind: oneOf(...fileKinds),
      size: integer(0),
      sha256: text(/^[0-9a-f]{64}$/, "a SHA-256 in hexadecimal digits"),
    }),
  ),
  tools: record({ injectc: text(), clang: text(), bpftool: text() }),
});

/** What is wrong with a manifest, if anything; in the words of `badManifest`. */
export function manifestProblem(value: unknown): string | undefined {
  return manifest(value, "") ?? listingProblem(value as Manifest);
}

/** Every file is listed once, in order, and whatever is named is listed as what it is. */
function listingProblem({ files, spec, objects }: Manifest): string | undefined {
  const paths = files.map((file) => file.path);
  const unsorted = paths.find((path, i) => i > 0 && path <= paths[i - 1]!);
  if (unsorted) return `\`${unsorted}\` is listed twice or out of order`;
  const named: [string, FileKind][] = [
    [spec.file, "spec"],
    ...objects.flatMap(({ file, source, kernels, skeleton }): [string, FileKind][] => [
      [file, "object"],
      [source, "source"],
      ...kernels.flatMap(({ btf }): [string, FileKind][] => (btf === undefined ? [] : [[btf, "btf"]])),
      ...(skeleton ? skeletonPaths(skeleton) : []).map((path): [string, FileKind] => [path, "skeleton"]),
    ]),
  ];
  const missing = named.find(
    ([path, kind]) => !files.some((file) => file.path === path && file.kind === kind),
  );
  return missing && `\`${missing[0]}\` is not among its files of the kind ${missing[1]}`;
}

function skeletonPaths({
  metadata,
  loaders,
}: NonNullable<Manifest["objects"][number]["skeleton"]>): string[] {
  return [metadata, ...loaders.flatMap(({ instructions, signature }) => [instructions, signature])];
}

/** The only text of a manifest: two spaces of indentation, a newline at the end. */
export function manifestText(manifest: Manifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/**
 * A manifest from its bytes. They must be what `manifestText` gives, so no member stands twice and no number has a
 * second spelling: no other reader can see something else in them.
 */
export function parseManifest(bytes: Uint8Array): Checked<Manifest> {
  const value = parsed(bytes);
  const problem =
    value === undefined
      ? "it is no JSON"
      : (otherSchema(value) ?? manifestProblem(value) ?? spellingProblem(value as Manifest, bytes));
  return problem ? failed(badManifest(undefined, { problem })) : checked(value as Manifest);
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

/** Told first: another version's manifest is not a faulty one. */
function otherSchema(value: unknown): string | undefined {
  const schema = (value as Partial<Manifest> | null)?.schema;
  return typeof schema === "string" && schema !== manifestSchema
    ? `it has the schema \`${schema}\`, and this injectc knows \`${manifestSchema}\``
    : undefined;
}

function spellingProblem(manifest: Manifest, bytes: Uint8Array): string | undefined {
  const same = Buffer.compare(Buffer.from(manifestText(manifest)), bytes) === 0;
  return same ? undefined : "it is not in canonical form (sorted, indented by two spaces, nothing twice)";
}
