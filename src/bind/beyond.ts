/** Elements that an array does not have. */

import type { Expression } from "../spec/expr.js";
import * as codes from "./codes.js";
import { sizeOfType } from "./ctype.js";
import type { Place, Typed } from "./plan.js";
import { rangeOf } from "./range.js";
import { report, type Scope } from "./scope.js";

/** An index that is beyond the array whatever its value; C may have the address of what stands just behind. */
export function reportBeyond(
  of: Place,
  index: Typed,
  addressed: boolean,
  at: Expression,
  scope: Scope,
): void {
  const range = rangeOf(index);
  if (of.type.kind !== "array" || !range || isOpenEnded(of, of.type.length)) return;
  const { length } = of.type;
  const last = BigInt(addressed ? length : length - 1);
  if (range.high >= 0n && range.low <= last) return;
  const value = range.low === range.high ? `${range.low}` : `from ${range.low} to ${range.high}`;
  report(scope, codes.beyondArray(at.span, { index: value, length }));
}

/** Whether it has as many elements as there is memory for: flexible arrays, and what stood for them before C had any. */
function isOpenEnded(of: Place, length: number): boolean {
  if (length !== 1 || of.kind !== "member") return length === 0;
  const { definition } = of.record;
  const record = definition?.btf.type(definition.id);
  if (record?.kind !== "struct" && record?.kind !== "union") return true;
  const end = of.offset + (sizeOfType(of.type) ?? 0);
  return record.members.every(({ bitOffset }) => bitOffset < end * 8);
}
