import { describe, expect, it } from "vitest";
import { cronProblem } from "../../src/spec/cron.js";
import { parseDuration } from "../../src/spec/duration.js";

const hour = 3_600_000_000_000n;
const durations: readonly (readonly [text: string, nanoseconds: bigint])[] = [
  ["0", 0n],
  ["0s", 0n],
  ["300ms", 300_000_000n],
  ["1.5h", hour + hour / 2n],
  ["2h45m", 2n * hour + 2_700_000_000_000n],
  ["-1.5h", -hour - hour / 2n],
  ["+5s", 5_000_000_000n],
  [".5s", 500_000_000n],
  ["1.s", 1_000_000_000n],
  ["1us", 1_000n],
  ["1µs", 1_000n],
  ["1μs", 1_000n],
  ["1.9ns", 1n],
  ["1h1h", 2n * hour],
  ["2562047h47m16.854775807s", 2n ** 63n - 1n],
];
const noDurations = [
  "",
  "-",
  "5",
  "5 s",
  "s",
  ".s",
  "1d",
  "1w",
  "1constructor",
  "1.5.5s",
  "1s5",
  "one",
  "2562047h47m16.854775808s",
  `${"9".repeat(100_000)}h`,
];

const crons = [
  "* * * * *",
  "*/5 0 1,15 * 1-5",
  "0 0 0 1 1 *",
  "0 12 * JAN-Mar sun",
  "@hourly",
  "@every 1h30m",
  "CRON_TZ=UTC 0 5 * * ?",
];
const noCrons = [
  "",
  "* * * *",
  "* * * * * * *",
  "60 * * * *",
  "* 24 * * *",
  "* * 0 * *",
  "* * * 13 *",
  "* * * * 7",
  "5-1 * * * *",
  "*/0 * * * *",
  "@sometimes",
  "@every 1d",
  "a * * * *",
  "1, * * * *",
];

describe("parseDuration", () => {
  it.each(durations)("%s", (text, value) => {
    expect(parseDuration(text)).toEqual({ ok: true, value });
  });

  it.each(noDurations.map((t) => [t.slice(0, 40), t]))("refuses %j", (_shown, text) => {
    expect(parseDuration(text).ok).toBe(false);
  });
});

describe("cronProblem", () => {
  it.each(crons)("takes %s", (text) => {
    expect(cronProblem(text)).toBeUndefined();
  });

  it.each(noCrons)("refuses %j", (text) => {
    expect(cronProblem(text)).toBeTypeOf("string");
  });
});
