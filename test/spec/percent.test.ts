import { expect, test } from "vitest";
import { percentText } from "../../src/convert/number.js";
import { fractionOf } from "../../src/spec/percent.js";

test.each([
  ["33.3", 0.333],
  ["100", 1],
  [".5", 0.005],
  ["7.", 0.07],
  ["1e-7", 1e-9],
  ["2.5E1", 0.25],
])("%s %% is %d, and is written so again", (percent, fraction) => {
  expect(fractionOf(percent)).toBe(fraction);
  expect(percentText(fraction)).toBe(`${Number(percent)}%`);
});
