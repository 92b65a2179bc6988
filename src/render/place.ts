/** Places in memory as C text, and reads of them. */

import type { CType } from "../bind/ctype.js";
import { isFixed } from "../bind/place.js";
import type { Place, Typed } from "../bind/plan.js";
import { typeText } from "../bind/spelled.js";
import { expressionText, operandText, type Piece, piece, postfix, tight, unary } from "./expression.js";

/** Every field on the way is asked for: one that is not there has nothing behind it either. */
export function existsPiece({ place }: Extract<Typed, { kind: "exists" }>): Piece {
  const asked: string[] = [];
  for (let p = place; p; ) {
    const { record, path } = pathOf(p);
    asked.unshift(`bpf_core_field_exists(${typeText(record.type)}, ${path})`);
    p = record.kind === "target" && record.pointer.kind === "load" ? record.pointer.place : undefined;
  }
  const text = asked.join(" && ");
  return asked.length === 1 ? postfix(text) : { text, binds: "logic", operator: "&&" };
}

/** The place as an lvalue. */
export function placePiece(place: Place): Piece {
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
export function holdsRecord(type: CType): boolean {
  return type.kind === "array" ? holdsRecord(type.of) : type.kind === "struct" || type.kind === "union";
}

/** A read by a helper. A run of plain arrows is written the way that BPF programmers know. */
export function copyText(load: Extract<Typed, { kind: "load" }>): string {
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
