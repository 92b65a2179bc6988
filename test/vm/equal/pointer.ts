/** What takes pointers and gives integers: sizes, comparisons, differences, and the built-ins for strings. */

import { int, leaf } from "./generate.js";
import { stringLiteral } from "./literal.js";
import { binary, call, cast, primary, suffixed, type Text, unary } from "./text.js";
import { type Generator, recordPointer, walk } from "./walk.js";
import { nameOf, strings } from "./world.js";

export function size(g: Generator, depth: number): Text {
  const { random, world } = g;
  const kind = random.number(4);
  if (kind === 0)
    return primary(`sizeof(${random.pick([...world.integers, ...world.places.keys(), "void *"])})`);
  if (kind === 1) return unary("sizeof", primary(stringLiteral(random.pick(strings.slice(0, 9)), random)));
  const found = kind === 2 ? walk(g, depth, true) : undefined;
  if (found && !found.bits && !(found.type.kind === "array" && !found.type.length))
    return unary("sizeof", found.text);
  const operand = int(g, depth);
  // `sizeof (T)x` is the size of T, and then an x too much.
  return /^\(\w/.test(operand.least) || operand.level < 15
    ? call("sizeof", unary("+", operand))
    : call("sizeof", unary("-", operand));
}

/** Of a pointer's value only what does not depend on where the memory lies. */
export function pointerAsInt(g: Generator, depth: number): Text {
  const { random, world } = g;
  const pointer = recordPointer(g, depth);
  if (!pointer) return leaf(g);
  const kind = random.number(5);
  if (kind === 0) return cast("unsigned char", pointer.text);
  if (kind === 1) return cast("_Bool", pointer.text);
  if (kind === 2) return unary("!", pointer.text);
  // The kernel's types may begin with pointers.
  if (kind === 3 || world.trusted) return binary("%", cast("unsigned long", pointer.text), primary("4096"));
  const bytes = unary("*", cast(`unsigned char ${g.world.mark}*`, pointer.text));
  return random.number(2)
    ? bytes
    : unary(
        "*",
        binary("+", cast(`unsigned short ${g.world.mark}*`, pointer.text), primary(String(random.number(8)))),
      );
}

export function pointerComparison(g: Generator, depth: number): Text {
  const { random } = g;
  const operators = ["==", "!=", "<", ">", "<=", ">="];
  const left = recordPointer(g, depth);
  if (!left) return leaf(g);
  for (let attempt = 0; attempt < 8; attempt++) {
    const right = recordPointer(g, depth);
    if (right && nameOf(right.type) === nameOf(left.type))
      return binary(random.pick(operators), left.text, right.text);
  }
  const zero = primary(random.pick(["NULL", "0", "(void *)0", "'\\0'"]));
  const sides = random.number(2) ? [left.text, zero] : [zero, left.text];
  return binary(random.pick(["==", "!="]), sides[0]!, sides[1]!);
}

/** Elements of one array, some apart. */
export function pointerDifference(g: Generator, depth: number): Text {
  const { random } = g;
  for (let attempt = 0; attempt < 12; attempt++) {
    const found = walk(g, depth, true);
    if (found?.type.kind !== "array" || found.type.of.kind === "array") continue;
    const [i, j] = [random.number(4), random.number(4)];
    const end = (n: number) =>
      random.number(2)
        ? binary("+", found.text, primary(String(n)))
        : unary("&", suffixed(found.text, `[${n}]`));
    return binary("-", end(i), end(j));
  }
  const pointer = recordPointer(g, 0);
  if (!pointer) return leaf(g);
  return binary("-", binary("+", pointer.text, binary("&", int(g, depth), primary("7"))), pointer.text);
}

/** A built-in on a string that may well be equal. */
export function stringTest(g: Generator, depth: number): Text {
  const { random, used } = g;
  for (let attempt = 0; attempt < 30; attempt++) {
    const found = walk(g, depth, true);
    if (found?.type.kind !== "pointer" && found?.type.kind !== "array") continue;
    const to = found.type.kind === "pointer" ? found.type.to : found.type.of;
    if (to.kind !== "int" || to.size !== 1 || to.bool) continue;
    const text = random.pick(strings);
    const kind = random.number(4);
    const cut = text.slice(0, random.number(text.length + 1));
    const meant = (
      kind === 3 ? text.slice(random.number(text.length + 1)) : random.number(2) ? text : cut
    ).slice(0, 255);
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
