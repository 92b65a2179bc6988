/** The part that KernelChaos and bpfki's FailKernRequest have in common: fault, headers, call chain, probability, times. */

import type { Located, Span } from "../source.js";
import { bpfkiLints } from "./bpfki.js";
import { readChain, type WrittenFrame } from "./chain.js";
import * as codes from "./codes.js";
import { list, optional, type Reader, type Report, record } from "./field.js";
import type { Fault, Spec } from "./spec.js";
import type { ScalarTree } from "./tree.js";
import { text } from "./value.js";

/** The same three fields in both formats. */
const frameFields = { funcname: optional(text), parameters: optional(text), predicate: optional(text) };

/** A frame of a call chain; empty strings are as good as absent, since that is what both formats' defaults are. */
export const requestFrame: Reader<WrittenFrame> = (tree, at, report) => {
  const read = record("a frame", frameFields)(tree, at, report);
  if (!read) return undefined;
  const part = (scalar: ScalarTree | undefined) =>
    scalar && scalar.text !== "" ? scalar.fragment() : undefined;
  const name = part(read.funcname);
  const parameters = part(read.parameters);
  const predicate = part(read.predicate);
  return {
    span: tree.span,
    ...(name ? { function: name } : {}),
    ...(parameters ? { parameters } : {}),
    ...(predicate ? { predicate } : {}),
  };
};

/** `headers`: accepted, since older kernels' bcc needs them, and named in a remark. */
export const headers: Reader<readonly ScalarTree[]> = (tree, at, report) => {
  const read = list(text)(tree, at, report);
  if (read?.length) remarkHeaders(read, tree.span, report);
  return read;
};

/** Says that headers are not needed; they are named, and never opened. */
export function remarkHeaders(
  written: readonly { readonly text: string }[],
  span: Span,
  report: Report,
): void {
  report(codes.headersNotNeeded(span, { headers: written.map((h) => `\`${h.text}\``).join(", ") }));
}

/** A request as either format has it, checked field by field. */
export interface Request {
  readonly fault: Fault;
  readonly frames: readonly WrittenFrame[];
  readonly headers?: readonly ScalarTree[] | undefined;
  /** A fraction, 0 < p ≤ 1. */
  readonly probability?: Located<number> | undefined;
  /** 0 is no limit. */
  readonly times?: Located<number> | undefined;
}

/** What a request says in a spec's terms, with remarks where bpfki would do something else. */
export function readRequest(
  request: Request,
  report: Report,
): Pick<Spec, "fault" | "when" | "callchain" | "trigger" | "headers"> {
  const { fault, frames, headers = [], probability, times } = request;
  const chain = readChain(frames, fault, "the last frame", report);
  bpfkiLints({ ...request, chain }, report);
  const isLimited = times !== undefined && times.value > 0;
  return {
    fault,
    ...chain,
    trigger: { ...(probability ? { probability } : {}), ...(isLimited ? { times } : {}) },
    ...(headers.length ? { headers: headers.map((h) => h.text) } : {}),
  };
}

/** A probability of 0 is an error in every format; `reading` is how the format's own program takes it. */
export function checkZero(written: Located<number>, reading: string, report: Report): boolean {
  if (written.value !== 0) return true;
  const help = [
    "leave it out where the fault shall always fire, or take the whole fault out where it never shall",
  ];
  report(codes.zeroProbability(written.span, { reading }, { help }));
  return false;
}
