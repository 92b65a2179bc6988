/** Triggers, by counting how often a call is failed while two processors race. */

import type { Check } from "./guest.js";

/** `exact`: the object has fetching atomics, so no count is lost; without them a limit is kept all the same. */
export function triggers(exact: boolean): readonly Check[] {
  return [
    {
      // The deviation is 42; beyond five of them is one run in a million.
      name: "probability",
      run: `load $b --all --probability 10%; hit=$(race 1 20000)
        [ $hit -gt 1788 ] && [ $hit -lt 2212 ] && echo about a tenth || echo $hit; nproc`,
      says: "about a tenth\n2\n",
    },
    {
      name: "times",
      // Who came too late for the first limit has no part in the second.
      run: `for times in $((hit + 500)) $((hit + 1000)); do
          inject-load --set probability=100% --set times=$times $b; more=$(race 4 2000); hit=$((hit + more))
          [ $hit -le $times ] && [ $hit -gt $((times - ${exact ? 1 : 100})) ] && echo 500 of 8000 || echo $more
        done`,
      says: "500 of 8000\n500 of 8000\n",
    },
    {
      name: "interval",
      run: "inject-load --set times=0 --set interval=7 $b; race 1 7000",
      says: "1000\n",
    },
    {
      // Who adds without fetching may read what another has added since, and a seventh may come twice or not at all.
      name: "interval, of tasks that race",
      run: `hit=$(race 4 7000); [ $hit -ge ${exact ? 4000 : 3000} ] && [ $hit -le ${exact ? 4000 : 8000} ] && echo 4000 of 28000 || echo $hit; unload`,
      says: "4000 of 28000\n",
    },
    {
      // Between the one and the other, nobody may see the probability without its limit.
      name: "settings that are set together",
      run: `load $b --all --probability 1e-9; inject-load --set probability=0 $b; race 4 100000 >/dev/null & racer=$!
        for i in $(seq 10); do
          inject-load --set probability=1 --set times=$i $b; usleep 20000; inject-load --set probability=0 --set times=0 $b
        done
        kill $racer; wait $racer 2>/dev/null; rmdir /tmp/one 2>/dev/null; unload; hit=$(sed -n 's/.*"detached".*"injected":\\([0-9]*\\).*/\\1/p' said)
        [ $hit -gt 0 ] && [ $hit -le 10 ] && echo at most 10 || echo $hit`,
      says: "at most 10\n",
    },
    {
      name: "space",
      run: `load /bundles/fmod_ret/space.bundle --all --events; message; for i in $(seq 100); do [ -e told ]; done; unload
        size=$(sed -n 's/.*"s->object_size":\\([0-9]*\\).*/\\1/p' said | head -n 1); through=$((4095 / size))
        sed -n 's/.*"detached".*"eligible":100,"rolledOut":\\([0-9]*\\),"injected":\\([0-9]*\\),.*/\\1 \\2/p' said | grep -cx "$through $((100 - through))"`,
      says: "1\n",
    },
  ];
}
