/** GNU C's statement expressions: declarations and a result. */

import type { Span } from "../source.js";
import type { Expression } from "../spec/expr.js";
import * as codes from "./codes.js";
import { isConstantName } from "./constants.js";
import { type CType, invalidType, isScalar, isTooWide, sameSpace } from "./ctype.js";
import { typeExpression } from "./expression.js";
import { asNumber, convert, isNull } from "./lower.js";
import { variableName } from "./name.js";
import type { Typed } from "./plan.js";
import { report, type Scope, withVariable } from "./scope.js";
import { typeLabel } from "./spelled.js";
import { isFollowable, settled, tested } from "./tested.js";
import { resolveType } from "./typename.js";

const invalid: Typed = { kind: "invalid", type: invalidType };

/** `({ T x = e; …; e; })`: each local is known from its declaration on. */
export function typeCompound(e: Extract<Expression, { kind: "compound" }>, scope: Scope): Typed {
  let inner = scope;
  const locals: Extract<Typed, { kind: "compound" }>["locals"][number][] = [];
  for (const statement of e.statements) {
    // A value that nobody uses has no effect in a predicate; it is typed for its mistakes alone.
    const value = typeExpression(statement.value, inner);
    if (statement.kind === "expression") continue;
    const named = resolveType(
      statement.type,
      scope.kernel,
      scope.btf,
      (d) => report(scope, d),
      scope.kernels,
    );
    const type = sameSpace(named, value.type);
    const hidden = inner.variables.has(statement.name.value)
      ? "variable"
      : isConstantName(statement.name.value)
        ? "constant"
        : undefined;
    if (hidden)
      report(scope, codes.shadowedName(statement.name.span, { name: statement.name.value, of: hidden }));
    const name = variableName(statement.name.value, scope.taken, scope.btf);
    scope.taken.add(name);
    const initial = initialValue(value, type, statement.value.span, scope);
    const number = scope.numbers.has(name);
    if (initial.kind !== "invalid")
      locals.push({ name, type, value: number ? asNumber(initial, scope) : initial });
    inner = withVariable(inner, statement.name.value, {
      name,
      // What no local can be was complained of: no use of it is, too.
      type: isScalar(type) ? type : invalidType,
      direct: !number && initial.kind !== "cast" && isDirect(initial),
      alias: !number && isFollowable(initial),
    });
  }
  const result = typeExpression(e.result, inner);
  if (result.kind === "invalid") return invalid;
  return locals.length ? { kind: "compound", locals, result, type: result.type } : result;
}

function isDirect(typed: Typed): boolean {
  return (typed.kind === "variable" && typed.direct) || (typed.kind === "load" && typed.access === "direct");
}

/** A local's first value, converted as C's simple assignment does (ISO C11 6.5.16.1). */
function initialValue(value: Typed, type: CType, at: Span, scope: Scope): Typed {
  if (value.kind === "invalid" || type.kind === "invalid") return invalid;
  if (isTooWide(type)) {
    report(scope, codes.unsupportedType(at, { type: typeLabel(type) }));
    return invalid;
  }
  const fits =
    (type.kind === "int" && value.type.kind === "int") ||
    (type.kind === "int" && type.bool && value.type.kind === "pointer") ||
    (type.kind === "pointer" && (value.type.kind === "pointer" || isNull(value)));
  if (fits) return type.kind === "int" ? convert(tested(value), type) : settled(convert(value, type));
  const [pointer, integer] = type.kind === "pointer" ? [type, value.type] : [value.type, type];
  const labels = { pointer: typeLabel(pointer), integer: typeLabel(integer) };
  report(
    scope,
    isScalar(type) && isScalar(value.type)
      ? codes.pointerWithInteger(at, { operator: "=", ...labels })
      : codes.badOperand(
          at,
          { operator: "=", type: typeLabel(isScalar(type) ? value.type : type) },
          { help: ["a local holds a number or a pointer: take the struct's address by `&`"] },
        ),
  );
  return invalid;
}
