/** However the loader ends, nothing stays attached; and it does not start twice. */

import type { Check } from "./guest.js";

const gone = "0 programs, 0 links, spared\n";

/** Ends of a loader that has attached, by what is done to it. */
const ends: readonly { readonly name: string; readonly run: string; readonly says: string }[] = [
  ...["INT", "TERM", "HUP"].map((signal) => ({
    name: signal,
    run: `unload ${signal}; reason`,
    says: "signal\n",
  })),
  { name: "KILL", run: "unload KILL; reason", says: "" },
];

export const lifecycle: readonly Check[] = [
  ...ends.map(({ name, run, says }) => ({
    name: `end by ${name}`,
    run: `load $b --all; one; ${run}; left`,
    says: `hit\n${says}${gone}`,
  })),
  {
    // CAP_SYSLOG and CAP_BPF. Not every kernel has seccomp.
    name: "what the loader keeps of its privileges",
    run: `load $b --all; sed -n 's/^\\(Cap[EP][a-z]*\\|NoNewPrivs\\|Seccomp\\):\\t*/\\1 /p' /proc/$loader/status; ls -d /proc/sys/kernel/seccomp; unload; reason; left`,
    says: /^CapPrm 0000008400000000\nCapEff 0000008400000000\nNoNewPrivs 1\n(Seccomp 2\n\/proc\/sys\/kernel\/seccomp|(Seccomp 0\n)?ls: .*)\nsignal\n0 programs, 0 links, spared\n$/,
  },
  {
    name: "end by deadline",
    run: "load $b --all --duration 300ms; wait $loader; reason; left",
    says: `deadline\n${gone}`,
  },
  {
    name: "a deadline that passes while the loader is stopped",
    run: `load $b --all --duration 3s; kill -STOP $loader; one; sleep 3; one; kill -CONT $loader; wait $loader; reason; left`,
    says: `hit\nspared\ndeadline\n${gone}`,
  },
  {
    name: "end by a reader of stdout that goes",
    run: "inject-load $b --trust /trust.pem --all 2>words | head -n 1 | cut -c -20; cat words; left",
    says: `{"event":"attached",\ninject-load: nobody reads stdout any more; detaching\n${gone}`,
  },
  {
    name: "end by a full disk",
    run: "inject-load $b --trust /trust.pem --all >/dev/full; left",
    says: `inject-load: stdout takes no more: No space left on device\n${gone}`,
  },
  {
    name: "end by a terminal that closes",
    run: `mkdir /dev/pts; mount -t devpts devpts /dev/pts
      : >said; script -qc "inject-load $b --trust /trust.pem --all" /dev/null >said & terminal=$!
      until_attached; one; kill -9 $terminal; left`,
    says: `hit\n${gone}`,
  },
  {
    name: "nohup",
    run: `trap '' HUP; load $b --all; trap - HUP; kill -HUP $loader; one; unload; reason; left`,
    says: `hit\nsignal\n${gone}`,
  },
  {
    name: "a second loader",
    run: `load $b --all; first=$loader
      load $b --comm nobody; message | sed "s/process $first /process FIRST /"
      load $b --comm nobody --again; unload; reason
      kill -9 $first; load $b --all; one; unload; reason; left`,
    says: `load: process FIRST has this bundle loaded already, and with a second one its limits would count twice: change that one by \`--set\`, end it by \`--stop\`, or give \`--again\` if this is meant\nsignal\nhit\nsignal\n${gone}`,
  },
  {
    // Of a loader that was killed, somebody keeps the maps; and a process has its number that never had any.
    name: "a loader whose number another process has",
    run: `mkdir pins; mount -t bpf bpf pins
      until load $b --all; [ $loader -gt 300 ]; do unload; done
      id=$(bpftool map list | sed -n 's/^\\([0-9]*\\):.*\\.rodata .*/\\1/p'); bpftool map pin id $id pins/kept
      kill -9 $loader; wait $loader 2>/dev/null
      most=$(cat /proc/sys/kernel/pid_max); echo $((loader + 40)) >/proc/sys/kernel/pid_max
      for i in $(seq 1000); do sleep 1000 & other=$!; [ $other = $loader ] && break; kill $other; wait $other 2>/dev/null; done
      echo $most >/proc/sys/kernel/pid_max; [ $other = $loader ] || echo "not that number"
      for wish in --stop "--set times=1"; do inject-load $wish $b 2>/dev/null | grep -o 'nothing is loaded'; done
      load $b --all; one; unload; reason; kill $other && echo was there; umount pins; left`,
    says: `nothing is loaded\nnothing is loaded\nhit\nsignal\nwas there\n${gone}`,
  },
  {
    name: "several loaders that start at once",
    run: `for round in 1 2 3; do
        for name in a b c; do : >$name; inject-load $b --trust /trust.pem --all >>$name 2>/dev/null & done
        for name in a b c; do until grep -q 'attached\\|"error"' $name; do usleep 50000; done; done
        grep -c attached a b c | sort -t : -k 2 | sed 's/.://' | tr '\\n' ' '
        inject-load --stop $b; wait
      done; left`,
    says: `${"0 0 1 ".repeat(3)}${gone}`,
  },
];

/** Not on one processor with 5.10: to write the limit, its kernel spins there until the victim is gone, which cannot run. */
export const starvation: Check = {
  name: "end by want of memory",
  run: `echo +memory >/sys/fs/cgroup/cgroup.subtree_control; mkdir /sys/fs/cgroup/scarce
    echo 'echo $$ >/sys/fs/cgroup/scarce/cgroup.procs; exec "$@"' >scarcely
    before="sh ./scarcely"; load $b --all; before=; one
    echo 0 >/sys/fs/cgroup/scarce/memory.max; wait $loader 2>/dev/null; echo $?; left`,
  says: `hit\n137\n${gone}`,
};
