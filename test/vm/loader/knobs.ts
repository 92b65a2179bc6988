/** Settings that are changed while an object is attached. */

import type { Check } from "./guest.js";

const set = (...assignments: string[]) => `inject-load ${assignments.map((a) => `--set ${a}`).join(" ")} $b`;

export const knobs: readonly Check[] = [
  {
    name: "pause and go on",
    run: `task k; load $b --comm k; try k; ${set("probability=0")}; try k; ${set("probability=100%")}; try k`,
    says: "k: hit\nk: spared\nk: hit\n",
  },
  {
    name: "pause, in other words",
    run: `for zero in 0 0.0 0% 0.00%; do ${set("probability=1")}; ${set("probability=$zero")}; try k; done
      for zero in 0..0 0%% 00x -0 %; do ${set("probability=$zero")} >said2 2>&1 && echo $zero is taken; done; ${set("probability=100%")}`,
    says: "k: spared\n".repeat(4),
  },
  {
    // Where the loader's number may be that of somebody else.
    name: "from another PID namespace",
    run: `for wish in "--set times=1" --stop; do unshare -pf inject-load $wish $b 2>/dev/null | cut -c -90; done
      unshare -m -pf sh -c 'umount -l /proc; inject-load --stop $0' $b 2>/dev/null | cut -c -90; try k`,
    says: [
      '{"event":"error","stage":"target","message":"the loader runs in a PID namespace of its own',
      '{"event":"error","stage":"target","message":"the loader runs in a PID namespace of its own',
      '{"event":"error","stage":"target","message":"/proc does not tell in which PID namespace th',
      "k: hit\n",
    ].join("\n"),
  },
  {
    name: "observe",
    run: `${set("observe=1")}; try k; ${set("observe=0")}; try k`,
    says: "k: spared\nk: hit\n",
  },
  {
    // Eight injections so far, and two that were only observed.
    name: "times, of all since the start",
    run: `${set("times=11")}; try k; ${set("times=0")}; try k`,
    says: "k: leader hit, thread spared\nk: hit\n",
  },
  { name: "interval", run: `${set("interval=2", "times=0")}; try k`, says: "k: leader spared, thread hit\n" },
  {
    name: "the loader says what was set",
    run: `sleep 1; grep '"settings"' said | tail -n 1; inject-load --stop $b; wait $loader; reason; left`,
    says: '{"event":"settings","settings":{"probability":1.0,"times":0,"interval":2,"space":0,"observe":false}}\nsignal\n0 programs, 0 links, spared\n',
  },
  {
    name: "what can't be set",
    run: `load $b --comm k; for wrong in "observe=1 --set space=1" times=-1 interval=0 probability=2 speed=1 times "times=1 --set times=2"; do
        inject-load --set $wrong $b >said 2>words && echo $wrong is taken; message
      done
      try k; unload; inject-load --set times=1 $b >said 2>words || message | sed 's/bundle [0-9a-f]*:/bundle ID:/'`,
    says: [
      "load: what is loaded has no setting `space`",
      "usage: `--set times=-1` is not valid; times takes a whole number, of all injections since the start; 0 is no limit",
      "usage: `--set interval=0` is not valid; interval takes a whole number from 1 on",
      "usage: `--set probability=2` is not valid; probability takes a fraction up to 1, or a percentage: 0.1, 10%; 0 injects nothing until it is set again",
      "usage: `--set speed=1` is not valid; it takes probability=P, times=N, interval=N, space=BYTES or observe=0|1",
      "usage: `--set times` is not valid; it takes probability=P, times=N, interval=N, space=BYTES or observe=0|1",
      "usage: `--set times` is given twice; give it once",
      "k: hit",
      "load: nothing is loaded of the bundle ID: its loader has ended, or runs on another node",
      "",
    ].join("\n"),
  },
];
