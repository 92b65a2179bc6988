/** Loaders that do not do as they should, and kernels that complain of them. */

import { expect, test } from "vitest";
import type { BootOptions } from "../../../src/vm/boot.js";
import { bootFailed } from "../../../src/vm/codes.js";
import { reportDiagnostics, reportLines } from "../../../src/vm/report.js";
import { bootScripts, loader, type Script, say } from "./lab.js";

interface Case extends Script {
  readonly name: string;
  readonly options?: BootOptions;
  readonly phase: "setup" | "case";
  readonly reason: string;
  /** The phases that there are results of. */
  readonly phases: readonly string[];
}

const refused = {
  event: "error",
  stage: "load",
  message: "the kernel's verifier refused the program `fault`",
  log: "R1 invalid mem access 'scalar'",
};

const cases: readonly Case[] = [
  {
    name: "one that refuses, with an event",
    loader: `#!/bin/sh\ncat <<'END'\n${JSON.stringify(refused)}\nEND\nexit 1\n`,
    phase: "setup",
    reason: `inject-load refused (load): ${refused.message}: ${refused.log}`,
    phases: ["before"],
  },
  {
    name: "one that ends with no event",
    loader: "#!/bin/sh\necho first >&2; echo 'cannot run here' >&2; exit 2\n",
    phase: "setup",
    reason: "inject-load ended with status 2: cannot run here",
    phases: ["before"],
  },
  {
    name: "one that hangs before it has attached",
    loader: "#!/bin/sh\ntrap '' TERM\nwhile :; do sleep 1; done\n",
    options: { attachSeconds: 2 },
    phase: "setup",
    reason: "inject-load neither attached nor gave up within 2 s",
    phases: ["before"],
  },
  {
    name: "one that does not detach",
    loader: `#!/bin/sh\ntrap '' TERM\n${say({ event: "attached" })}\nwhile :; do sleep 1; done\n`,
    options: { detachSeconds: 2 },
    phase: "case",
    reason: "inject-load did not detach within 2 s of SIGTERM and was killed",
    phases: ["before", "attached", "after"],
  },
  {
    name: "one that is done before the workload is",
    loader: `#!/bin/sh\n${say({ event: "attached" })}\n${say({ event: "detached", reason: "deadline" })}\n`,
    workload: "sleep 0.5",
    phase: "case",
    reason: "inject-load detached by itself (deadline) before the workload's phase `attached` had ended",
    phases: ["before", "attached", "after"],
  },
  {
    name: "one that does not say that it detached",
    loader: `#!/bin/sh\ntrap 'exit 0' TERM\n${say({ event: "attached" })}\nwhile :; do sleep 0.1; done\n`,
    phase: "case",
    reason: "inject-load ended without saying that it detached",
    phases: ["before", "attached", "after"],
  },
  {
    name: "one at which the kernel complains",
    loader: loader({ attach: 'echo "<4>WARNING: CPU: 0 PID: 99 at a place" >/dev/kmsg' }),
    phase: "case",
    reason: "the kernel complained while the bundle was being attached: WARNING: CPU: 0 PID: 99 at a place",
    phases: ["before", "attached", "after"],
  },
];

for (const { name, options, phase, reason, phases, ...script } of cases) {
  test(name, async () => {
    const report = await bootScripts(script, options);
    expect(report).toMatchObject({ phase, ok: false, reason });
    expect(Object.keys(report.phases)).toEqual(phases);
    expect(reportLines(report)[1]).toBe(`  ${reason}`);
    expect(reportDiagnostics(report)).toMatchObject([{ code: bootFailed.code }]);
  });
}
