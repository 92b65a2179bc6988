/** Whoever made a bundle may have called things by whatever signs, and all of it ends up in code. */

import { expect, test } from "vitest";
import { identifier, literal, summary } from "../../src/export/words.js";
import { manifest } from "../build/fixture.js";

const odd = [
  "x\n*/ int evil; /*",
  "a\u2028b\u0085c\r",
  '"; system("x"); "',
  "../../pwn",
  "`id`$(id)",
  "\u202e",
  "",
];

test.each(odd)("%j stands in a comment, a name and a literal as no more than that", (name) => {
  const sound = manifest();
  const { fault } = sound;
  const frames = [{ ...sound.frames[0]!, function: name }];
  const hostile = { ...sound, name, fault: { ...fault, function: name, return: name }, frames };
  expect(summary(hostile)).not.toMatch(/\*\/|\/\*|[\p{C}\p{Zl}\p{Zp}]/u);
  expect(identifier(hostile)).toMatch(/^[A-Za-z]\w*$/);
  expect(literal(name)).toMatch(/^"(?:[\w ./:@,+=-]|\\[0-7]{3})*"$/);
});
