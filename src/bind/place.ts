/** What stands in memory and can be read or pointed to: members, elements, and what a pointer leads to. */

import { findMember } from "../btf/resolve.js";
import type { Span } from "../source.js";
import type { Expression } from "../spec/expr.js";
import { whyAbsent } from "./absent.js";
import { reportBeyond } from "./beyond.js";
import * as codes from "./codes.js";
import { type CType, fromBtf, isRecord, type RecordType, ulongType } from "./ctype.js";
import { typeExpression } from "./expression.js";
import { asNumber, constant, numberPlace } from "./lower.js";
import { memberName } from "./name.js";
import type { Place, Typed } from "./plan.js";
import { elementSize } from "./pointer.js";
import { rivalOf } from "./rival.js";
import { report, type Scope } from "./scope.js";
import { typeLabel } from "./spelled.js";

/** The place that an expression names; `undefined` where it names none, which is then reported. */
export function placeOf(e: Expression, scope: Scope): Place | undefined {
  if (e.kind === "member") return memberPlace(e, scope);
  if (e.kind === "index") return elementPlace(e, scope);
  if (e.kind === "unary" && e.operator === "*") {
    const pointer = typeExpression(e.operand, scope);
    return pointer.kind === "invalid" ? undefined : targetPlace(pointer, "*", e.operand.span, scope);
  }
  const typed = typeExpression(e, scope);
  if (typed.kind !== "invalid") {
    report(
      scope,
      codes.badOperand(
        e.span,
        { operator: "&", type: typeLabel(typed.type) },
        {
          help: [
            "only what stands in the kernel's memory has an address: a field, an element, or what a pointer leads to",
          ],
        },
      ),
    );
  }
  return undefined;
}

/** Whether the expression names a place by its form: a member, an element, or what a pointer leads to. */
export function isPlace(e: Expression): boolean {
  return e.kind === "member" || e.kind === "index" || (e.kind === "unary" && e.operator === "*");
}

/** The place that `&` or `sizeof` is about; a bitfield is not one that C has either for. */
export function addressedPlace(e: Expression, scope: Scope, operator = "&"): Place | undefined {
  const place = e.kind === "index" ? elementPlace(e, scope, operator) : placeOf(e, scope);
  if (place?.kind !== "member" || !place.bits) return place;
  const type = `${typeLabel(place.type)} : ${place.bits}`;
  report(
    scope,
    codes.badOperand(e.span, { operator, type }, { help: ["a bitfield has neither an address nor a size"] }),
  );
  return undefined;
}

function targetPlace(pointer: Typed, operator: string, span: Span, scope: Scope): Place | undefined {
  if (pointer.type.kind === "invalid") return undefined;
  if (pointer.type.kind !== "pointer") {
    report(
      scope,
      codes.notAPointer(span, { operator, type: typeLabel(pointer.type) }, dotHint(pointer.type, operator)),
    );
    return undefined;
  }
  const type = pointer.type.to;
  if (type.kind === "void" || type.kind === "function" || (isRecord(type) && !type.definition)) {
    const help = ["cast the pointer to what is there: `((struct inode *)p)->i_ino`"];
    report(scope, codes.incompleteType(span, { type: typeLabel(type) }, { help }));
    return undefined;
  }
  if (pointer.kind === "address" && operator !== "[]") return placeAt(pointer.place, type, span, scope);
  if (isRecord(type) && !type.name && !type.typedef) {
    report(scope, codes.unnamedType(span, { operator, type: typeLabel(type) }));
    return undefined;
  }
  return { kind: "target", type, pointer };
}

/** `*&x` and `(&x)->y` are x and x.y, and `*a` is an array's first element. */
function placeAt(place: Place, type: CType, span: Span, scope: Scope): Place | undefined {
  if (place.type.kind !== "array" || place.type === type) return place;
  return elementOf(place, type, constant(ulongType, 0n), span, scope);
}

function dotHint(type: CType, operator: string) {
  return operator === "->" && isRecord(type) ? { help: ["write `.` instead of `->`"] } : {};
}

function memberPlace(e: Extract<Expression, { kind: "member" }>, scope: Scope): Place | undefined {
  const of = e.arrow ? arrowTarget(e, scope) : dotTarget(e, scope);
  if (!of) return undefined;
  if (!isRecord(of.type) || !of.type.definition) {
    const operator = e.arrow ? "->" : ".";
    const pointer = of.type.kind === "pointer" ? { help: ["write `->` instead of `.`"] } : {};
    report(scope, codes.notARecord(e.object.span, { operator, type: typeLabel(of.type) }, pointer));
    return undefined;
  }
  const { btf, id } = of.type.definition;
  const path = findMember(btf, id, e.field.value);
  const last = path?.at(-1);
  const name = last && memberName(last.member.name);
  if (!path || !last || !name) {
    const labels = { owner: typeLabel(of.type), field: e.field.value };
    report(scope, codes.noSuchField(e.field.span, labels, whyAbsent(of.type, e.field.value, scope.kernels)));
    return undefined;
  }
  const place: Place = {
    kind: "member",
    type: fromBtf(btf, last.member.type),
    of,
    record: of.type,
    name,
    ...(last.member.bitSize ? { bits: last.member.bitSize } : {}),
    offset: Math.floor(last.bitOffset / 8),
    inUnion: path.some((step) => btf.type(step.owner).kind === "union"),
  };
  const rival = rivalOf(place);
  if (rival) report(scope, codes.ambiguousType(e.span, { type: typeLabel(rival), field: name }));
  return rival ? undefined : place;
}

function arrowTarget(e: Extract<Expression, { kind: "member" }>, scope: Scope): Place | undefined {
  const pointer = typeExpression(e.object, scope);
  return pointer.kind === "invalid" ? undefined : targetPlace(pointer, "->", e.object.span, scope);
}

function dotTarget(e: Extract<Expression, { kind: "member" }>, scope: Scope): Place | undefined {
  const { object } = e;
  if (isPlace(object)) return placeOf(object, scope);
  const typed = typeExpression(object, scope);
  if (typed.kind === "invalid") return undefined;
  const pointer = typed.type.kind === "pointer" ? { help: ["write `->` instead of `.`"] } : {};
  report(scope, codes.notARecord(object.span, { operator: ".", type: typeLabel(typed.type) }, pointer));
  return undefined;
}

/** `operator` is `&` or `sizeof` where the element itself is not read. */
function elementPlace(
  e: Extract<Expression, { kind: "index" }>,
  scope: Scope,
  operator?: string,
): Place | undefined {
  const by = sideOf(e.index, scope);
  const from = sideOf(e.array, scope);
  if (!by || !from) return undefined;
  // `3[p]` is `p[3]`: both are `*(p + 3)` (ISO C11 6.5.2.1).
  const turned = from.type.kind === "int" && by.type.kind === "pointer";
  const [array, index] = turned ? [by, from] : [from, by];
  const at = turned ? e.index.span : e.array.span;
  if (index.type.kind !== "int") {
    report(scope, codes.badOperand(e.index.span, { operator: "[]", type: typeLabel(index.type) }));
    return undefined;
  }
  const place = array.kind === "address" ? array.place : undefined;
  if (place?.type.kind === "array" && !isAddressOf(array.type, place.type)) {
    if (operator !== "sizeof")
      reportBeyond(place, index, operator === "&", turned ? e.array : e.index, scope);
    return elementOf(place, place.type.of, index, e.span, scope);
  }
  if (place && index.kind === "constant" && index.value === 0n && isAddressOf(array.type, place.type))
    return place;
  const target = targetPlace(asNumber(array, scope), "[]", at, scope);
  return target && elementOf(target, target.type, index, e.span, scope);
}

/** Whether it is what `&` gives of the type, not what an array decays to. */
function isAddressOf(pointer: CType, type: CType): boolean {
  return pointer.kind === "pointer" && pointer.to === type;
}

/** One side of `[]`; `undefined` where it has mistakes, which are reported. */
function sideOf(e: Expression, scope: Scope): Typed | undefined {
  const typed = typeExpression(e, scope);
  return typed.kind === "invalid" ? undefined : typed;
}

function elementOf(of: Place, type: CType, index: Typed, span: Span, scope: Scope): Place | undefined {
  const size = elementSize(type, span, scope);
  if (size === undefined) return undefined;
  const place: Place = { kind: "element", type, of, index, size };
  if (isFixed(place)) return place;
  const record = elementRecord(type);
  if (record && !record.name && !record.typedef) {
    report(scope, codes.unnamedType(span, { operator: "[]", type: typeLabel(record) }));
    return undefined;
  }
  return { ...place, of: numberPlace(of, scope) };
}

function elementRecord(type: CType): RecordType | undefined {
  if (type.kind === "array") return elementRecord(type.of);
  return isRecord(type) ? type : undefined;
}

/** Whether CO-RE follows the index: a constant one within a member that is an array of so many. */
export function isFixed({ of, index }: Extract<Place, { kind: "element" }>): boolean {
  if (of.type.kind !== "array" || index.kind !== "constant") return false;
  if (index.value < 0n || index.value >= BigInt(of.type.length)) return false;
  return of.kind === "member" || (of.kind === "element" && isFixed(of));
}
