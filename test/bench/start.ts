/** What a person waits for: short questions, from start to end of the process. */

import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { folder, injectc, profile, root, spec, wall } from "./lab.js";
import { type Bench, inTurn } from "./row.js";

const longest = 300;

export const start: Bench = async () => {
  writeFileSync(join(folder, "one.yaml"), spec("one", "bananas"));
  const lab = join(root, "out/kernels/lab-6.12");
  const node = wall([process.execPath, "-e", "0"]);
  const check = (kernel: string) => wall(injectc("check", "one.yaml", "-k", kernel));
  const [empty, help, explain, builtIn] = await inTurn([
    node,
    wall(injectc("--help")),
    wall(injectc("explain", "no-such-field")),
    check(profile),
  ]);
  const rows: Awaited<ReturnType<Bench>> = [
    { what: "--help", ours: help, against: "node alone", theirs: empty, goal: 1.5 },
    { what: "explain CODE", ours: explain, against: "node alone", theirs: empty, goal: 1.5 },
    {
      what: "check, with a built-in profile",
      ours: builtIn,
      against: "0.3 s",
      theirs: longest,
      goal: 1,
    },
  ];
  const what = "check, with a lab kernel's folder";
  if (!existsSync(lab)) return [...rows, { what, missing: "`make kernels` has not been run" }];
  const [folderTime] = await inTurn([check(lab)]);
  return [...rows, { what, ours: folderTime, against: "0.3 s", theirs: longest, goal: 1 }];
};
