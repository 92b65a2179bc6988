import { mkdirSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { openLab, refused } from "./lab.js";

const lab = await openLab();
const bundle = await lab.bundle();

/** No process has it: beyond the kernel's limit of 2^22 (PID_MAX_LIMIT of include/linux/threads.h). */
const nobody = 4194305;

test("a process or thread that does not exist is an error", async () => {
  for (const kind of ["pid", "tid"]) {
    const outcome = await lab.load(bundle, `--${kind}`, `${nobody}`);
    expect(outcome).toSatisfy(refused("target"));
    expect(outcome.lines[0].message).toMatch(/^there is no (process|thread) 4194305$/);
  }
  expect(await lab.load(bundle, "--pid", `${process.pid}`)).toSatisfy(refused("select"));
  expect(await lab.load(bundle, "--tid", `${process.pid}`)).toSatisfy(refused("select"));
});

test("targets are read from a file, one a line, blanks around them cut off", async () => {
  writeFileSync(lab.path("pid"), ` ${process.pid}\r\n\n\t${process.ppid}`);
  expect(await lab.load(bundle, "--pid", `@${lab.path("pid")}`)).toSatisfy(refused("select"));
  writeFileSync(lab.path("comm"), "@cat\n");
  expect(await lab.load(bundle, `--comm=@${lab.path("comm")}`)).toSatisfy(refused("select"));
});

test.each([
  ["nothing", ""],
  ["blanks", " \n\t\n"],
  ["two on a line", "1 2"],
  ["one that is none", "1\nx\n"],
  ["no number", "x"],
  ["a NUL", "1\0"],
  ["too much", "1\n".repeat(1 << 19)],
  ["nobody", `${nobody}`],
])("a file that holds %s is an error", async (_, text) => {
  writeFileSync(lab.path("value"), text);
  expect(await lab.load(bundle, "--pid", `@${lab.path("value")}`)).toSatisfy(refused("target"));
});

test("a file that is not there is an error, and so is a folder", async () => {
  expect(await lab.load(bundle, "--pid", `@${lab.path("none")}`)).toSatisfy(refused("target"));
  expect(await lab.load(bundle, "--pid", `@${lab.path(".")}`)).toSatisfy(refused("target"));
});

test("a cgroup is a folder of a hierarchy of them", async () => {
  mkdirSync(lab.path("folder"), { recursive: true });
  const other = await lab.load(bundle, "--cgroup", lab.path("folder"));
  expect(other).toSatisfy(refused("target"));
  expect(other.lines[0].message).toContain("is not the folder of a cgroup");
  expect(await lab.load(bundle, "--cgroup", lab.path("none"))).toSatisfy(refused("target"));
});

test("the bundle's own targets are held to the same", async () => {
  const named = (target: object) =>
    lab.bundle(({ manifest }) => {
      Object.assign(manifest.target, target);
    });
  expect(await lab.load(await named({ comm: ["cat"], uid: [0] }))).toSatisfy(refused("select"));
  expect(await lab.load(await named({ pid: [nobody] }))).toSatisfy(refused("target"));
  expect(await lab.load(await named({ uid: [-1] }))).toSatisfy(refused("target"));
  expect(await lab.load(await named({ comm: ["sixteen-bytes-ok"] }))).toSatisfy(refused("target"));
  // The command line comes in their place.
  expect(await lab.load(await named({ pid: [nobody] }), "--comm", "cat")).toSatisfy(refused("select"));
  expect(await lab.load(await named({ pid: [nobody] }), "--all")).toSatisfy(refused("select"));
});
