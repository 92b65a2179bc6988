/** aya on the objects that it can take, and what it says of the others; `make aya` runs it. */

import type { Check } from "../loader/guest.js";

const spared = "a: spared\nb: spared\n";

export const aya: readonly Check[] = [
  {
    name: "aya: as it is, it is for nobody",
    run: `tar xf $b
      start() { : >said; aya objects/*.bpf.o "$@" >said 2>&1 & loader=$!; until_attached; }
      stop() { kill $loader; wait $loader 2>/dev/null; cat said; }
      start 0; try a b; one; stop; left`,
    says: `${spared}spared\nattached\n0 programs, 0 links, spared\n`,
  },
  {
    name: "aya: a process, so many times",
    run: "start 1 $(cat a.pid); try b a; one; stop; try a b; left",
    says: `b: spared\na: leader hit, thread spared\nspared\nattached\n${spared}0 programs, 0 links, spared\n`,
  },
  {
    name: "aya: no fmod_ret",
    run: "mkdir other; tar xf /bundles/fmod_ret/mkdir.bundle -C other; aya other/objects/*.bpf.o 0",
    says: 'Error: ParseError(InvalidProgramSection { section: "fmod_ret/__x64_sys_mkdir" })\n',
  },
  {
    name: "aya: no call chain",
    run: "mkdir chain; tar xf /bundles/override/inside.bundle -C chain; for o in chain/objects/*.bpf.o; do aya $o 0; done",
    says: 'Error: BtfError(UnknownSectionSize { section_name: ".ksyms" })\nError: MapError(Unsupported { map_type: 29 })\n',
  },
];
