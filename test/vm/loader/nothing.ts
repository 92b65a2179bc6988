/** A function that fails with NULL, which is nothing but a kprobe's to do. */

import type { Check } from "./guest.js";

export const nothing: readonly Check[] = [
  {
    name: "a function that returns NULL",
    run: `pool; load $b --all --events --times 1; pool; pool; unload; grep -c '"event":"injection"' said
      load $b --all --observe; pool; unload; tail -n 1 said | grep -o '"injected":[0-9]*,"observed":[1-9]' | cut -c -25; left`,
    says: 'sent\nCannot allocate memory\nsent\n1\nsent\n"injected":0,"observed":1\n0 programs, 0 links, spared\n',
  },
];
