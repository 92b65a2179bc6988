/** Makes up well-typed expressions; what C leaves undefined is rare in them, and told by the native program. */

import { type CType, type RecordType, sizeOfType } from "../../src/bind/ctype.js";
import type { Random } from "../spec/random.js";
import { character, integer, stringLiteral } from "./literal.js";
import { binary, call, cast, conditional, primary, suffixed, type Text, unary } from "./text.js";
import { membersOf, nameOf, strings, type World } from "./world.js";

/** An expression with its type, where that matters: something in memory, or a pointer. */
interface Value {
  readonly text: Text;
  readonly type: CType;
  /** Width in bits of a bitfield. */
  readonly bits?: number;
}

interface Local {
  readonly name: string;
  readonly type: CType;
}

export interface Generator {
  readonly world: World;
  readonly random: Random;
  readonly locals: readonly Local[];
  /** Counts names, and bytes of stack that texts take. */
  readonly used: { names: number; stack: number };
}

/** An expression of integer type, some operators deep. */
export function generate(world: World, random: Random): Text {
  for (;;) {
    const made = int({ world, random, locals: [], used: { names: 0, stack: 0 } }, 1 + random.number(4));
    if (made.least.length < 700) return made;
  }
}

type Maker = (g: Generator, depth: number) => Text;

/** How often each kind is made. */
const makers: readonly (readonly [weight: number, Maker])[] = [
  [3, leaf],
  [5, arithmetic],
  [2, division],
  [3, shift],
  [4, comparison],
  [2, logic],
  [4, unaryOperator],
  [4, castTo],
  [3, choice],
  [2, compound],
  [1, size],
  [2, pointerAsInt],
  [2, pointerComparison],
  [1, pointerDifference],
  [2, stringTest],
  [1, device],
];
const weighted = makers.flatMap(([weight, maker]) => Array<Maker>(weight).fill(maker));

function int(g: Generator, depth: number): Text {
  return depth <= 0 ? leaf(g) : g.random.pick(weighted)(g, depth - 1);
}

/** What can be asked for truth: a pointer, too. */
function scalar(g: Generator, depth: number): Text {
  const pointed = g.random.number(5) === 0 ? recordPointer(g, depth) : undefined;
  return pointed?.text ?? int(g, depth);
}

function leaf(g: Generator): Text {
  const { random, world } = g;
  const kind = random.number(10);
  if (kind === 0) return primary(integer(random));
  if (kind === 1) return primary(random.number(2) ? integer(random) : character(random));
  if (kind === 2 && world.constants.length) return primary(random.pick(world.constants));
  const names = [...world.variables.map((v) => ({ ...v, text: v.text ?? v.name })), ...g.locals];
  const ints = names.filter((v) => v.type.kind === "int" && visible(g, v));
  if (kind < 6 && ints.length) return primary(random.pick(ints).name);
  return scalarIn(g, 1) ?? primary(integer(random));
}

/** Inner names hide outer ones. */
function visible(g: Generator, v: { readonly name: string; readonly type: CType }): boolean {
  const last = g.locals.findLast((l) => l.name === v.name);
  return !last || last === v;
}

/** The value of an integer in memory. */
function scalarIn(g: Generator, depth: number): Text | undefined {
  for (let attempt = 0; attempt < 20; attempt++) {
    const found = walk(g, depth, false);
    if (found?.type.kind !== "int") continue;
    // gcc reckons with a bitfield that is wider than int in its own width, clang and we in that of its type.
    if (found.bits && found.bits > 32) return cast(found.type.signed ? "long" : "unsigned long", found.text);
    return found.text;
  }
  return undefined;
}

/** Something in memory, reached from a pointer: an integer, a pointer or, where wanted, a record or an array. */
function walk(g: Generator, depth: number, whole: boolean): Value | undefined {
  const { random, world } = g;
  const pointer = recordPointer(g, depth);
  if (!pointer) return undefined;
  const arrow = random.number(12) > 0;
  const start: Text = arrow ? pointer.text : unary("*", pointer.text);
  let at: Value & { readonly arrow?: boolean } = { text: start, type: pointer.type, arrow };
  for (let steps = 0; steps < 8; steps++) {
    if (at.type.kind === "struct" || at.type.kind === "union") {
      if (whole && steps > 0 && random.number(4) === 0) return at;
      const usable = membersOf(at.type).filter((m) => usableMember(world, m.type, m.inUnion));
      if (usable.length === 0) return undefined;
      const { name, type, bits } = random.pick(usable);
      at = { text: suffixed(at.text, `${at.arrow ? "->" : "."}${name}`), type, bits };
    } else if (at.type.kind === "array") {
      if (whole && random.number(3) === 0) return at;
      at = element(g, at as Value & { type: Extract<CType, { kind: "array" }> }, depth);
    } else return at;
  }
  return undefined;
}

function usableMember(world: World, type: CType, inUnion: boolean): boolean {
  switch (type.kind) {
    case "int":
      return type.size <= 8 && !(inUnion && type.bool);
    case "pointer":
      return !inUnion;
    case "array":
      return (type.length > 0 || world.flexible) && (sizeOfType(type.of) ?? 0) > 0 && usableMember(world, type.of, inUnion);
    case "struct":
    case "union":
      // What is anonymous has no name by which it could be walked into twice.
      return type.definition !== undefined && !inUnion;
    default:
      return false;
  }
}

function element(g: Generator, { text, type }: Value & { type: Extract<CType, { kind: "array" }> }, depth: number): Value {
  const { random } = g;
  const last = Math.max(type.length, 2) - 1;
  const mask = 2 ** Math.floor(Math.log2(last + 1)) - 1;
  const index = random.number(3)
    ? primary(String(random.number(last + 1)))
    : binary("&", int(g, Math.min(depth, 1)), primary(String(mask)));
  const kind = random.number(8);
  if (kind === 0) return { text: unary("*", binary("+", text, index)), type: type.of };
  if (kind === 1) return { text: suffixed(binary("+", text, primary("0")), `[${index.least}]`, `[${index.full}]`), type: type.of };
  return { text: suffixed(text, `[${index.least}]`, `[${index.full}]`), type: type.of };
}

/** A pointer to a record; its type is the record's. */
function recordPointer(g: Generator, depth: number): (Value & { type: RecordType }) | undefined {
  const { random, world } = g;
  const simple = [...world.variables.map((v) => ({ ...v, text: v.text ?? v.name })), ...g.locals].filter(
    (v) => v.type.kind === "pointer" && isRecord(v.type.to) && visible(g, v),
  );
  const variable = random.pick(simple) as Local & { text?: string };
  const type = variable.type.kind === "pointer" ? (variable.type.to as RecordType) : undefined!;
  const plain = { text: primary(variable.text ?? variable.name), type };
  if (depth <= 0 || random.number(3) > 0) return plain;
  const kind = random.number(8);
  if (kind < 4) {
    for (let attempt = 0; attempt < 12; attempt++) {
      const found = walk(g, depth - 1, false);
      if (found?.type.kind !== "pointer" || !isRecord(found.type.to)) continue;
      if (world.places.has(nameOf(found.type.to))) return { text: found.text, type: found.type.to };
    }
    return plain;
  }
  if (kind === 4) {
    const other = random.number(3) ? plain.text : primary("NULL");
    return { ...plain, text: conditional(scalar(g, depth - 1), plain.text, other) };
  }
  if (kind === 5) {
    const found = walk(g, depth - 1, true);
    if (found && isRecord(found.type) && nameOf(found.type)) return { text: unary("&", found.text), type: found.type };
    if (found?.type.kind === "array" && isRecord(found.type.of)) return { text: found.text, type: found.type.of };
    return plain;
  }
  if (kind === 6) {
    const number = cast("unsigned long", plain.text);
    return { ...plain, text: cast(`${nameOf(type)} ${world.mark}*`, random.number(2) ? number : plain.text) };
  }
  const zero = random.pick(["0", "(1 - 1)", "0UL", "'\\0'"]);
  return { ...plain, text: binary(random.pick(["+", "-"]), plain.text, primary(zero)) };
}


function isRecord(type: CType): type is RecordType {
  return type.kind === "struct" || type.kind === "union";
}

function arithmetic(g: Generator, depth: number): Text {
  return binary(g.random.pick(["+", "-", "*", "&", "|", "^", "+", "-"]), int(g, depth), int(g, depth));
}

function division(g: Generator, depth: number): Text {
  const { random } = g;
  const operator = random.pick(["/", "%"]);
  const kind = random.number(4);
  if (kind === 0) return binary(operator, int(g, depth), primary(random.pick(["3", "7U", "-5", "10L", "255", "0x10", "1000000007"])));
  // A variable, which may be 0: the native program tells.
  if (kind === 1) return binary(operator, int(g, depth), scalarIn(g, 1) ?? primary("3"));
  return binary(operator, int(g, depth), binary("|", int(g, depth), primary(random.pick(["1", "3", "1U", "16L"]))));
}

function shift(g: Generator, depth: number): Text {
  const { random, world } = g;
  const operator = random.pick(["<<", ">>"]);
  const wide = random.number(3) === 0;
  const left = wide ? cast(random.pick(["long", "unsigned long", "unsigned long long"].filter(() => world.integers.length)), int(g, depth)) : int(g, depth);
  const width = wide ? 64 : 32;
  const count = random.number(2)
    ? primary(String(random.number(width)))
    : binary("&", int(g, depth), primary(String(width - 1)));
  return binary(operator, left, count);
}

function comparison(g: Generator, depth: number): Text {
  return binary(g.random.pick(["<", ">", "<=", ">=", "==", "!="]), int(g, depth), int(g, depth));
}

function logic(g: Generator, depth: number): Text {
  return binary(g.random.pick(["&&", "||"]), scalar(g, depth), scalar(g, depth));
}

function unaryOperator(g: Generator, depth: number): Text {
  const operator = g.random.pick(["-", "+", "~", "!"]);
  return unary(operator, operator === "!" ? scalar(g, depth) : int(g, depth));
}

function castTo(g: Generator, depth: number): Text {
  const type = g.random.pick(g.world.integers);
  const isBool = type === "_Bool" || type === "bool";
  return cast(type, isBool ? scalar(g, depth) : int(g, depth));
}

function choice(g: Generator, depth: number): Text {
  return conditional(scalar(g, depth), int(g, depth), int(g, depth));
}

/** Locals of any type, one after the other, and a result. */
function compound(g: Generator, depth: number): Text {
  const { random, world } = g;
  let inner = g;
  const statements: { least: string; full: string }[] = [];
  const both = (make: (key: "least" | "full") => string) => statements.push({ least: make("least"), full: make("full") });
  for (let i = random.number(3); i >= 0; i--) {
    const pointer = random.number(4) === 0 ? recordPointer(inner, depth) : undefined;
    const record = pointer && nameOf(pointer.type);
    const hidden = world.variables.filter((v) => v.type.kind === "int" && !inner.locals.some((l) => l.name === v.name));
    // A name means the new local already in its own first value, so that may not mention one that it hides.
    const value = pointer?.text ?? int(inner, depth);
    const hides = hidden.filter((v) => !new RegExp(`\\b${v.name}\\b`).test(value.full));
    const name = random.number(6) === 0 && hides.length ? random.pick(hides).name : `x${g.used.names++}`;
    if (record) both((key) => `${record} ${world.mark}*${name} = ${value[key]};`);
    else if (pointer) continue;
    else {
      const type = random.pick(world.integers);
      both((key) => `${type} ${name} = ${value[key]};`);
    }
    const type: CType = pointer ? { kind: "pointer", to: pointer.type } : { kind: "int", size: 4, signed: true };
    inner = { ...inner, locals: [...inner.locals, { name, type }] };
    const useless = random.number(8) === 0 ? int(inner, 0) : undefined;
    if (useless) both((key) => `${useless[key]};`);
  }
  const result = int(inner, depth);
  both((key) => `${result[key]};`);
  const text = (key: "least" | "full") => `({ ${statements.map((s) => s[key]).join(" ")} })`;
  return primary(text("least"), text("full"));
}

function size(g: Generator, depth: number): Text {
  const { random, world } = g;
  const kind = random.number(4);
  if (kind === 0) return primary(`sizeof(${random.pick([...world.integers, ...world.places.keys(), "void *"])})`);
  if (kind === 1) return unary("sizeof", primary(stringLiteral(random.pick(strings.slice(0, 9)), random)));
  const found = kind === 2 ? walk(g, depth, true) : undefined;
  if (found && !found.bits && !(found.type.kind === "array" && !found.type.length)) return unary("sizeof", found.text);
  const operand = int(g, depth);
  // `sizeof (T)x` is the size of T, and then an x too much.
  return /^\(\w/.test(operand.least) || operand.level < 15 ? call("sizeof", unary("+", operand)) : call("sizeof", unary("-", operand));
}

/** Of a pointer's value only what does not depend on where the memory lies. */
function pointerAsInt(g: Generator, depth: number): Text {
  const { random } = g;
  const pointer = recordPointer(g, depth)!;
  const kind = random.number(5);
  if (kind === 0) return cast("unsigned char", pointer.text);
  if (kind === 1) return cast("_Bool", pointer.text);
  if (kind === 2) return unary("!", pointer.text);
  if (kind === 3) return binary("%", cast("unsigned long", pointer.text), primary("4096"));
  const bytes = unary("*", cast(`unsigned char ${g.world.mark}*`, pointer.text));
  return random.number(2) ? bytes : unary("*", binary("+", cast(`unsigned short ${g.world.mark}*`, pointer.text), primary(String(random.number(8)))));
}

function pointerComparison(g: Generator, depth: number): Text {
  const { random } = g;
  const operators = ["==", "!=", "<", ">", "<=", ">="];
  const left = recordPointer(g, depth)!;
  for (let attempt = 0; attempt < 8; attempt++) {
    const right = recordPointer(g, depth)!;
    if (nameOf(right.type) === nameOf(left.type)) return binary(random.pick(operators), left.text, right.text);
  }
  const zero = primary(random.pick(["NULL", "0", "(void *)0", "'\\0'"]));
  const sides = random.number(2) ? [left.text, zero] : [zero, left.text];
  return binary(random.pick(["==", "!="]), sides[0]!, sides[1]!);
}

/** Elements of one array, some apart. */
function pointerDifference(g: Generator, depth: number): Text {
  const { random } = g;
  for (let attempt = 0; attempt < 12; attempt++) {
    const found = walk(g, depth, true);
    if (found?.type.kind !== "array" || found.type.of.kind === "array") continue;
    const [i, j] = [random.number(4), random.number(4)];
    const end = (n: number) => (random.number(2) ? binary("+", found.text, primary(String(n))) : unary("&", suffixed(found.text, `[${n}]`)));
    return binary("-", end(i), end(j));
  }
  const pointer = recordPointer(g, 0)!;
  return binary("-", binary("+", pointer.text, binary("&", int(g, depth), primary("7"))), pointer.text);
}

/** A built-in on a string that may well be equal. */
function stringTest(g: Generator, depth: number): Text {
  const { random, used } = g;
  for (let attempt = 0; attempt < 30; attempt++) {
    const found = walk(g, depth, true);
    if (found?.type.kind !== "pointer" && found?.type.kind !== "array") continue;
    const to = found.type.kind === "pointer" ? found.type.to : found.type.of;
    if (to.kind !== "int" || to.size !== 1 || to.bool) continue;
    const text = random.pick(strings);
    const kind = random.number(4);
    const cut = text.slice(0, random.number(text.length + 1));
    const meant = (kind === 3 ? text.slice(random.number(text.length + 1)) : random.number(2) ? text : cut).slice(0, 255);
    const cost = kind === 3 ? 256 : meant.length + 8;
    if (used.stack + cost > 300) continue;
    used.stack += cost;
    const literal = primary(stringLiteral(meant, random));
    if (kind === 0) return call("STRCMP", found.text, literal);
    if (kind === 1) return call("STRPREFIX", found.text, literal);
    if (kind === 3) return call("STRSTR", found.text, literal);
    return call("STRNCMP", found.text, literal, primary(String(1 + random.number(meant.length + 1))));
  }
  return leaf(g);
}

function device(g: Generator, depth: number): Text {
  const kind = g.random.number(3);
  if (kind === 0) return call("MKDEV", int(g, depth), int(g, depth));
  return call(kind === 1 ? "MAJOR" : "MINOR", int(g, depth));
}
