/** What stands between the quotes of C's strings and characters. */

/** Something that C does not allow there, as offsets into the body. */
export interface LiteralProblem {
  readonly start: number;
  readonly end: number;
  readonly why: string;
}

/** Escapes of one letter; `\\e` is GNU C. */
const simple: Readonly<Record<string, number>> = {
  n: 10,
  t: 9,
  r: 13,
  a: 7,
  b: 8,
  f: 12,
  v: 11,
  e: 27,
  "\\": 92,
  "'": 39,
  '"': 34,
  "?": 63,
};
/** An escape, or a run of letters without one. */
const piece = /\\(?:\r?\n|x[0-9a-fA-F]*|u[0-9a-fA-F]{0,4}|U[0-9a-fA-F]{0,8}|[0-7]{1,3}|[\s\S]|$)|[^\\]+/g;
const utf8 = new TextEncoder();

/** The bytes of a literal's body, letters as UTF-8 and escapes as C reads them, without a closing NUL. */
export function decodeLiteral(body: string): { readonly bytes: number[]; readonly problem?: LiteralProblem } {
  const bytes: number[] = [];
  let problem: LiteralProblem | undefined;
  for (const match of body.matchAll(piece)) {
    const made = match[0].startsWith("\\") ? escapeBytes(match[0]) : [...utf8.encode(match[0])];
    if (typeof made !== "string") bytes.push(...made);
    else problem ??= { start: match.index, end: match.index + match[0].length, why: made };
  }
  return problem ? { bytes, problem } : { bytes };
}

/** An escape's bytes, or why it is none. A backslash before a line break joins the lines. */
function escapeBytes(text: string): number[] | string {
  const letter = text[1] ?? "";
  if (letter === "\n" || letter === "\r") return [];
  if (/[0-7]/.test(letter)) return byte(Number.parseInt(text.slice(1), 8));
  if (letter === "x")
    return text.length > 2 ? byte(Number.parseInt(text.slice(2), 16)) : "`\\x` needs hexadecimal digits";
  if (letter === "u" || letter === "U") return codePoint(text, letter === "u" ? 4 : 8);
  const value = Object.hasOwn(simple, letter) ? simple[letter] : undefined;
  return value === undefined ? "C has no such escape" : [value];
}

/** Strings in the kernel are bytes. */
function byte(value: number): number[] | string {
  return value <= 255 ? [value] : "the value does not fit in a byte";
}

/** A universal character name, as UTF-8. */
function codePoint(text: string, digits: number): number[] | string {
  if (text.length !== digits + 2) return `\`\\${text[1]}\` needs ${digits} hexadecimal digits`;
  const value = Number.parseInt(text.slice(2), 16);
  const isScalar = value <= 0x10ffff && (value < 0xd800 || value > 0xdfff);
  return isScalar ? [...utf8.encode(String.fromCodePoint(value))] : "Unicode has no such character";
}
