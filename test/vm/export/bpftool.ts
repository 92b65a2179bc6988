/** `bpftool prog loadall … autoattach` on a bundle's object as it is; what the README tells to type. */

import type { Check } from "../loader/guest.js";

const maps = "/sys/fs/bpf/maps";
const target = (...words: string[]) => `pinned ${maps}/targets key $(bytes ${words.join(" ")} 0)`;

/** `one` is a try of a fresh process, `a` and `b` are tasks that try when told to. */
export const bpftool: readonly Check[] = [
  {
    name: "bpftool: as it is, it is for nobody",
    run: `bytes() { for n; do for i in 0 8 16 24 32 40 48 56; do echo $((n >> i & 255)); done; done; }
      mount -t bpf bpf /sys/fs/bpf; tar xf $b
      bpftool prog loadall objects/*.bpf.o /sys/fs/bpf/fault pinmaps ${maps} autoattach; try a b; one`,
    says: "a: spared\nb: spared\nspared\n",
  },
  {
    name: "bpftool: a process put into the map",
    run: `bpftool map update ${target("0", "$(cat a.pid)")} value 1 0 0 0; try a b; one`,
    says: "a: hit\nb: spared\nspared\n",
  },
  {
    name: "bpftool: once more, by the settings",
    run: `bpftool map update pinned ${maps}/*_data key 0 0 0 0 value $(bytes 4294967296 3 1 0 0); try a b`,
    says: "a: leader hit, thread spared\nb: spared\n",
  },
  {
    name: "bpftool: every task, by the root cgroup, until it is taken out again",
    run: `bpftool map update pinned ${maps}/*_data key 0 0 0 0 value $(bytes 4294967296 0 1 0 0)
      bpftool map update ${target("2", "1")} value 1 0 0 0; try a b; one
      bpftool map delete ${target("2", "1")}; try a b; one`,
    says: "a: hit\nb: hit\nhit\na: hit\nb: spared\nspared\n",
  },
  {
    name: "bpftool: all is normal once the links are gone",
    run: `rm -r /sys/fs/bpf/fault ${maps}; try a b; left`,
    says: "a: spared\nb: spared\n0 programs, 0 links, spared\n",
  },
];
