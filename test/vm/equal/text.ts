/** C expressions as text, put together by C's precedence, so that only the brackets that C needs are there. */

/** `least` has no bracket that C can do without, `full` has all that there could be. */
export interface Text {
  readonly least: string;
  readonly full: string;
  /** How tightly it binds: 15 for a primary or postfix expression, 14 for a unary one, 0 for `?:` (ISO C11 6.5). */
  readonly level: number;
}

const levels: Readonly<Record<string, number>> = {
  "*": 13,
  "/": 13,
  "%": 13,
  "+": 12,
  "-": 12,
  "<<": 11,
  ">>": 11,
  "<": 10,
  ">": 10,
  "<=": 10,
  ">=": 10,
  "==": 9,
  "!=": 9,
  "&": 8,
  "^": 7,
  "|": 6,
  "&&": 5,
  "||": 4,
};

export function primary(least: string, full = least): Text {
  return { least, full, level: 15 };
}

/** Behind a primary or postfix expression: `->name`, `.name`, `[index]`. */
export function suffixed(of: Text, least: string, full = least): Text {
  return { least: at(of, 15) + least, full: of.full + full, level: 15 };
}

export function unary(operator: string, of: Text): Text {
  const operand = at(of, 14);
  const gap = /\w$/.test(operator) || operand.startsWith(operator) ? " " : "";
  return { least: operator + gap + operand, full: `(${operator} ${of.full})`, level: 14 };
}

export function cast(type: string, of: Text): Text {
  return { least: `(${type})${at(of, 14)}`, full: `((${type})${of.full})`, level: 14 };
}

export function binary(operator: string, left: Text, right: Text): Text {
  const level = levels[operator]!;
  return {
    least: `${at(left, level)} ${operator} ${at(right, level + 1)}`,
    full: `(${left.full} ${operator} ${right.full})`,
    level,
  };
}

export function conditional(condition: Text, consequent: Text, alternate: Text): Text {
  return {
    least: `${at(condition, 1)} ? ${consequent.least} : ${alternate.least}`,
    full: `(${condition.full} ? ${consequent.full} : ${alternate.full})`,
    level: 0,
  };
}

/** A use of something that looks like a call. */
export function call(name: string, ...operands: readonly Text[]): Text {
  const list = (key: "least" | "full") => operands.map((o) => o[key]).join(", ");
  return primary(`${name}(${list("least")})`, `${name}(${list("full")})`);
}

function at(text: Text, level: number): string {
  return text.level < level ? `(${text.least})` : text.least;
}
