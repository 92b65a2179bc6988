/** What is told of single injections, and of stacks that are failed once. */

import type { Backend } from "../../../src/build/manifest.js";
import type { Check } from "./guest.js";

/** Looks for a name that does not exist, through cat and through the shell itself. */
const look = `look() { cat "$1" 2>&1 | sed 's/.*: //'; }
  burst() { for i in $(seq $1); do [ -e told ]; done; }`;
/** Of the line of an event all that is the same in each run; its stack as far as every kernel and backend has it. */
const shape =
  `sed 's/"time":"[-0-9]*T[:0-9]*\\.[0-9]\\{9\\}Z","monotonic":[0-9]*,"pid":\\([0-9]*\\),"tid":\\1,/TIME TASK /; ` +
  `s/0x[0-9a-f]\\{6,\\}/POINTER/g; s/_size":[0-9]*/_size":SIZE/; s/"offset":[0-9]*/AT/g; ` +
  `s/\\("should_failslab",AT\\)\\(.*\\)\\("d_alloc_parallel",AT\\).*/\\1 .. \\3/'`;
/** Whether each injection was told or counted as dropped, of some that were; and whether any was dropped. */
const sum = `injected=$(tail -n 1 said | sed 's/.*"injected":\\([0-9]*\\).*/\\1/'); dropped=$(tail -n 1 said | sed 's/.*"dropped":\\([0-9]*\\).*/\\1/')
  told=$(grep -c '^{"event":"injection".*}]}$' said); [ $((told + dropped)) = $injected ] && echo "$injected, as told and dropped" || echo $injected: $told $dropped
  [ $dropped = 0 ] && echo none dropped || echo some dropped`;

const injection = (name: string, observed: boolean) =>
  `{"event":"injection",TIME TASK "comm":"cat","observed":${observed},"function":"should_failslab","arguments":{"s":"POINTER","s->object_size":SIZE},` +
  `"frames":[{"function":"d_alloc_parallel","arguments":{"name":"POINTER","name->name":"${name}"}}],` +
  '"stack":[{"symbol":"should_failslab",AT .. "d_alloc_parallel",AT\n';

const setUp = (backend: Backend) =>
  `${look}; all=/bundles/${backend}/told.bundle once=/bundles/${backend}/stacks.bundle`;

/** What is told by each backend; cat and the shell come on so many different stacks. */
export function events(backend: Backend, stacks = 2): readonly Check[] {
  const checks = [
    {
      name: "an injection",
      run: `${setUp(backend)}
        load $all --all --events; look told; look other; unload; grep injection said | ${shape}; ${sum}`,
      says: `Cannot allocate memory\nNo such file or directory\n${injection("told", false)}1, as told and dropped\nnone dropped\n`,
    },
    {
      name: "an injection that is only observed",
      run: `load $all --all --events --observe; look told; unload; grep injection said | ${shape}`,
      says: `No such file or directory\n${injection("told", true)}`,
    },
    {
      name: "nothing without being asked",
      run: `load $all --all; look told; bpftool map list | grep -c 'ringbuf\\|lru_hash'; unload; grep -c 'injection\\|dropped' said`,
      says: "Cannot allocate memory\n0\n0\n",
    },
    {
      name: "tasks that race",
      run: `load $all --all --events; for task in 1 2 3 4; do burst 100 & done; wait $!; sleep 1; unload; ${sum}`,
      says: /^\d{2,}, as told and dropped\nnone dropped\n$/,
    },
    {
      name: "a stack that is failed once",
      run: `load $once --all; look told; look told; burst 3; unload; grep -c '"event":"stack"' said
        grep '"event":"stack"' said | ${shape} | sort -u; tail -n 1 said | sed 's/.*"eligible":\\([0-9]*\\),"rolledOut":\\([0-9]*\\),"injected":\\([0-9]*\\).*/echo $((\\1 - \\2)) of more \\3/' | sh`,
      says: `Cannot allocate memory\nNo such file or directory\n${stacks}\n{"event":"stack","stack":[{"symbol":"should_failslab",AT .. "d_alloc_parallel",AT\n${stacks} of more ${stacks}\n`,
    },
  ];
  return checks.map(({ name, run, says }) => ({ name: `${name} by ${backend}`, run, says }));
}

/** What becomes of it, whatever the backend. */
export function readers(backend: Backend): readonly Check[] {
  return [
    {
      name: "a name of signs that mean something",
      run: `${setUp(backend)}
        load $all --all --events; look "$(printf 'told\\033[31m"\\\\\\n\\377,')" >/dev/null; look told-$(seq 99 | tr -d '\\n') >/dev/null
        unload; sed -n 's/.*"name->name":"\\(.*\\)"}}],"stack.*/\\1/p' said`,
      says: `told\\u001B[31m\\"\\\\\\n?,\ntold-${Array.from({ length: 99 }, (_, i) => i + 1)
        .join("")
        .slice(0, 58)}\n`,
    },
    {
      name: "settings that are changed meanwhile",
      run: `load $all --all --events; look told; inject-load --set observe=1 $all; look told; inject-load --set probability=0 $all; look told
        inject-load --set observe=0 --set probability=1 --set times=3 $all; look told; look told; unload; grep -o '"observed":[ft][a-z]*' said
        tail -n 1 said | sed 's/.*"injected":\\([0-9]*\\),"observed":\\([0-9]*\\),.*"dropped":\\([0-9]*\\).*/\\1 injected, \\2 observed, \\3 dropped/'`,
      says: `Cannot allocate memory\nNo such file or directory\nNo such file or directory\nCannot allocate memory\nNo such file or directory\n${["false", "true", "false"].map((observed) => `"observed":${observed}\n`).join("")}2 injected, 1 observed, 0 dropped\n`,
    },
    {
      name: "a loader that is stopped",
      run: `load $all --all --events; kill -STOP $loader; burst 3000; kill -CONT $loader; unload; ${sum}`,
      says: "3000, as told and dropped\nsome dropped\n",
    },
    {
      name: "a reader that is slow",
      run: `mkfifo slow; inject-load --trust /trust.pem $all --all --events >slow & loader=$!
        exec 3<slow; head -c 1 <&3 >/dev/null; : >said; burst 4000; look told; cat <&3 >>said & reader=$!
        exec 3<&-; sleep 0.1; unload; wait $reader; rm slow; ${sum}; reason`,
      says: "Cannot allocate memory\n4001, as told and dropped\nsome dropped\nsignal\n",
    },
    {
      name: "a reader that never comes back",
      run: `mkfifo slow; inject-load --trust /trust.pem $all --all --events >slow 2>words & loader=$!
        exec 3<slow; head -c 1 <&3 >/dev/null; burst 4000; unload; look told; cat words; exec 3<&-; rm slow`,
      says: "No such file or directory\ninject-load: stdout takes no more: nobody reads it\n",
    },
    {
      name: "symbols that are hidden",
      run: `sysctl -qw kernel.kptr_restrict=2; load $all --all --events; look told; unload; cat words
        sed -n 's/.*}}],\\("stack".*\\)/\\1/p' said; sysctl -qw kernel.kptr_restrict=0`,
      says: 'Cannot allocate memory\ninject-load: the kernel hides its symbols, so stacks can\'t be told: that takes CAP_SYSLOG, and `sysctl kernel.kptr_restrict` to be 0 or 1\n"stack":null}\n',
    },
    {
      name: "symbols that are not there",
      run: `mknod nothing c 0 0; mount --bind nothing /proc/kallsyms; load $once --all; look told; unload; umount /proc/kallsyms; cat words
        grep '"event":"stack"' said`,
      says: 'Cannot allocate memory\ninject-load: can\'t read /proc/kallsyms, so stacks can\'t be told: No such device or address\n{"event":"stack","stack":null}\n',
    },
    {
      name: "a disk that fills up",
      run: `mkdir small; mount -t tmpfs -o size=8k none small; : >small/said; inject-load --trust /trust.pem $all --all --events >small/said 2>words & loader=$!
        until grep -q attached small/said; do usleep 50000; done; burst 8; wait $loader; echo $?; head -n 1 words; look told; umount small; left`,
      says: "1\ninject-load: stdout takes no more: No space left on device\nNo such file or directory\n0 programs, 0 links, spared\n",
    },
    {
      // They do not come to an end.
      name: "a signal while symbols are read",
      run: `mkfifo symbols; mount --bind symbols /proc/kallsyms; exec 4<>symbols; load $all --all --events 4<&-
        kill $loader; echo "ffffffff81000000 T symbol" >&4; wait $loader; reason; left`,
      says: "signal\n0 programs, 0 links, spared\n",
    },
    {
      // Whose injection is told, and the last.
      name: "a signal while an injection waits for symbols",
      run: `load $all --all --events 4<&-; look told; kill $loader; echo "ffffffff81000000 T symbol" >&4
        until [ "$(look told)" = "No such file or directory" ]; do usleep 50000; done; kill -0 $loader && grep -c injection said
        exec 4<&-; wait $loader; ${sum}; reason; left; umount /proc/kallsyms; rm symbols`,
      says: "Cannot allocate memory\n0\n1, as told and dropped\nnone dropped\nsignal\n0 programs, 0 links, spared\n",
    },
    {
      name: "on a terminal",
      run: `[ -d /dev/pts ] || { mkdir /dev/pts; mount -t devpts devpts /dev/pts; }
        : >said; script -qc "inject-load $all --trust /trust.pem --all --events" /dev/null >said & terminal=$!
        until_attached; look "$(printf 'told\\033[2J"')"; (printf 'a\\200\\033[2J' >/proc/self/comm; [ -e told ]); sleep 1.5; inject-load --stop $all; wait $terminal
        sed 's/0x[0-9a-f]*/POINTER/g; s/_size=[0-9]*/_size=SIZE/; s/[0-9][:.0-9]* \\(.*\\) (pid [0-9]*, tid [0-9]*)/TIME \\1 (TASK)/; s/\\(slab\\) < .* < \\(d_alloc_parallel\\).*/\\1 .. \\2/; s/\\r//g; s/.*\\[J//' said |
          sed -n '/TIME/,/stack/p; /^detached/,$p' | cut -c -140 | grep -v '^$\\|^call\\|^fault'; left`,
      says: /^Cannot allocate memory\nTIME cat \(TASK\): should_failslab\(s=POINTER, s->object_size=SIZE\) failed\n {2}in d_alloc_parallel\(name=POINTER, name->name="told\\u001B\[2J\\""\)\n {2}stack: should_failslab \.\. d_alloc_parallel\nTIME a\\x80\\x1b\[2J \(TASK\): [^\n]*\n[^\n]*\n[^\n]*\ndetached[\s\S]*-> it fires: 2 calls have failed[\s\S]*0 programs, 0 links, spared\n$/,
    },
  ];
}
