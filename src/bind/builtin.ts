/** The built-ins of the predicate language: string comparisons, `exists`, and the dev_t macros. */

import { hasErrors } from "../diagnostic.js";
import type { Expression } from "../spec/expr.js";
import { nearest } from "../spelling.js";
import * as codes from "./codes.js";
import { type CType, intType, invalidType, uintType } from "./ctype.js";
import { typeExpression } from "./expression.js";
import { arithmetic, constant, constantOf, convert } from "./lower.js";
import { macroHelp } from "./macros.js";
import { isFixed, placeOf } from "./place.js";
import type { Place, Typed } from "./plan.js";
import { note, report, type Scope } from "./scope.js";

type Call = Extract<Expression, { kind: "call" }>;
const invalid: Typed = { kind: "invalid", type: invalidType };

interface Builtin {
  readonly usage: string;
  readonly arity: number;
  readonly type: (call: Call, usage: string, scope: Scope) => Typed;
}

const builtins: Readonly<Record<string, Builtin>> = {
  STRCMP: { usage: 'STRCMP(p, "text")', arity: 2, type: (c, u, s) => typeEquals(c, u, s, (n) => n + 1) },
  STRNCMP: { usage: 'STRNCMP(p, "text", n)', arity: 3, type: typeStrncmp },
  STRPREFIX: { usage: 'STRPREFIX(p, "text")', arity: 2, type: (c, u, s) => typeEquals(c, u, s, (n) => n) },
  STRSTR: { usage: 'STRSTR(p, "text")', arity: 2, type: typeContains },
  exists: { usage: "exists(a->b)", arity: 1, type: typeExists },
  MKDEV: { usage: "MKDEV(major, minor)", arity: 2, type: (c, u, s) => typeDevice(c, u, s, makeDevice) },
  MAJOR: { usage: "MAJOR(dev)", arity: 1, type: (c, u, s) => typeDevice(c, u, s, majorOf) },
  MINOR: { usage: "MINOR(dev)", arity: 1, type: (c, u, s) => typeDevice(c, u, s, minorOf) },
};

/** Types the use of a built-in; any other call is an error that lists them. */
export function typeCall(call: Call, scope: Scope): Typed {
  const { value: name, span } = call.callee;
  const builtin = Object.hasOwn(builtins, name) ? builtins[name] : undefined;
  if (!builtin) {
    const near = nearest(name, Object.keys(builtins));
    const list = Object.values(builtins)
      .map((b) => b.usage)
      .join(", ");
    const known = macroHelp(name);
    const meant = known.length || !near ? known : [`did you mean \`${near}\`?`];
    const help = [...meant, `there are ${list}`];
    report(scope, codes.notCallable(span, { name }, { help }));
    return invalid;
  }
  if (call.arguments.length !== builtin.arity) {
    const why = `it takes ${builtin.arity} argument${builtin.arity === 1 ? "" : "s"}, not ${call.arguments.length}`;
    report(scope, codes.badArguments(call.span, { usage: builtin.usage, why }));
    return invalid;
  }
  return builtin.type(call, builtin.usage, scope);
}

type StringAccess = "kernel" | "user";

/** The pointer to characters that a string built-in reads, and how. */
function typeString(
  call: Call,
  usage: string,
  scope: Scope,
): { pointer: Typed; access: StringAccess } | undefined {
  const at = call.arguments[0]!;
  const swapped = at.kind === "string" && call.arguments[1]?.kind !== "string";
  const pointer = swapped ? invalid : typeExpression(at, scope);
  if (swapped || (pointer.kind !== "invalid" && !isText(pointer.type))) {
    const why = swapped
      ? "the pointer comes first, the text second"
      : "the first argument must be a pointer to characters";
    report(scope, codes.badArguments(at.span, { usage, why }));
    return undefined;
  }
  if (pointer.kind === "invalid") return undefined;
  note(scope, "string", at.span, pointer);
  const access = pointer.type.kind === "pointer" && pointer.type.user ? "user" : "kernel";
  if (access === "kernel" && at.kind === "identifier" && scope.variables.get(at.name)?.handedIn) {
    const help = [`write \`const char __user *${at.name}\` in \`parameters\``];
    report(scope, codes.handedIn(at.span, { name: at.name }, { help }));
  }
  return { pointer, access };
}

function isText(type: CType): boolean {
  return (
    type.kind === "pointer" && (type.to.kind === "void" || (type.to.kind === "int" && type.to.size === 1))
  );
}

/** The literal's bytes up to a NUL that it holds, as the C function would see them. */
function literalOf(call: Call, usage: string, scope: Scope): Uint8Array | undefined {
  const e = call.arguments[1]!;
  if (e.kind !== "string") {
    const isWord = e.kind === "character" || (e.kind === "identifier" && !scope.variables.has(e.name));
    const help = isWord ? ["a string literal stands in double quotes"] : [];
    const why = "the second argument must be a string literal";
    report(scope, codes.badArguments(e.span, { usage, why }, { help }));
    return undefined;
  }
  const nul = e.bytes.indexOf(0);
  return nul < 0 ? e.bytes : e.bytes.subarray(0, nul);
}

/** More bytes than the array has that the string is in; a flexible one ends nowhere. */
function reportUnmatchable(call: Call, pointer: Typed, text: number, scope: Scope): void {
  const type = pointer.kind === "address" ? pointer.place.type : undefined;
  if (type?.kind !== "array" || type.length === 0 || text <= type.length) return;
  report(scope, codes.unmatchableText(call.arguments[1]!.span, { length: type.length, text }));
}

/** `count` gives how many bytes are compared for a literal of so many; one beyond is its NUL. */
function typeEquals(call: Call, usage: string, scope: Scope, count: (length: number) => number): Typed {
  const text = typeString(call, usage, scope);
  const literal = literalOf(call, usage, scope);
  if (!text || !literal) return invalid;
  const bytes = new Uint8Array(count(literal.length));
  bytes.set(literal.subarray(0, bytes.length));
  if (bytes.length === 0) return constant(intType, 1n);
  reportUnmatchable(call, text.pointer, bytes.length, scope);
  return { kind: "equals", type: intType, bytes, ...text };
}

function typeStrncmp(call: Call, usage: string, scope: Scope): Typed {
  const third = call.arguments[2]!;
  const n = constantOf(typeExpression(third, scope));
  const literal = call.arguments[1]!.kind === "string" ? literalOf(call, usage, scope) : undefined;
  const limit = literal ? literal.length + 1 : 256;
  if (n === undefined || n < 1n || n > BigInt(limit)) {
    const why =
      n === undefined
        ? "the count must be a constant"
        : n < 1n
          ? "the count must be at least 1"
          : `the count must be at most ${limit}, the text and its NUL`;
    report(scope, codes.badArguments(third.span, { usage, why }));
    return invalid;
  }
  return typeEquals(call, usage, scope, () => Number(n));
}

function typeContains(call: Call, usage: string, scope: Scope): Typed {
  const text = typeString(call, usage, scope);
  const bytes = literalOf(call, usage, scope);
  if (!text || !bytes) return invalid;
  reportUnmatchable(call, text.pointer, bytes.length, scope);
  return bytes.length ? { kind: "contains", type: intType, bytes, ...text } : constant(intType, 1n);
}

/** Whether the kernel has the field; where the kernels that the spec is for may disagree, the object can ask. */
function typeExists(call: Call, usage: string, scope: Scope): Typed {
  const e = call.arguments[0]!;
  if (e.kind !== "member" && e.kind !== "index") {
    report(scope, codes.badArguments(e.span, { usage, why: "the argument must be a field" }));
    return invalid;
  }
  const trial: Scope = { ...scope, diagnostics: [], reads: new Set(), values: new Map() };
  const place = placeOf(e, trial);
  const others = trial.diagnostics.filter((d) => d.code !== codes.noSuchField.code);
  scope.diagnostics.push(...others);
  if (hasErrors(others)) return invalid;
  const present = place !== undefined;
  if (scope.kernels.length === 1 || (place && !isAskable(place))) return constant(intType, present ? 1n : 0n);
  return { kind: "exists", type: intType, present, ...(place ? { place } : {}) };
}

/** Whether CO-RE can tell of every field on the way to the place: there are only arrows and dots from a parameter on. */
function isAskable(place: Place): boolean {
  if (place.kind === "element") return isFixed(place) && isAskable(place.of);
  if (place.kind === "member") return isAskable(place.of);
  const { pointer } = place;
  return pointer.kind === "variable" || (pointer.kind === "load" && isAskable(pointer.place));
}

// The kernel's own macros (include/linux/kdev_t.h), with what they make of wider and of signed operands.
const minorBits = constant(intType, 20n);
const minorMask = constant(uintType, 0xfffffn);

function typeDevice(call: Call, usage: string, scope: Scope, make: (...numbers: Typed[]) => Typed): Typed {
  const numbers = call.arguments.map((e) => {
    const typed = typeExpression(e, scope);
    if (typed.type.kind === "int" || typed.kind === "invalid") return typed;
    report(scope, codes.badArguments(e.span, { usage, why: "it takes integers" }));
    return invalid;
  });
  return numbers.some((n) => n.kind === "invalid") ? invalid : make(...numbers);
}

function makeDevice(major?: Typed, minor?: Typed): Typed {
  return arithmetic("|", arithmetic("<<", major!, minorBits), minor!);
}

function majorOf(device?: Typed): Typed {
  return convert(arithmetic(">>", device!, minorBits), uintType);
}

function minorOf(device?: Typed): Typed {
  return convert(arithmetic("&", device!, minorMask), uintType);
}
