/** Makes up well-typed expressions. What C leaves undefined is rare in them, and the native program tells of it. */

import type { CType } from "../../../src/bind/ctype.js";
import type { Random } from "../../spec/random.js";
import { character, integer } from "./literal.js";
import { pointerAsInt, pointerComparison, pointerDifference, size, stringTest } from "./pointer.js";
import { binary, call, cast, conditional, primary, type Text, unary } from "./text.js";
import { type Generator, isIntPointer, named, recordPointer, scalarIn, walk } from "./walk.js";
import { nameOf, type World } from "./world.js";

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

export function int(g: Generator, depth: number): Text {
  return depth <= 0 ? leaf(g) : g.random.pick(weighted)(g, depth - 1);
}

/** What can be asked for truth: a pointer, too. */
export function scalar(g: Generator, depth: number): Text {
  const pointed = g.random.number(5) === 0 ? recordPointer(g, depth) : undefined;
  return pointed?.text ?? int(g, depth);
}

export function leaf(g: Generator): Text {
  const { random, world } = g;
  const kind = random.number(10);
  if (kind === 0) return primary(integer(random));
  if (kind === 1) return primary(random.number(2) ? integer(random) : character(random));
  if (kind === 2 && world.constants.length) return primary(random.pick(world.constants));
  const ints = named(g).filter((v) => v.type.kind === "int");
  if (kind < 6 && ints.length) return primary(random.pick(ints).name);
  return scalarIn(g, 1) ?? primary(integer(random));
}

function arithmetic(g: Generator, depth: number): Text {
  return binary(g.random.pick(["+", "-", "*", "&", "|", "^", "+", "-"]), int(g, depth), int(g, depth));
}

function division(g: Generator, depth: number): Text {
  const { random } = g;
  const operator = random.pick(["/", "%"]);
  const kind = random.number(4);
  if (kind === 0)
    return binary(
      operator,
      int(g, depth),
      primary(random.pick(["3", "7U", "-5", "10L", "255", "0x10", "1000000007"])),
    );
  // A variable, which may be 0: the native program tells.
  if (kind === 1) return binary(operator, int(g, depth), scalarIn(g, 1) ?? primary("3"));
  return binary(
    operator,
    int(g, depth),
    binary("|", int(g, depth), primary(random.pick(["1", "3", "1U", "16L"]))),
  );
}

function shift(g: Generator, depth: number): Text {
  const { random } = g;
  const operator = random.pick(["<<", ">>"]);
  const wide = random.number(3) === 0;
  const type = random.pick(["long", "unsigned long", "unsigned long long"]);
  const left = wide ? cast(type, int(g, depth)) : int(g, depth);
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
  const { random } = g;
  let inner = g;
  const statements: Text[] = [];
  for (let i = random.number(3); i >= 0; i--) {
    const { type, declared, value } = initial(inner, depth);
    // A name means the new local already in its own first value, so that may not mention one that it hides.
    const hidden = g.world.variables.filter(
      (v) => v.type.kind === "int" && !new RegExp(`\\b${v.name}\\b`).test(value.full),
    );
    const name = random.number(6) === 0 && hidden.length ? random.pick(hidden).name : `x${g.used.names++}`;
    // C knows no name twice in one block.
    const fresh = inner.locals.slice(g.locals.length).some((l) => l.name === name)
      ? `x${g.used.names++}`
      : name;
    statements.push(primary(`${declared}${fresh} = ${value.least};`, `${declared}${fresh} = ${value.full};`));
    inner = { ...inner, locals: [...inner.locals, { name: fresh, type }] };
    if (random.number(8) === 0) statements.push(statement(int(inner, 0)));
  }
  statements.push(statement(int(inner, depth)));
  const text = (key: "least" | "full") => `({ ${statements.map((s) => s[key]).join(" ")} })`;
  return primary(text("least"), text("full"));
}

function statement(value: Text): Text {
  return primary(`${value.least};`, `${value.full};`);
}

/** A local's type, what stands before its name, and its first value. */
function initial(g: Generator, depth: number): { type: CType; declared: string; value: Text } {
  const { random, world } = g;
  const kind = random.number(6);
  const mark = random.number(2) ? world.mark : "";
  const pointer = kind === 0 ? recordPointer(g, depth) : undefined;
  const name = pointer && nameOf(pointer.type);
  if (pointer && name) {
    return { type: { kind: "pointer", to: pointer.type }, declared: `${name} ${mark}*`, value: pointer.text };
  }
  const found = kind === 1 ? walk(g, depth, true) : undefined;
  const decayed =
    found?.type.kind === "array" ? { kind: "pointer" as const, to: found.type.of } : found?.type;
  if (found && decayed && isIntPointer(decayed)) {
    const { label } = decayed.to;
    return {
      type: decayed,
      declared: `${label ?? "int"} ${mark}*`,
      value: label ? found.text : primary("NULL"),
    };
  }
  const declared = `${random.pick(world.integers)} `;
  return { type: { kind: "int", size: 4, signed: true }, declared, value: int(g, depth) };
}

function device(g: Generator, depth: number): Text {
  const kind = g.random.number(3);
  if (kind === 0) return call("MKDEV", int(g, depth), int(g, depth));
  return call(kind === 1 ? "MAJOR" : "MINOR", int(g, depth));
}
