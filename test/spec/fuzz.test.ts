import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { formatDiagnostic } from "../../src/diagnostic.js";
import { decodeText, readOneLiner, readSpecs } from "../../src/spec/read.js";
import { type Random, seeded } from "./random.js";

const folder = new URL("../../examples/", import.meta.url);
const examples = readdirSync(folder).map((name) => ({ name, bytes: readFileSync(new URL(name, folder)) }));
const cases = Number(process.env.FUZZ_CASES ?? 600);

const tokens = [
  "(",
  ")",
  "({",
  "})",
  "[",
  "]",
  "{",
  "}",
  "'",
  '"',
  "''",
  "\\",
  "\\x",
  "/*",
  "*/",
  "//",
  "=>",
  "->",
  "=",
  "==",
  "&&",
  "?",
  ":",
  ": ",
  ",",
  ";",
  "-",
  "- ",
  "*",
  "&",
  "&a ",
  "*a",
  "<<: ",
  "|",
  ">",
  "|-",
  "#",
  " #",
  "\n",
  "\r\n",
  "\n\n",
  "\t",
  "  ",
  "!",
  "!!str ",
  "---\n",
  "%",
  "0",
  "1",
  "99999999999999999999",
  "0x",
  "1.5",
  "null",
  "~",
  "true",
  "sizeof",
  "struct ",
  "int ",
  "STRCMP(",
  "u32",
  "é",
  "🍌",
  "\u0000",
  "\ufeff",
  "constructor",
  "__proto__",
  "kind",
  "spec",
  "$",
  "`",
];

/** A few cuts, copies and insertions. */
function damage(text: string, random: Random): string {
  let out = text;
  for (let i = 1 + random.number(4); i > 0; i--) {
    const at = random.number(out.length + 1);
    const length = random.number(random.pick([2, 8, 60]));
    const other = random.number(out.length + 1);
    out = random.pick([
      out.slice(0, at) + random.pick(tokens) + out.slice(at),
      out.slice(0, at) + out.slice(at + length),
      out.slice(0, at) + out.slice(other, other + length) + out.slice(at + length),
      out.slice(0, at) + random.pick(tokens).repeat(1 + random.number(70)) + out.slice(at),
    ]);
  }
  return out;
}

describe("damaged specs", () => {
  it("are read or refused at a place, and never throw", () => {
    for (let seed = 1; seed <= cases; seed++) {
      const random = seeded(seed);
      const { name, bytes } = random.pick(examples);
      const decoded = decodeText(Buffer.from(damage(bytes.toString("utf8"), random)), name);
      if (!decoded.ok) continue;
      const read = readSpecs(decoded.value);
      expect(read.ok || read.diagnostics.some((d) => d.severity === "error"), `seed ${seed}`).toBe(true);
      for (const d of read.diagnostics) {
        expect(
          d.span && d.span.start <= d.span.end && d.span.end <= d.span.source.text.length,
          `seed ${seed}: ${d.code}`,
        ).toBe(true);
        expect(formatDiagnostic(d), `seed ${seed}`).toContain(d.code);
      }
    }
  });

  it("are no danger as one-liners", () => {
    const specs = [
      "f(int a)(a == 1) => g()",
      "(({ int x = 1; x; }) && STRCMP(a, b))",
      "f(char *a)(STRCMP(a, 'b'))",
    ];
    for (let seed = 1; seed <= cases; seed++) {
      const random = seeded(seed);
      const read = readOneLiner({
        mode: "bio",
        spec: damage(random.pick(specs), random),
        probability: damage("0.5", random),
      });
      expect(read.ok || read.diagnostics.some((d) => d.severity === "error"), `seed ${seed}`).toBe(true);
    }
  });

  it("are found out as bytes, too", () => {
    for (let seed = 1; seed <= cases; seed++) {
      const random = seeded(seed);
      const bytes = Uint8Array.from(random.pick(examples).bytes);
      for (let i = 0; i < 3; i++) bytes[random.number(bytes.length)] = random.number(256);
      const decoded = decodeText(bytes, "t");
      const isText =
        Buffer.from(bytes).equals(Buffer.from(Buffer.from(bytes).toString("utf8"))) && !bytes.includes(0);
      expect(decoded.ok, `seed ${seed}`).toBe(isText);
    }
  });
});
