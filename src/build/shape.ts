/** Rules on the form of JSON data, as values. */

/** Looks at a value and gives the first problem: the member's path (as in `objects[0].arch`) and what is wrong. */
export type Shape = (value: unknown, at: string) => string | undefined;

/** Why a text cannot be carried in JSON for C programs, if so. */
export function badText(text: string): string | undefined {
  if (text.includes("\0")) return "holds a NUL character";
  return /\p{Surrogate}/u.test(text) ? "is not valid Unicode" : undefined;
}

/** A text that every reader of JSON takes; `pattern` must match, which `what` puts in words. */
export function text(pattern?: RegExp, what = "a text"): Shape {
  return (value, at) => {
    if (typeof value !== "string" || pattern?.test(value) === false) return `\`${at}\` is not ${what}`;
    const problem = badText(value);
    return problem && `\`${at}\` ${problem}`;
  };
}

/** An integer that a double holds exactly. */
export function integer(least: number, most: number = Number.MAX_SAFE_INTEGER): Shape {
  return (value, at) => {
    const fits = Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most;
    return fits ? undefined : `\`${at}\` is not an integer from ${least} to ${most}`;
  };
}

export const flag: Shape = (value, at) =>
  typeof value === "boolean" ? undefined : `\`${at}\` is neither true nor false`;

export function oneOf(...allowed: readonly string[]): Shape {
  return (value, at) =>
    allowed.includes(value as string) ? undefined : `\`${at}\` is not ${allowed.join(" or ")}`;
}

export function nullable(shape: Shape): Shape {
  return (value, at) => (value === null ? undefined : shape(value, at));
}

export function list(of: Shape, most: number, least = 0): Shape {
  return (value, at) => {
    if (!Array.isArray(value)) return `\`${at}\` is not a list`;
    if (value.length < least || value.length > most)
      return `\`${at}\` has not from ${least} to ${most} items`;
    return first(value.map((item, i) => () => of(item, `${at}[${i}]`)));
  };
}

/** Exactly these members; a name that ends in `?` may be absent. */
export function record(members: Readonly<Record<string, Shape>>): Shape {
  const rows = Object.entries(members).map(([name, shape]) => ({
    name: name.replace("?", ""),
    optional: name.endsWith("?"),
    shape,
  }));
  const names = new Set(rows.map(({ name }) => name));
  return (value, at) => {
    if (!isRecord(value)) return `\`${at}\` is not an object`;
    const inside = (name: string) => (at === "" ? name : `${at}.${name}`);
    const stranger = Object.keys(value).find((name) => !names.has(name));
    if (stranger !== undefined) return `\`${inside(stranger)}\` is not known`;
    return first(
      rows.map(({ name, optional, shape }) => () => {
        if (Object.hasOwn(value, name)) return shape(value[name], inside(name));
        return optional ? undefined : `\`${inside(name)}\` is missing`;
      }),
    );
  };
}

/** An object with whatever in it that JSON can hold. */
export const open: Shape = (value, at) =>
  isRecord(value) ? anything(value, at) : `\`${at}\` is not an object`;

/** Deeper ones of canonical form do not fit into a manifest; JSON can have any, and each takes some of the stack. */
const mostLevels = 1000;

function anything(value: unknown, at: string, level = 0): string | undefined {
  if (typeof value === "string") return text()(value, at);
  if (level > mostLevels) return "it nests too deep";
  if (Array.isArray(value))
    return first(value.map((item, i) => () => anything(item, `${at}[${i}]`, level + 1)));
  if (isRecord(value)) {
    const members = Object.entries(value);
    return first(
      members.map(
        ([name, member]) =>
          () =>
            text()(name, at) ?? anything(member, `${at}.${name}`, level + 1),
      ),
    );
  }
  const plain = value === null || typeof value === "boolean" || Number.isFinite(value);
  return plain ? undefined : `\`${at}\` is nothing that JSON can hold`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function first(checks: readonly (() => string | undefined)[]): string | undefined {
  for (const check of checks) {
    const problem = check();
    if (problem !== undefined) return problem;
  }
  return undefined;
}
