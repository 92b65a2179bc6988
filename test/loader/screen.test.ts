import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { loader } from "./lab.js";
import { Terminal } from "./terminal.js";

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

const resized = await loader("resized", { asan: true, main: join(import.meta.dirname, "resized.c") });

/** What a terminal shows in each of these sizes, what has left it at the top by then and while it was drawn; last comes the end. */
async function shows(...sizes: (readonly [number, number])[]) {
  const { stdout } = await execa(
    resized,
    sizes.map((size) => size.join("x")),
    { stripFinalNewline: false },
  );
  const parts = stdout.split("\0").slice(0, -1);
  expect(parts.length).toBe(sizes.length + 1);
  const terminal = new Terminal(...sizes[0]!);
  return parts.map((part, i) => {
    if (sizes[i]) terminal.resize(...sizes[i]);
    const before = terminal.history.length;
    terminal.write(part);
    return { text: terminal.text, history: [...terminal.history], scrolled: terminal.history.slice(before) };
  });
}
const whole = `call chain                                               entered       passed
a_function_of_a_long_name                                1000001      1000001
 another                                                 1000001      1000001
  third                                                  1000001      1000001
fault
       seen   eligible rolled out   injected   observed     missed
          1          1          0          1          0          0

-> it fires: 1 call has failed
`;

test("of a table that is higher than the terminal, the end is drawn, and nothing of it scrolls away", async () => {
  for (let rows = 2; rows < 10; rows++) {
    const [first] = await shows([80, rows]);
    const end = whole
      .split("\n")
      .slice(9 - (rows - 2))
      .join("\n");
    expect(first!.text).toBe(`${11 - rows} lines left out\n${end}`);
    expect(first!.history).toEqual(["event 1"]);
  }
  expect(await shows([80, 11])).toMatchObject([{ text: `event 1\n${whole}`, history: [] }, {}]);
  expect(await shows([80, 1])).toMatchObject([{ text: "", history: ["event 1"] }, {}]);
});

test("at the end all of it is there, however low the terminal is", async () => {
  const [, end] = await shows([80, 5]);
  expect([...end!.history, end!.text].join("\n")).toBe(`event 1\ndetached (signal)\n\n${whole}`);
});

test("a terminal that is resized has one table at a time, and only events scroll away", async () => {
  const sizes = [
    [80, 24],
    [80, 5],
    [200, 3],
    [10, 6],
    [30, 50],
    [10, 10],
    [80, 12],
    [80, 24],
  ] as const;
  const shown = await shows(...sizes);
  for (const [i, { text, scrolled }] of shown.slice(0, -1).entries()) {
    expect(text.match(/-> it/g)?.length).toBe(sizes[i]![1] === 6 ? undefined : 1);
    expect(text.split("\n").at(-2)).toMatch(/failed$/);
    for (const line of scrolled) expect(line).toMatch(/^event \d$/);
  }
});

test.each([3, 5, 10, 20, 39])("on %i columns, all of the table is there", async (columns) => {
  const [first] = await shows([columns, 400]);
  expect(first!.scrolled).toEqual([]);
  const frame = (name: string) => `${name}: entered 1000001, passed 1000001 `;
  const words = `event 1 ${["a_function_of_a_long_name", "another", "third"].map(frame).join("")}
    fault seen 1, eligible 1, rolled out 0, injected 1, observed 0, missed 0 -> it fires: 1 call has failed`;
  expect(first!.text.replace(/\s/g, "")).toBe(words.replace(/\s/g, ""));
});
