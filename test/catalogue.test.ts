import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { catalogue } from "../src/catalogue.js";

test("every module of codes is in the catalogue", async () => {
  const root = new URL("../src/", import.meta.url).pathname;
  const files = readdirSync(root, { recursive: true, encoding: "utf8" });
  const paths = files.filter((path) => path.endsWith("codes.ts"));
  expect(paths.length).toBeGreaterThan(5);
  const known = new Set<unknown>(catalogue);
  for (const path of paths) {
    const entries = Object.values(await import(`${root}${path}`)).filter((v) => typeof v === "function");
    expect([path, entries.filter((entry) => !known.has(entry))]).toEqual([path, []]);
  }
});

test("no two entries share a code", () => {
  const codes = catalogue.map(({ code }) => code);
  expect(codes.filter((code, i) => codes.indexOf(code) !== i)).toEqual([]);
});

test.each(
  catalogue.map((entry) => [entry.code, entry] as const),
)("%s has a name and a page", (code, entry) => {
  expect(code).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
  expect(["error", "warning", "info"]).toContain(entry.severity);
  expect(entry.page).toMatch(/^\S[\s\S]*\S$/);
});
