/** The interactive guest, with a script at its keyboard. */

import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { bootShell } from "../../../src/vm/shell.js";
import { lab, run } from "./lab.js";

test("a shell with the loader's command at hand, until it is left", async () => {
  const stdin = new PassThrough();
  const stdout = new PassThrough();
  let seen = "";
  stdout.setEncoding("utf8").on("data", (text: string) => {
    if (!seen.includes("/tmp #") && (seen + text).includes("/tmp #")) {
      stdin.write("echo $((6 * 7)); sh /workload attached; wc -c /bundle\nexit\n");
    }
    seen += text;
  });
  const scripts = await run({ workload: "echo ran $1\n", loaderArguments: ["--comm", "two words"] });
  expect(await bootShell(lab(), scripts, {}, { stdin, stdout })).toBeNull();
  expect(seen).toContain("inject-load /bundle --trust /trust.pem --comm 'two words' &");
  expect(seen).toMatch(/^42\r?$/m);
  expect(seen).toMatch(/^ran attached\r?$/m);
  expect(seen).toContain("4 /bundle");
});

test("a guest that cannot be made is one sentence", async () => {
  const scripts = { ...(await run()), certificate: "/no/such.pem" };
  expect(await bootShell(lab(), scripts)).toBe("cannot read /no/such.pem: there is no such file");
});
