import { describe, expect, test } from "vitest";
import { type Strings, stringsOf } from "../../src/btf/strings.js";

const section = (...names: string[]) => Buffer.from(["", ...names, ""].join("\0"));
const own = stringsOf(section("dentry", "entry", "try"));

describe("where a name stands", () => {
  test.each([
    ["entry", [2, 8]],
    ["try", [4, 10, 14]],
    ["nothing", []],
  ])("%s", (name, offsets) => {
    // The first search is broken off, as whoever looks for few does.
    for (const offset of own.offsets(name)) if (offset > 0) break;
    expect([...own.offsets(name)]).toEqual(offsets);
    expect([...own.offsets(name)]).toEqual(offsets);
  });

  test("a kernel's strings are searched once, however many modules ask", () => {
    let searches = 0;
    const counted: Strings = {
      ...own,
      offsets(name) {
        searches++;
        return own.offsets(name);
      },
    };
    const kernel = stringsOf(section("entry"), counted);
    const modules = ["a", "entry", "b"].map((name) => stringsOf(section(name), kernel));
    const found = modules.map((strings) => [...strings.offsets("entry")].length);
    expect([found, searches]).toEqual([[3, 4, 3], 1]);
  });
});
