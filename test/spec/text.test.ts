import { describe, expect, it } from "vitest";
import { decodeText } from "../../src/spec/text.js";
import { problemsOf } from "./table.js";

const bytes = (...parts: (string | number)[]) =>
  Buffer.concat(parts.map((p) => Buffer.from(typeof p === "string" ? p : [p])));

const refused: readonly (readonly [what: string, input: Buffer, code: string, at: string])[] = [
  ["a lone continuation byte", bytes("ab\nc", 0x80), "not-utf8", "2:2"],
  ["a cut character", bytes("é", 0xe2, 0x82), "not-utf8", "1:2"],
  ["a cut character in front of a letter", bytes(0xf0, 0x9f, "a"), "not-utf8", "1:1"],
  ["an overlong slash", bytes("a", 0xc0, 0xaf), "not-utf8", "1:2"],
  ["an overlong form of three bytes", bytes(0xe0, 0x80, 0xaf), "not-utf8", "1:1"],
  ["a surrogate", bytes(0xed, 0xa0, 0x80), "not-utf8", "1:1"],
  ["beyond Unicode", bytes(0xf4, 0x90, 0x80, 0x80), "not-utf8", "1:1"],
  ["UTF-16", bytes(0xff, 0xfe, "a", 0), "not-utf8", "1:1"],
  ["a NUL", bytes("ab\n", 0), "nul-byte", "2:1"],
  ["more than 1 MiB", Buffer.alloc((1 << 20) + 1, "a"), "spec-too-large", "0:0"],
];

describe("decodeText", () => {
  it.each(refused)("refuses %s", (_what, input, code, at) => {
    expect(problemsOf(decodeText(input, "t").diagnostics)).toEqual([{ code, at }]);
  });

  it.each(["", "a\r\nb", "é€🍌\u{10ffff}\ud7ff\ue000", "a".repeat(1 << 20)])("takes %.20j", (text) => {
    expect(decodeText(Buffer.from(text), "t")).toMatchObject({ ok: true, value: { name: "t", text } });
  });

  it("drops a byte order mark", () => {
    expect(decodeText(Buffer.from("\ufeffa"), "t")).toMatchObject({ ok: true, value: { text: "a" } });
  });

  it("tells the byte", () => {
    expect(decodeText(bytes("é", 0xfe), "t").diagnostics[0]?.message).toBe("byte 2 (0xfe) is not UTF-8");
  });

  it("knows UTF-16 by its mark", () => {
    const help = (...parts: number[]) =>
      decodeText(bytes(...parts, "a", 0, "b", 0), "t").diagnostics[0]?.help;
    expect(help(0xff, 0xfe)).toEqual([expect.stringContaining("save it as UTF-8")]);
    expect(help(0xfe, 0xff)).toHaveLength(1);
    expect(help(0xff, 0xff)).toEqual([]);
  });
});
