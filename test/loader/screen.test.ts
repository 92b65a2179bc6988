import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { loader } from "./lab.js";

const program = await loader("screen", { asan: true, main: join(import.meta.dirname, "screen.c") });

/** What a terminal of that width gets: each table that is drawn, and what is sent in front of the second. */
async function draws(columns: number): Promise<string[]> {
  const { stdout } = await execa(program, [String(columns)]);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what terminals get
  return stdout.replaceAll("\r", "").split(/\x1b\[\?7[lh]/);
}

const counters = "seen 0, eligible 0, rolled out 0, injected 0, observed 0, missed 0, dropped 7";

test.each([40, 60, 76])("on %i columns, all of the table can be read", async (columns) => {
  const [, table] = await draws(columns);
  expect(Math.max(...table!.split("\n").map((line) => line.length))).toBeLessThanOrEqual(columns);
  const words = table!.replace(/\s+/g, " ");
  expect(words).toContain(`fault ${counters} -> of 1234567 calls of a_function_of_a_long_name() by targets`);
  expect(words).toMatch(/call chain entered passed a_function_o\w* 1234567 0 another 1234567 0/);
});

test("counters stand below each other on a usual terminal, and no line is longer than 79 columns", async () => {
  const [, table] = await draws(200);
  expect(table).toBe(`call chain                                               entered       passed
a_function_of_a_long_name                                1234567            0
 another                                                 1234567            0
fault
       seen   eligible rolled out   injected   observed     missed    dropped
          0          0          0          0          0          0          7

-> of 1234567 calls of a_function_of_a_long_name() by targets, none had
   arguments for which its predicate is true
`);
});

test("a table takes the place of the one that was drawn last, and a line that matters is put off", async () => {
  const [, first, between, second, afterPause, again, last, third, ...more] = await draws(80);
  const erased = (table: string) => `\x1b[${table.split("\n").length - 1}A\x1b[J`;
  expect(between).toBe(erased(first!));
  expect(second).toContain("654321");
  expect(afterPause).toBe(
    `${erased(second!)}set: probability 100 %, times 0, interval 0, space 0, observe 0\n`,
  );
  expect(again).toBe(second);
  expect(last).toBe(erased(again!));
  expect(third).toContain("it fires: 1 call has failed");
  expect(third!.split("\n").length).toBeLessThan(second!.split("\n").length);
  expect(more).toEqual([""]);
});
