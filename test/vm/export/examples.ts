/** The examples that `injectc export` writes, run on a node as they are. */

import type { Check } from "../loader/guest.js";

/** `start WORD...` runs the program in the background until it is attached; `stop` ends it and shows what it has said. */
const words = `
start() { : >said; "$@" >said 2>&1 & loader=$!; until_attached; }
stop() { kill $loader 2>/dev/null; wait $loader; sed '/^attached$/d' said; }`;

const failed = (thread: string) => `${thread} Cannot allocate memory`;

/** What the example of a format does; the tasks `a` and `b` are there. */
export function examples(format: string): readonly Check[] {
  const mkdir = `/sbin/${format}-mkdir`;
  const spared = "a: spared\nb: spared\n";
  return [
    {
      name: `${format}: for nobody, it does not begin`,
      run: `${words}\n${mkdir} >said 2>&1 && echo began; grep -o "say whom it is for.*" said; left`,
      says: "say whom it is for: processes by their PID, or -a for every task\n0 programs, 0 links, spared\n",
    },
    {
      name: `${format}: a process`,
      run: `start ${mkdir} $(cat a.pid); try a b; one; stop; try a b; left`,
      says: `a: hit\nb: spared\nspared\ninjected 2 of 2 calls\n${spared}0 programs, 0 links, spared\n`,
    },
    {
      name: `${format}: so many times`,
      run: `start ${mkdir} -n 1 $(cat a.pid) $(cat b.pid); try b a; stop`,
      says: "b: leader hit, thread spared\na: spared\ninjected 1 of 4 calls\n",
    },
    {
      name: `${format}: never`,
      run: `start ${mkdir} -P 0 -a; try a; one; stop`,
      says: "a: spared\nspared\ninjected 0 of 3 calls\n",
    },
    {
      name: `${format}: every task, for a while`,
      run: `start ${mkdir} -a -s 4; one; try a; wait $loader; try a b; stop`,
      says: `hit\na: hit\n${spared}injected 3 of 3 calls\n`,
    },
    {
      name: `${format}: inside a call, for whom the spec names`,
      run: `mkdir -p /sys/fs/cgroup/inner; cat b.pid >/sys/fs/cgroup/inner/cgroup.procs
        start /sbin/${format}-inside; try a b; one; stop; try a b; left`,
      says: new RegExp(
        `^a: ${failed("leader")}, ${failed("thread")}\nb: ${failed("leader")}, ${failed("thread")}\nspared\n` +
          `injected 4 of \\d+ calls\n${spared}0 programs, 0 links, spared\n$`,
      ),
    },
    {
      name: `${format}: inside a call, for somebody else`,
      run: `start /sbin/${format}-inside $(cat b.pid); try a b; stop`,
      says: /^a: spared\nb: leader Cannot .*\ninjected 2 of \d+ calls\n$/,
    },
    {
      name: `${format}: a folder that is no cgroup of version 2`,
      run: `cat b.pid >/sys/fs/cgroup/cgroup.procs; rmdir /sys/fs/cgroup/inner
        start /sbin/${format}-inside; try b; stop`,
      says: /^b: spared\n(?:.*\n)*.*\/sys\/fs\/cgroup\/inner: no cgroup of version 2\n/,
    },
  ];
}
