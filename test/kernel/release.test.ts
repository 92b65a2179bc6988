import { expect, test } from "vitest";
import { bannerRelease, parseRelease } from "../../src/kernel/release.js";

test.each([
  ["6.12", 6, 12],
  ["5.10.223", 5, 10],
  ["6.1.0-56-cloud-amd64", 6, 1],
  ["7.3-rc1", 7, 3],
  ["6.18.44+deb13-amd64", 6, 18],
  ["6.6.87.2-microsoft-standard-WSL2", 6, 6],
])("%s", (text, major, minor) => expect(parseRelease(text)).toEqual({ major, minor, text }));

test.each([
  "",
  "6",
  "6.",
  "v6.12",
  "6.12 x",
  "6.12x",
  "lab-6.12",
  "6.x",
  "6.12\n",
])("%j is no release", (text) => expect(parseRelease(text)).toBeUndefined());

test("the banner's, not the format's", () => {
  const bytes = Buffer.from("Linux version %s\0…Linux version 6.12.95 (root@vm) (gcc)\0");
  expect(bannerRelease(bytes)).toBe("6.12.95");
  expect(bannerRelease(Buffer.from("Linux version "))).toBeUndefined();
});
