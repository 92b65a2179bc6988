/** A spec in plain words: what fails, when, for whom, how often, how long, and what it takes. */

import { faultClass } from "../bind/fault.js";
import { positionOf } from "../source.js";
import { durationText } from "../spec/duration.js";
import { faultNames } from "../spec/fault.js";
import type { Fault, Frame, Spec } from "../spec/spec.js";
import { oneLine } from "../terminal.js";
import { listed, predicateWords, quote } from "./words.js";

/** A heading, and sentences or lines of a list (those that begin with a blank). */
export interface Section {
  readonly title: string;
  readonly lines: readonly string[];
}

/** All sections of a spec, in the order in which one would ask. */
export function explained(spec: Spec): Section[] {
  return [
    { title: "Spec", lines: [origin(spec)] },
    { title: "What fails", lines: [failure(spec), ...exemption(spec)] },
    { title: "When", lines: conditions(spec) },
    { title: "For whom", lines: whom(spec) },
    { title: "How often", lines: [frequency(spec)] },
    { title: "How long", lines: lifetime(spec) },
    { title: "Needs", lines: needs(spec) },
  ];
}

/** The kinds of input as people call them. */
const inputs: Readonly<Record<Spec["input"], string>> = {
  KernelChaos: "a KernelChaos of Chaos Mesh",
  FailKernRequest: "a request to bpfki",
  inject: "a call of bcc's inject",
  Injection: "a native Injection",
};

function origin({ name, input, span, within }: Spec): string {
  const around = within ? `, in a ${within.kind}` : "";
  const { line } = positionOf(span.source, span.start);
  const at = span.source.name.startsWith("-") ? span.source.name : `${span.source.name}:${line}`;
  return oneLine(`${name}: ${inputs[input]}${around} (${at})`);
}

/** What of the kernel the faults with names of their own are. */
const events: Readonly<Record<string, string>> = {
  slab: "Slab allocations (kmalloc and its like)",
  page: "Page allocations",
  bio: "Block I/O requests",
};

function failure(spec: Spec): string {
  const { fault } = spec;
  const returned = spec.return?.value ?? faultClass(fault)?.return ?? "a value that the spec must name";
  if (fault.kind === "syscall")
    return `The system call ${fault.name.value} returns ${returned} and does nothing.`;
  if (fault.kind === "function") return `${fault.name.value}() returns ${returned} and does nothing.`;
  return `${events[fault.kind]}: ${faultNames(fault)[0]}() returns ${returned}.`;
}

/** As in the kernel's own framework. */
function exemption({ fault }: Spec): string[] {
  return faultClass(fault)?.exempt ? ["Allocations with __GFP_NOFAIL are never failed."] : [];
}

function conditions(spec: Spec): string[] {
  const { callchain, when } = spec;
  const own = when ? [`${faultCall(spec)} is called where ${predicateWords(when.predicate)}.`] : [];
  if (callchain.length === 0) return when ? own.map(sentence) : [`Wherever ${faultCall(spec)} is called.`];
  const many = callchain.length > 1;
  const list = callchain.map((frame, i) => `  ${many ? `${i + 1}. ` : ""}${frameWords(frame)}`);
  const head = many
    ? "While the task is inside a call of each of these, the outermost first; others may stand between:"
    : "While the task is inside a call of:";
  return [head, ...list, ...(own.length ? [`And ${own[0]}`] : [])];
}

function faultCall({ fault }: Spec): string {
  if (fault.kind === "syscall") return `the system call ${fault.name.value}`;
  return `${faultNames(fault)[0]}()`;
}

function frameWords({ function: name, parameters, when }: Frame): string {
  const list = parameters ? oneLine(parameters.text.trim().replace(/\s+/g, " ")) : "";
  return `${name.value}(${list})${when ? `, where ${predicateWords(when)}` : ""}`;
}

/** The kinds of targets in words. */
const targets: Readonly<Record<keyof Spec["target"], (value: string) => string>> = {
  pid: (value) => `process ${value} with all its threads`,
  tid: (value) => `thread ${value}`,
  cgroup: (value) => `the tasks of cgroup ${value} and below it`,
  comm: (value) => `tasks called ${value}`,
  uid: (value) => `tasks of user ${value}`,
};

function whom({ target, placement }: Spec): string[] {
  const words = Object.entries(targets).flatMap(([kind, say]) =>
    target[kind as keyof typeof targets].map((entry) => say(oneLine(String(entry.value)))),
  );
  const fallback =
    "Every task. The loader does that only with --all; else it is given targets, such as --pid or --cgroup.";
  const placed = Object.entries(placement?.value ?? {}).map(([key, v]) => `${key} ${JSON.stringify(v)}`);
  return [
    words.length ? `${sentence(listed(words))}; nobody else.` : fallback,
    ...(placed.length
      ? [
          `Chaos Mesh would select pods by ${oneLine(placed.join(", "))}. That stands in the bundle's manifest; the loader does not act on it.`,
        ]
      : []),
  ];
}

function frequency({ trigger }: Spec): string {
  const { probability, times, interval, space, oncePerStack } = trigger;
  const parts = [
    ...(space ? [`after the first ${space.value} bytes`] : []),
    ...(interval ? [`one in ${interval.value} of these events`] : []),
    ...(probability && probability.value < 1
      ? [`each with a probability of ${Number((probability.value * 100).toPrecision(6))} %`]
      : []),
    ...(oncePerStack?.value ? ["for each distinct kernel stack once at most"] : []),
    ...(times ? [times.value === 1 ? "once in all" : `${times.value} times in all, at most`] : []),
  ];
  return parts.length ? `${sentence(parts.join(", "))}.` : "Each time.";
}

function lifetime({ duration, within, input }: Spec): string[] {
  const length = duration
    ? `For ${durationText(duration.value)}, then the loader detaches it.`
    : "Until the loader is stopped.";
  const start = within?.schedule
    ? [
        `Chaos Mesh would start it by the schedule ${quote(within.schedule.value)}; the loader starts it once.`,
      ]
    : [];
  const step =
    input === "KernelChaos" && within?.kind === "Workflow" && !within.schedule
      ? ["In Chaos Mesh the Workflow says when; the loader starts it at once."]
      : [];
  return [length, ...start, ...step];
}

function needs(spec: Spec): string[] {
  const { fault, callchain } = spec;
  const row = faultClass(fault);
  const isHook = fault.kind === "function" && fault.name.value.startsWith("security_");
  const injection = isHook
    ? "A kernel with BPF trampolines (5.7; arm64 6.4). Security hooks need no error injection."
    : `A kernel with error injection (CONFIG_FUNCTION_ERROR_INJECTION) that lists ${listedName(fault)}.`;
  const option = row?.config
    ? [`From 6.11 on also CONFIG_${row.config}, without which nothing calls the function.`]
    : [];
  const names = [...new Set(callchain.map((frame) => frame.function.value))];
  const traced = names.length ? [`${sentence(listed(names))} must be in it and not inlined.`] : [];
  return [injection, ...option, ...traced];
}

/** What the kernel's list calls it. */
function listedName(fault: Fault): string {
  return fault.kind === "syscall" ? `the function of ${fault.name.value}` : faultNames(fault)[0]!;
}

/** Functions keep their small letters. */
function sentence(text: string): string {
  return /^[a-z]+ /.test(text) ? text[0]!.toUpperCase() + text.slice(1) : text;
}
