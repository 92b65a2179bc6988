/** Random specs that are well typed by construction. */

import type { CType } from "../../src/bind/ctype.js";
import { faultClasses } from "../../src/bind/fault.js";
import { findFunction, type KernelFunction } from "../../src/bind/function.js";
import type { Backend } from "../../src/build/manifest.js";
import { wholeFragment } from "../../src/source.js";
import type { Random } from "../spec/random.js";
import { chance, type Ground, randomName, type Variable } from "./ground.js";
import { condition } from "./integer.js";
import type { Roster } from "./roster.js";
import { spell } from "./spell.js";

export interface Draft {
  /** The spec as native JSON. */
  readonly text: string;
  /** Absent: whichever is chosen. */
  readonly backend?: Backend;
}

interface Failing {
  readonly fault: string;
  readonly function: string;
  readonly return?: string;
  /** The documented names of the function's parameters. */
  readonly names?: readonly string[];
  readonly backend?: Backend;
}

const errnos = ["ENOMEM", "EIO", "EPERM", "EAGAIN", "ENOSPC", "EINTR"];

/** A spec, and the backend to ask for. */
export function randomSpec(random: Random, roster: Roster): Draft {
  const failing = randomFault(random, roster);
  const when = chance(random, 70) ? faultWhen(random, roster, failing) : undefined;
  const spec = {
    fault: failing.fault,
    ...(failing.return ? { return: failing.return } : {}),
    ...(when ? { when } : {}),
    callchain: randomChain(random, roster),
    trigger: randomTrigger(random, failing.fault),
    ...(chance(random, 40) ? { target: { comm: ["cat"], uid: [1000], pid: [] } } : {}),
  };
  const document = { apiVersion: "injectc.dev/v1", kind: "Injection", metadata: { name: "soak" }, spec };
  const text = JSON.stringify(document, null, 1);
  return { text, ...(failing.backend ? { backend: failing.backend } : {}) };
}

function randomFault(random: Random, { injectable, security, syscalls }: Roster): Failing {
  const errno = random.pick(errnos);
  const either = random.pick(["fmod_ret", "override", undefined] as const);
  const backend = either ? { backend: either } : {};
  const kind = random.number(10);
  if (kind < 4) {
    const name = (["slab", "slab", "page", "bio"] as const)[kind]!;
    const row = faultClasses[name];
    return { fault: name, function: row.function, names: row.parameters, ...backend };
  }
  if (kind < 6) {
    const name = random.pick(syscalls);
    return { fault: `syscall:${name}`, function: `sys_${name}`, return: errno, ...backend };
  }
  if (kind < 8) {
    const name = random.pick(security);
    return { fault: name, function: name, return: errno };
  }
  const { name, effect } = random.pick(injectable);
  if (effect === "TRUE") return { fault: name, function: name, return: "true", ...backend };
  const isNull = effect === "NULL" || (effect === "ERRNO_NULL" && chance(random, 50));
  return { fault: name, function: name, return: isNull ? "NULL" : errno, ...(isNull ? {} : backend) };
}

function faultWhen(random: Random, roster: Roster, failing: Failing): string | undefined {
  const target = functionOf(failing.function, roster);
  if (!target) return undefined;
  const variables = target.parameters.flatMap((p, i) => {
    const name = failing.names?.[i] ?? p.name;
    return name && p.slot !== undefined ? [{ name, type: p.type }] : [];
  });
  return predicate(random, roster, variables);
}

function randomChain(random: Random, roster: Roster) {
  const kind = random.number(10);
  const length = kind < 2 ? 0 : kind < 5 ? 1 : kind < 9 ? 2 + random.number(3) : 5 + random.number(12);
  const names: string[] = [];
  return Array.from({ length }, () => {
    const again = names.length > 0 && chance(random, 25);
    const name = again ? random.pick(names) : randomFunction(random, roster);
    names.push(name);
    return randomFrame(random, roster, name);
  });
}

/** Most often one that is given a struct; sometimes any, or a system call by one of its names. */
function randomFunction(random: Random, roster: Roster): string {
  if (chance(random, 10)) {
    return random.pick(["sys_", "SyS_", "__x64_sys_"]) + random.pick(roster.syscalls);
  }
  for (;;) {
    const name = random.pick(roster.functions);
    const target = functionOf(name, roster);
    if (target && (chance(random, 15) || target.parameters.some((p) => isRecordPointer(p.type)))) return name;
  }
}

function isRecordPointer(type: CType): boolean {
  return type.kind === "pointer" && (type.to.kind === "struct" || type.to.kind === "union");
}

/** `undefined` where several functions share the name. */
function functionOf(name: string, { kernel }: Roster): KernelFunction | undefined {
  const span = wholeFragment({ name: "<soak>", text: name }).span;
  return findFunction({ value: name, span }, kernel, () => {});
}

function randomFrame(random: Random, roster: Roster, name: string) {
  const target = functionOf(name, roster);
  if (!target || chance(random, 25)) return { function: name };
  const own = chance(random, 35) ? ownParameters(random, target) : undefined;
  const given = own?.variables ?? target.parameters.filter((p) => p.name && p.slot !== undefined);
  const when = predicate(random, roster, given);
  return {
    function: name,
    ...(own ? { parameters: own.text } : {}),
    ...(when ? { when } : {}),
  };
}

/** A list of the user's own: a prefix, names at will, and pointers to user memory or to nothing in particular. */
function ownParameters(random: Random, target: KernelFunction): { text: string; variables: Variable[] } {
  const variables: Variable[] = [];
  const texts: string[] = [];
  for (const { type, slot } of target.parameters.slice(0, 1 + random.number(6))) {
    const name = randomName({ random, variables });
    const isPointer = type.kind === "pointer";
    const blank = isPointer && chance(random, 10);
    const user = isPointer && chance(random, 15);
    const written = blank ? "void *" : spell(type);
    if (!written || variables.some((v) => v.name === name)) break;
    texts.push(user ? `${written.replace(/\*$/, "")}__user *${name}` : `${written} ${name}`);
    const seen: CType = blank ? { kind: "pointer", to: { kind: "void" } } : type;
    if (slot !== undefined) variables.push({ name, type: seen });
  }
  return { text: texts.join(", "), variables };
}

/** So long that it stays below the limit on words. */
const longest = 2500;

function predicate(random: Random, roster: Roster, variables: readonly Variable[]): string | undefined {
  const { kernel, enumerators, records } = roster;
  const sample = <T>(list: readonly T[]) => Array.from({ length: 8 }, () => random.pick(list));
  for (let depth = 1 + random.number(4); depth > 0; depth--) {
    const ground: Ground = {
      ...{ random, kernel, variables, btf: kernel.btf, budget: { left: 200 } },
      ...{ enumerators: sample(enumerators), records: sample(records) },
    };
    const text = condition(ground, depth);
    if (text.length <= longest)
      return text.replace(/^\((?!\{)(.*)\)$/, (whole, inner) => (balanced(inner) ? inner : whole));
  }
  return undefined;
}

/** Whether the outermost brackets of `(text)` belong together. */
function balanced(text: string): boolean {
  let open = 0;
  for (const char of text.replace(/'\\?.'|"(\\.|[^"])*"/g, "")) {
    if (char === "(") open++;
    if (char === ")" && --open < 0) return false;
  }
  return open === 0;
}

function randomTrigger(random: Random, fault: string) {
  const counted = ["slab", "page", "bio"].includes(fault);
  return {
    ...(chance(random, 50) ? { probability: "10%" } : {}),
    ...(chance(random, 50) ? { times: 3 } : {}),
    ...(chance(random, 40) ? { interval: 5 } : {}),
    ...(counted && chance(random, 40) ? { space: 4096 } : {}),
    ...(chance(random, 40) ? { "once-per-stack": true } : {}),
  };
}
