/** Typed expressions as C text. Every conversion is in the tree already; this only spells it. */

import type { CType } from "../bind/ctype.js";
import type { Place, Typed } from "../bind/plan.js";
import { declarationText, typeText } from "../bind/spelled.js";
import { copyText, existsPiece, holdsRecord, placePiece } from "./place.js";
import { cString } from "./text.js";

/** How tightly a piece of C binds: a primary or postfix expression, a unary one or a cast, or a binary operator. */
export interface Piece {
  readonly text: string;
  readonly binds: "postfix" | "unary" | "arithmetic" | "comparison" | "logic" | "bits" | "conditional";
  readonly operator?: string;
}

/** The expression as C, as it stands in a `return`. */
export function expressionText(typed: Typed): string {
  return piece(typed).text;
}

/** C that needs no parentheses anywhere. */
export const postfix = (text: string): Piece => ({ text, binds: "postfix" });
/** C that begins with an operator or a cast. */
export const unary = (text: string): Piece => ({ text, binds: "unary" });

/** The expression as C with what it takes to put it into another. */
export function piece(typed: Typed): Piece {
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

/** The pointer as C, for a helper that takes an address. */
export function pointerText(pointer: Typed): string {
  return pointer.kind === "address" ? addressText(pointer.place) : expressionText(pointer);
}

/** The address as such, for a helper; anything else could make clang fold a comparison with what CO-RE has yet to fit. */
function addressText(place: Place): string {
  const { text } = placePiece(place);
  return place.type.kind === "array" ? text : `&(${text})`;
}

/** As an operand of anything. */
export function tight({ text, binds }: Piece): string {
  return binds === "postfix" ? text : `(${text})`;
}

/** As the operand of a unary operator or a cast. */
export function operandText(typed: Typed): string {
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
