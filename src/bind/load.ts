/** How what stands in memory is read, or pointed to. */

import type { Span } from "../source.js";
import * as codes from "./codes.js";
import { type CType, decay, isRecord, isTooWide } from "./ctype.js";
import { convert } from "./lower.js";
import type { Access, Place, Typed } from "./plan.js";
import { report, type Scope } from "./scope.js";
import { typeLabel } from "./spelled.js";

/** Reads the place; an array becomes a pointer to its first element instead. */
export function loadFrom(place: Place, span: Span, scope: Scope): Typed {
  const { type } = place;
  if (type.kind === "array") return { kind: "address", type: pointerTo(place, decay(type)), place };
  if (isTooWide(type)) {
    report(scope, codes.unsupportedType(span, { type: typeLabel(type) }));
    return { kind: "invalid", type: { kind: "invalid" } };
  }
  const access = accessTo(place);
  const load: Typed = { kind: "load", type: access === "user" ? userPointer(type) : type, place, access };
  // A bitfield no wider than int promotes by its width, whatever its type; a wider one is of its type, as clang has it.
  return place.kind === "member" && place.bits && place.bits <= 32 && type.kind === "int"
    ? convert(load, { kind: "int", size: 4, signed: place.bits < 32 || type.signed })
    : load;
}

/** The address of the place, as a pointer of the type. */
export function addressOf(place: Place): Typed {
  return { kind: "address", type: pointerTo(place, { kind: "pointer", to: place.type }), place };
}

function pointerTo(place: Place, type: CType): CType {
  return accessTo(place) === "user" ? userPointer(type) : type;
}

/** What a pointer in user memory points to is user memory, too. */
function userPointer(type: CType): CType {
  return type.kind === "pointer" ? { ...type, user: true } : type;
}

/** The offset in an instruction that loads has 16 bits. */
const mostOffset = 0x7fff;

/** How a program reads the place: directly only where every verifier since 5.7 knows the type of what it follows. */
export function accessTo(place: Place): Access {
  let direct = place.type.kind === "int" || place.type.kind === "pointer";
  let offset = 0;
  for (let p = place; ; p = p.of) {
    if (p.kind === "target") {
      if (p.pointer.type.kind === "pointer" && p.pointer.type.user) return "user";
      const near = direct && offset <= mostOffset;
      return near && isRecord(p.type) && isFollowed(p.pointer) ? "direct" : "kernel";
    }
    if (p.kind === "element" || p.inUnion || p.bits) direct = false;
    else offset += p.offset;
  }
}

/** Whether the verifier takes the pointer for one to its struct (PTR_TO_BTF_ID). */
export function isFollowed(pointer: Typed): boolean {
  if (pointer.type.kind !== "pointer" || pointer.type.tagged || !isRecord(pointer.type.to)) return false;
  if (pointer.kind === "variable") return pointer.direct;
  return pointer.kind === "load" && pointer.access === "direct";
}
