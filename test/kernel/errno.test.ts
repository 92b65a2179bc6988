import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { errnoNames, errnoNumber } from "../../src/kernel/errno.js";

/** What the C compiler's headers define: the user-space part, aliases resolved. */
function headers(): Map<string, number> {
  const macros = execFileSync("gcc", ["-E", "-dM", "-include", "asm/errno.h", "-xc", "/dev/null"], {
    encoding: "utf8",
  });
  const defined = new Map([...macros.matchAll(/^#define (E[A-Z0-9]+) (\w+)$/gm)].map((m) => [m[1]!, m[2]!]));
  const resolve = (name: string): number => {
    const value = defined.get(name)!;
    return /^\d+$/.test(value) ? Number(value) : resolve(value);
  };
  return new Map([...defined.keys()].map((name) => [name, resolve(name)]));
}

describe("errno", () => {
  test("agrees with the compiler's <asm/errno.h>, name for name", () => {
    const expected = headers();
    expect(expected.size).toBeGreaterThan(130);
    const ours = errnoNames().filter((name) => errnoNumber(name)! < 512);
    expect(new Map(ours.map((name) => [name, errnoNumber(name)]))).toEqual(expected);
  });

  test.each([
    ["ERESTARTSYS", 512],
    ["ERESTART_RESTARTBLOCK", 516],
    ["EPROBE_DEFER", 517],
    ["ENOPARAM", 519],
    ["EBADHANDLE", 521],
    ["ENOTSUPP", 524],
    ["EIOCBQUEUED", 529],
    ["ENOGRACE", 531],
  ])("%s is %i inside the kernel", (name, number) => expect(errnoNumber(name)).toBe(number));

  test.each(["", "-", "ENOMEN", "enomem", "toString"])("%j is no errno", (name) =>
    expect(errnoNumber(name)).toBeUndefined());
});
