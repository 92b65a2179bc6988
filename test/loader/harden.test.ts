import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { loader } from "./lab.js";

const driver = await loader("harden", { main: join(import.meta.dirname, "harden.c") });

/** What harden.c tries, and whether it can before anything is read, and once all is attached. */
const attempts: readonly (readonly [name: string, begin: string, settled: string])[] = [
  ["exec", "refused", "refused"],
  ["fork", "refused", "refused"],
  ["socket", "refused", "refused"],
  ["read a file", "possible", "possible"],
  ["write a file", "possible", "refused"],
  ["map code", "possible", "refused"],
  ["use memory", "possible", "possible"],
  ["load BPF", "possible", "refused"],
  ["read BPF", "possible", "possible"],
  ["signal", "possible", "refused"],
  ["look for a task", "possible", "possible"],
  ["wait", "possible", "possible"],
  ["change a mode", "possible", "refused"],
];

test("the loader takes away from itself what it does not need", async () => {
  const { stdout } = await execa(driver);
  const lines = stdout.split("\n");
  expect(lines.filter((line) => line.startsWith("begin: "))).toEqual(
    attempts.map(([name, begin]) => `begin: ${name}: ${begin}`),
  );
  expect(lines.filter((line) => line.startsWith("settled: "))).toEqual(
    attempts.map(([name, , settled]) => `settled: ${name}: ${settled}`),
  );
  const status = new Map(
    lines.filter((line) => line.includes(":\t")).map((line) => line.split(":\t") as [string, string]),
  );
  expect([status.get("NoNewPrivs"), status.get("Seccomp")]).toEqual(["1", "2"]);
  // CAP_SYSLOG and CAP_BPF, or CAP_SYS_ADMIN for want of the latter; as many of them as the tests have.
  const kept = BigInt(`0x${status.get("CapEff")}`);
  expect(kept & ~((1n << 34n) | (1n << 39n) | (1n << 21n))).toBe(0n);
  expect(status.get("CapPrm")).toBe(status.get("CapEff"));
  expect(BigInt(`0x${status.get("CapInh")}`)).toBe(0n);
});
