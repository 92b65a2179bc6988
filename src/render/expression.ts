/** Typed expressions as C text. Every conversion is in the tree already; this only spells it. */

import type { CType } from "../bind/ctype.js";
import { isFixed } from "../bind/place.js";
import type { Place, Typed } from "../bind/plan.js";
import { declarationText, typeText } from "../bind/spelled.js";
import { cString } from "./text.js";

/** How tightly a piece of C binds: a primary or postfix expression, a unary one or a cast, or a binary operator. */
interface Piece {
  readonly text: string;
  readonly binds: "postfix" | "unary" | "arithmetic" | "comparison" | "logic" | "bits" | "conditional";
  readonly operator?: string;
}

/** The expression as C, as it stands in a `return`. */
export function expressionText(typed: Typed): string {
  return piece(typed).text;
}

const postfix = (text: string): Piece => ({ text, binds: "postfix" });
const unary = (text: string): Piece => ({ text, binds: "unary" });

function piece(typed: Typed): Piece {
  switch (typed.kind) {
    case "constant":
      return constantPiece(typed);
    case "variable":
      return postfix(typed.name);
    case "load":
      return typed.access === "direct" ? placePiece(typed.place) : postfix(copyText(typed));
    case "address":
      return postfix(`ADDRESS(${typeText(typed.type)}, ${placePiece(typed.place).text})`);
    case "unary":
      return unary(`${typed.operator}${operandText(typed.operand)}`);
    case "binary":
      return binaryPiece(typed);
    case "offset":
      return offsetPiece(typed);
    case "conditional": {
      const [a, b, c] = [typed.condition, typed.consequent, typed.alternate].map((t) => tight(piece(t)));
      return { text: `${a} ? ${b} : ${c}`, binds: "conditional" };
    }
    case "cast":
      return unary(castText(typed.type, typed.operand));
    case "opaque":
      return postfix(`VALUE(${expressionText(typed.operand)})`);
    case "compound": {
      const locals = typed.locals.map(
        (l) => `${declarationText(l.type, l.name)} = ${expressionText(l.value)}; `,
      );
      return postfix(`({ ${locals.join("")}${expressionText(typed.result)}; })`);
    }
    case "equals":
    case "contains": {
      const macro =
        (typed.kind === "equals" ? "EQUALS" : "CONTAINS") + (typed.access === "user" ? "_USER" : "");
      // A literal has its NUL anyway, so one that ends the compared bytes is not spelled.
      const literal = typed.bytes.at(-1) === 0 ? typed.bytes.subarray(0, -1) : typed.bytes;
      return postfix(`${macro}(${pointerText(typed.pointer)}, ${cString(literal)}, ${typed.bytes.length})`);
    }
    case "exists":
      return existsPiece(typed);
    case "skipped":
    case "invalid":
      throw new Error("an expression with an error in it cannot be rendered");
    default:
      return typed satisfies never;
  }
}

/** Every field on the way is asked for: one that is not there has nothing behind it either. */
function existsPiece({ place }: Extract<Typed, { kind: "exists" }>): Piece {
  const asked: string[] = [];
  for (let p = place; p; ) {
    const { record, path } = pathOf(p);
    asked.unshift(`bpf_core_field_exists(${typeText(record.type)}, ${path})`);
    p = record.kind === "target" && record.pointer.kind === "load" ? record.pointer.place : undefined;
  }
  const text = asked.join(" && ");
  return asked.length === 1 ? postfix(text) : { text, binds: "logic", operator: "&&" };
}

/** The pointer as C, for a helper that takes an address. */
export function pointerText(pointer: Typed): string {
  return pointer.kind === "address" ? addressText(pointer.place) : expressionText(pointer);
}

/** The address as such, for a helper; anything else could make clang fold a comparison with what CO-RE has yet to fit. */
function addressText(place: Place): string {
  const { text } = placePiece(place);
  return place.type.kind === "array" ? text : `&(${text})`;
}

function tight({ text, binds }: Piece): string {
  return binds === "postfix" ? text : `(${text})`;
}

function operandText(typed: Typed): string {
  const inner = piece(typed);
  // `- -x` must not become `--x`.
  return inner.binds === "unary" && !/^[-+&]/.test(inner.text) ? inner.text : tight(inner);
}

function constantPiece({ type, value }: Extract<Typed, { kind: "constant" }>): Piece {
  const long = type.size === 8 ? "L" : "";
  // The least value of a signed type has no literal of its own: C would first take its magnitude.
  if (type.signed && value === -(1n << BigInt(type.size * 8 - 1)) && type.size >= 4) {
    return { text: `(${value + 1n}${long} - 1)`, binds: "postfix" };
  }
  const suffix = `${type.signed || type.size < 4 ? "" : "U"}${long}`;
  return value < 0n ? unary(`${value}${suffix}`) : postfix(`${value}${suffix}`);
}

function castText(type: CType, operand: Typed): string {
  const inner = operandText(operand);
  const from = operand.type;
  const text = typeText(type);
  if (type.kind === "int" && !type.bool && type.size < 8 && from.kind === "pointer")
    return `(${text})(unsigned long)${inner}`;
  if (operand.kind === "constant" && operand.value === 0n) return `(${text})0`;
  if (type.kind === "pointer" && from.kind === "int" && from.size < 8) {
    return `(${text})(${from.signed ? "long" : "unsigned long"})${inner}`;
  }
  return `(${text})${inner}`;
}

const classes: Readonly<Record<string, Piece["binds"]>> = {
  "*": "arithmetic",
  "/": "arithmetic",
  "%": "arithmetic",
  "+": "arithmetic",
  "-": "arithmetic",
  "<": "comparison",
  ">": "comparison",
  "<=": "comparison",
  ">=": "comparison",
  "==": "comparison",
  "!=": "comparison",
  "&&": "logic",
  "||": "logic",
};

function binaryPiece(typed: Extract<Typed, { kind: "binary" }>): Piece {
  const { operator, left, right, type } = typed;
  if ((operator === "/" || operator === "%") && type.kind === "int" && type.signed) {
    const call = `${operator === "/" ? "divide" : "remainder"}(${expressionText(left)}, ${expressionText(right)})`;
    return type.size === 8 ? postfix(call) : unary(`(${typeText(type)})${call}`);
  }
  const binds = classes[operator] ?? "bits";
  const side = (t: Typed, first: boolean) => sideText(piece(t), binds, operator, first);
  return { text: `${side(left, true)} ${operator} ${side(right, false)}`, binds, operator };
}

/** Parentheses wherever a reader, or a compiler's warning, would want them. */
function sideText(inner: Piece, binds: Piece["binds"], operator: string, first: boolean): string {
  const plain =
    inner.binds === "postfix" ||
    (inner.binds === "unary" && !(inner.text.startsWith("!") && binds !== "logic")) ||
    (inner.binds === "arithmetic" && binds === "comparison") ||
    (inner.binds === "comparison" && binds === "logic") ||
    (first && inner.operator === operator && binds !== "comparison");
  return plain ? inner.text : `(${inner.text})`;
}

/** Arithmetic counts in the kernel's size of a record or an array of them, not in that of our partial declaration. */
function offsetPiece(typed: Extract<Typed, { kind: "offset" }>): Piece {
  const { left, right, operator, size, type } = typed;
  const scales = [left, right].some((t) => t.type.kind === "pointer" && holdsRecord(t.type.to));
  const [a, b] = [tight(piece(left)), tight(piece(right))];
  if (!scales) return { text: `${a} ${operator} ${b}`, binds: "arithmetic", operator };
  if (type.kind === "int") return postfix(`divide((long)${a} - (long)${b}, ${size})`);
  const scaled = (t: Typed, text: string) =>
    t.type.kind === "pointer" ? `(unsigned long)${text}` : `(unsigned long)${text} * ${size}`;
  return unary(`(${typeText(type)})(${scaled(left, a)} ${operator} ${scaled(right, b)})`);
}

function placePiece(place: Place): Piece {
  switch (place.kind) {
    case "target":
      return unary(`*${operandText(place.pointer)}`);
    case "member":
      return postfix(
        place.of.kind === "target"
          ? `${tight(piece(place.of.pointer))}->${place.name}`
          : `${tight(placePiece(place.of))}.${place.name}`,
      );
    case "element":
      return elementPiece(place);
    default:
      return place satisfies never;
  }
}

// CO-RE follows an index that is fixed; any other is reckoned here, from the array's start.
function elementPiece(place: Extract<Place, { kind: "element" }>): Piece {
  const { of, index, type, size } = place;
  if (isFixed(place)) return postfix(`${tight(placePiece(of))}[${expressionText(index)}]`);
  const start = of.kind === "target" ? tight(piece(of.pointer)) : `&${tight(placePiece(of))}`;
  const pointer = typeText({ kind: "pointer", to: type });
  if (!holdsRecord(type)) return postfix(`((${pointer})${start})[${expressionText(index)}]`);
  const at = tight(piece(index));
  return unary(`*(${pointer})((unsigned long)${start} + (unsigned long)${at} * ${size})`);
}

/** Whether the size that C sees is that of our partial declaration. */
function holdsRecord(type: CType): boolean {
  return type.kind === "array" ? holdsRecord(type.of) : type.kind === "struct" || type.kind === "union";
}

/** A read by a helper. A run of plain arrows is written the way that BPF programmers know. */
function copyText(load: Extract<Typed, { kind: "load" }>): string {
  const { place, type, access } = load;
  const user = access === "user" ? "_USER" : "";
  if (place.kind === "member" && place.bits) {
    const { record, path } = pathOf(place);
    const start = record.kind === "target" ? expressionText(record.pointer) : `&${tight(placePiece(record))}`;
    return `READ_BITS${user}(${typeText(type)}, ${start}, ${path})`;
  }
  const chain = arrowChain(load);
  if (chain) return `BPF_CORE_READ${user}(${chain.join(", ")})`;
  return `READ${user}(${typeText(type)}, ${placePiece(place).text})`;
}

/** The record that CO-RE finds the place in, and the way there. */
function pathOf(place: Place): { readonly record: Place; readonly path: string } {
  let path = "";
  let record = place;
  for (; record.kind === "member" || (record.kind === "element" && isFixed(record)); record = record.of) {
    path = record.kind === "member" ? `.${record.name}${path}` : `[${expressionText(record.index)}]${path}`;
  }
  return { record, path: path.slice(1) };
}

/** BPF_CORE_READ takes no more names than that. */
const longestChain = 9;

/**
 * `[pointer, "a.b", "c"]` for `pointer->a.b->c`; `undefined` where an index, a bitfield or another access is in it, or it
 * begins with more than a variable: clang does not nest BPF_CORE_READ.
 */
function arrowChain(load: Extract<Typed, { kind: "load" }>): string[] | undefined {
  const path: string[] = [];
  let place = load.place;
  for (; place.kind === "member" && !place.bits; place = place.of) path.unshift(place.name);
  if (place.kind !== "target" || path.length === 0) return undefined;
  const { pointer } = place;
  const inner = pointer.kind === "load" && pointer.access === load.access ? arrowChain(pointer) : undefined;
  if (!inner && pointer.kind !== "variable") return undefined;
  const chain = [...(inner ?? [tight(piece(pointer))]), path.join(".")];
  return chain.length > longestChain ? undefined : chain;
}
