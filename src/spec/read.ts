/** Text to specs: finds out which format a file is in, and hands it to that format's reader. */

import { type Checked, checked, type Diagnostic, hasErrors, mostProblems } from "../diagnostic.js";
import type { Source, Span } from "../source.js";
import { oneOfThese } from "../spelling.js";
import { adviceLints } from "./advice.js";
import { sharedProgramLints } from "./bpfki.js";
import * as codes from "./codes.js";
import { readFailKernRequest, requestNames } from "./failkern.js";
import type { Report } from "./field.js";
import { readInjectFile } from "./inject.js";
import { readInjection } from "./injection.js";
import { readKernelChaos } from "./kernelchaos.js";
import { asKubernetes } from "./kubernetes.js";
import type { Spec } from "./spec.js";
import { entryOf, kindOf, type MapTree, type Tree, textOf } from "./tree.js";
import { otherKinds, readScheduleDocument, readWorkflowDocument } from "./workflow.js";
import { readYaml } from "./yaml.js";

export { readOneLiner } from "./inject.js";
export { decodeText } from "./text.js";

/** Makes specs of a document; `name` is for those that have none of their own. */
type DocumentReader = (tree: Tree, name: string, report: Report) => Spec[];

/** A kind of document. */
interface Kind {
  readonly apiVersion: string;
  readonly read: DocumentReader;
}

/** By `kind`; a new format is a row. */
const kinds: Readonly<Record<string, Kind>> = {
  KernelChaos: chaos(readKernelChaos),
  Schedule: chaos(readScheduleDocument),
  Workflow: chaos(readWorkflowDocument),
  Injection: { apiVersion: "injectc.dev/v1", read: readInjection },
};

/** A kind of Chaos Mesh, whose documents reach it through kubectl. */
function chaos(read: DocumentReader): Kind {
  return {
    apiVersion: "chaos-mesh.org/v1alpha1",
    read: (tree, name, report) => read(asKubernetes(tree), name, report),
  };
}

/**
 * Reads all specs of a file: YAML or JSON documents of the kinds above, bpfki's requests, or, where the name ends in
 * `.inject`, bcc's argument line. All mistakes of a file are reported in one go, in the order of the text.
 */
export function readSpecs(source: Source, isInject = source.name.endsWith(".inject")): Checked<Spec[]> {
  const diagnostics: Diagnostic[] = [];
  const report = (d: Diagnostic) => diagnostics.push(d);
  const name = baseName(source.name);
  const specs = isInject ? readInjectFile(source, name, report) : readDocuments(source, name, report);
  if (specs.length === 0 && diagnostics.every((d) => d.severity !== "error")) {
    report(codes.noSpec({ source, start: 0, end: 0 }, { name: source.name }));
  }
  if (!hasErrors(diagnostics)) {
    for (const spec of specs) adviceLints(spec, report);
    sharedProgramLints(specs, report);
  }
  return checked(specs, limited(inOrder(diagnostics)));
}

/** Nameless documents after the first are told apart by their number. */
function readDocuments(source: Source, name: string, report: Report): Spec[] {
  return readYaml(source, report)
    .flatMap(objectsOf)
    .flatMap((tree, i) => readDocument(tree, i === 0 ? name : `${name}-${i + 1}`, report));
}

/** `kubectl get` prints several objects as one, a `List`. */
function objectsOf(tree: Tree): readonly Tree[] {
  const isList = /List$/.test(textOf(tree, "kind") ?? "");
  const items = isList && tree.kind === "map" ? entryOf(tree, "items")?.value : undefined;
  return items?.kind === "list" ? items.items : [tree];
}

/** The file's name without its folder and ending. */
function baseName(path: string): string {
  const base = path.slice(path.lastIndexOf("/") + 1).replace(/(.)\.[^.]*$/, "$1");
  return base === "<stdin>" || base === "" ? "stdin" : base;
}

/** A document says what it is, or is known for a request by its fields. */
function readDocument(tree: Tree, name: string, report: Report): Spec[] {
  if (tree.kind !== "map") {
    const help =
      tree.kind === "scalar" ? ["bcc's argument line stands in a file whose name ends in `.inject`"] : [];
    report(
      codes.wrongType(tree.span, { expected: "a mapping (the document)", found: kindOf(tree) }, { help }),
    );
    return [];
  }
  const kind = textOf(tree, "kind");
  if (kind !== undefined && textOf(tree, "apiVersion") !== undefined)
    return readKind(tree, kind, name, report);
  const isNamed = entryOf(tree, "kind") || entryOf(tree, "apiVersion");
  const isRequest = tree.entries.some((e) => requestNames.includes(e.key));
  if (!isNamed && isRequest) return readFailKernRequest(tree, name, report);
  for (const field of ["apiVersion", "kind"]) {
    if (textOf(tree, field) === undefined)
      report(codes.missingField(firstKey(tree), { field, of: "the document" }));
  }
  return [];
}

/** A place for what is missing: the mapping itself may be the whole file. */
function firstKey(tree: MapTree): Span {
  return tree.entries[0]?.keySpan ?? tree.span;
}

/** Other objects are left out with a remark; only what looks like one of ours is a mistake. */
function readKind(tree: MapTree, kind: string, name: string, report: Report): Spec[] {
  const apiVersion = textOf(tree, "apiVersion")!;
  const known = Object.hasOwn(kinds, kind) ? kinds[kind]! : undefined;
  if (known?.apiVersion === apiVersion) return known.read(tree, name, report);
  if (known) {
    const at = entryOf(tree, "apiVersion")!.value.span;
    report(
      codes.unknownKind(at, { kind, apiVersion }, { help: [`write \`apiVersion: ${known.apiVersion}\``] }),
    );
    return [];
  }
  const at = entryOf(tree, "kind")!.value.span;
  const isOurs = /^(?:injectc\.dev|chaos-mesh\.org)\//.test(apiVersion) && !otherKinds.includes(kind);
  if (!isOurs) {
    report(codes.skippedDocument(at, { what: kind }));
    return [];
  }
  report(codes.unknownKind(at, { kind, apiVersion }, { help: oneOfThese(kind, Object.keys(kinds)) }));
  return [];
}

/** By place; of equals, the one that was found first. */
function inOrder(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return [...diagnostics].sort((a, b) => (a.span?.start ?? 0) - (b.span?.start ?? 0));
}

/** As many as anyone reads, errors first, and how many there were beside. */
function limited(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  if (diagnostics.length <= mostProblems) return diagnostics;
  const errorsFirst = [...diagnostics].sort(
    (a, b) => Number(b.severity === "error") - Number(a.severity === "error"),
  );
  const kept = inOrder(errorsFirst.slice(0, mostProblems));
  const left = diagnostics.length - kept.length;
  return [...kept, codes.moreProblems(errorsFirst[mostProblems]!.span, { count: left })];
}
