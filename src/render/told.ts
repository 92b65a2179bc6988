/** What an event tells of the arguments that predicates read, as the templates print it. */

import type { CType } from "../bind/ctype.js";
import type { ValuePlan, Variant } from "../bind/plan.js";
import { expressionText, pointerText } from "./expression.js";
import { parameterText } from "./parameter.js";
import { cString } from "./text.js";

interface ToldView {
  /** `frame0`, or `fault`. */
  readonly name: string;
  readonly parameters: readonly string[];
  readonly values: readonly { readonly line: string; readonly member: string; readonly statement: string }[];
}

/** Frames first, outermost first; only those of which there is something to tell. */
export function toldOf(variant: Variant): ToldView[] {
  const { fault, frames } = variant;
  const all = [
    ...frames.map(({ when }, i) => ({ name: `frame${i}`, owner: `${i}`, when })),
    { name: "fault", owner: "-", when: fault.when },
  ];
  return all.flatMap(({ name, owner, when }) => {
    if (!when?.told.values.length) return [];
    const { reads, values } = when.told;
    return {
      name,
      parameters: reads.map((p) => parameterText(p, variant)),
      values: values.map((value, i) => valueView(value, `value${i}`, owner)),
    };
  });
}

export function isOfFrame({ name }: ToldView): boolean {
  return name !== "fault";
}

function valueView({ kind, text, value }: ValuePlan, member: string, owner: string) {
  const words = cString(new TextEncoder().encode(`${owner} ${letterOf(kind, value.type)} ${text}`));
  const line = `${words.slice(0, -1)}\\n"`;
  if (kind === "number") {
    const number = expressionText({
      kind: "cast",
      type: { kind: "int", size: 8, signed: false },
      operand: value,
    });
    return { line, member: `__u64 ${member}`, statement: `values_->${member} = ${number}` };
  }
  const user = value.type.kind === "pointer" && value.type.user ? "_USER" : "";
  const statement = `TEXT${user}(values_->${member}, ${pointerText(value)})`;
  return { line, member: `struct injectc_text ${member}`, statement };
}

function letterOf(kind: ValuePlan["kind"], type: CType): string {
  if (kind === "string") return "s";
  if (type.kind === "pointer") return "x";
  return type.kind === "int" && type.signed ? "d" : "u";
}
