/** Whom each kind of target hits, shown on tasks of which one is always not meant. */

import type { Check } from "./guest.js";

/** Which of the tasks a, b and u (another user's) are hit with these targets. */
const hits = (name: string, words: string, says: string): Check => ({
  name,
  run: `load $b ${words}; try a b u; unload`,
  says: `${["a", "b", "u"].map((task, i) => `${task}: ${says.split(" ")[i]}`).join("\n")}\n`,
});

const outer = "/sys/fs/cgroup/outer";

export const targets: readonly Check[] = [
  {
    name: "none yet",
    run: `task a; task b; task u /sbin/setpriv --reuid=1000; mkdir -p ${outer}/inner ${outer}/empty
      cat a.pid >${outer}/inner/cgroup.procs; try a b u`,
    says: "a: spared\nb: spared\nu: spared\n",
  },
  hits("all", "--all", "hit hit hit"),
  hits("pid", "--pid $(cat b.pid)", "spared hit spared"),
  hits("pids", "--pid @a.pid --pid @u.pid", "hit spared hit"),
  {
    name: "tid",
    run: "load $b --tid @a.tid; try a b; unload",
    says: "a: leader spared, thread hit\nb: spared\n",
  },
  {
    name: "the tid of a leader",
    run: "load $b --tid @a.pid; try a b; unload",
    says: "a: leader hit, thread spared\nb: spared\n",
  },
  {
    name: "a thread as a pid",
    run: 'load $b --pid @a.tid; message | sed "s/$(cat a.tid)/TID/g"',
    says: "target: TID is a thread, not a process: give it by `--tid TID`\n",
  },
  hits("cgroup", `--cgroup ${outer}/inner`, "hit spared spared"),
  hits("cgroup above", `--cgroup ${outer}`, "hit spared spared"),
  hits("cgroup beside", `--cgroup ${outer}/empty`, "spared spared spared"),
  hits("root cgroup", "--cgroup /sys/fs/cgroup", "hit hit hit"),
  {
    name: "cgroups of version 1",
    run: `mkdir v1; mount -t cgroup -o pids none v1; mkdir -p v1/outer/inner v1/outer/empty; cat b.pid >v1/outer/inner/cgroup.procs`,
    says: "",
  },
  hits("cgroup of version 1", "--cgroup v1/outer/inner", "spared hit spared"),
  hits("cgroup of version 1 above", "--cgroup v1/outer --cgroup v1/outer/empty", "spared hit spared"),
  hits("cgroup of version 1 beside", "--cgroup v1/outer/empty", "spared spared spared"),
  hits("root cgroup of version 1", "--cgroup v1", "hit hit hit"),
  {
    name: "cgroups of two hierarchies",
    run: `load $b --cgroup ${outer} --cgroup v1/outer; message`,
    says: "target: `v1/outer` is of another hierarchy of cgroups than the ones before: give all of one hierarchy\n",
  },
  hits("comm", "--comm b", "spared hit spared"),
  hits("uid", "--uid 1000", "spared spared hit"),
  hits("root", "--uid 0", "hit hit spared"),
  {
    name: "the real user, not the effective",
    run: "task r /sbin/setpriv --ruid=1000; task e /sbin/setpriv --euid=1000; load $b --uid 1000; try r e; unload",
    says: "r: hit\ne: spared\n",
  },
  hits("several kinds", "--uid 1000 --comm nobody --pid @a.pid", "hit spared hit"),
  hits("more than the map was made for", "$(seq 1500 | sed 's/^/--comm x/') --comm b", "spared hit spared"),
  {
    name: "a name of 15 bytes",
    run: "task fifteen-bytes-k; load $b --comm fifteen-bytes-k; try fifteen-bytes-k a; unload",
    says: "fifteen-bytes-k: hit\na: spared\n",
  },
  {
    name: "a process that ends, and a cgroup that is removed",
    run: `task d; load $b --pid @d.pid --cgroup ${outer}/empty; kill -9 $(cat d.pid); rmdir ${outer}/empty
      wait $loader; sed -n 's/"id":[0-9]*/ID/; s/.*"gone","target":/gone /p' said | sed 's/[0-9]\\+/N/' | sort; reason`,
    says: 'gone {"cgroup":N}}\ngone {"pid":N}}\ngone\n',
  },
];

/** The loader is never hit, though other processes of its name are: here each call of bpf(2) would fail. */
export const exempt: readonly Check[] = [
  {
    name: "the loader itself",
    run: `load $b --comm inject-load; first=$loader; mv said first
      load $b --all; message; kill $first; wait $first; mv first said; reason`,
    says: "load: the kernel refuses to load BPF programs: the loader has the capabilities, so something else forbids it: a security module, a seccomp filter, a lockdown that can't be seen (mount securityfs), or how this kernel was built\nsignal\n",
  },
];
