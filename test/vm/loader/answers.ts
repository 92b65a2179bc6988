/** What the loader says of why a fault fires, or does not. */

import type { Check } from "./guest.js";

export const answers: readonly Check[] = [
  {
    name: "in JSON, at the end",
    run: `load $b --comm nobody; one; unload; sed -n 's/.*"why":"\\(.*\\)"}/\\1/p' said`,
    says: "spared\nno target has called __x64_sys_mkdir() yet\n",
  },
  {
    name: "on a terminal, in place",
    run: `[ -d /dev/pts ] || { mkdir /dev/pts; mount -t devpts devpts /dev/pts; }
      : >said; script -qc "inject-load $b --trust /trust.pem --all" /dev/null >said & terminal=$!
      until_attached; one; inject-load --set probability=0 $b; sleep 1.5; inject-load --stop $b; wait $terminal
      grep -c "$(printf '\\033\\[[0-9]A')" said
      tr -d '\\033\\r' <said | sed 's/\\[[?0-9]*[AJhl]//g; s/bundle [0-9a-f]*/bundle ID/; s/attached on [^ ]*/attached on RELEASE/' |
        tee table | sed -n '1p; /^set/p; /^detached/,$p'; awk 'length > 79' table; left`,
    says: /^hit\n\d\nattached on RELEASE by \w+, bundle ID; Ctrl-C detaches\nset: probability 0 %, times 0, interval 1, space 0, observe 0\ndetached \(signal\)\n\n__x64_sys_mkdir\n +seen +eligible +rolled out +injected +observed +missed\n +1 +1 +0 +1 +0 +0\n\n-> it is paused: the probability was set to 0\n0 programs, 0 links, spared\n$/,
  },
  {
    name: "on a terminal that is too low for it, until it is resized",
    run: `: >said; script -qc "stty rows 5 cols 40; exec inject-load $b --trust /trust.pem --all" /dev/null >said & terminal=$!
      until_attached; until grep -q -- '->' said; do usleep 50000; done; grep -c "lines left out" said; : >said
      stty -F /dev/pts/$(ls /dev/pts | grep -v ptmx | tail -n 1) rows 24 cols 80; until grep -q -- '->' said; do usleep 50000; done
      grep -c "lines left out" said; grep "seen  " said | tr -d '\\r'; inject-load --stop $b; wait $terminal; left`,
    says: "1\n0\n       seen   eligible rolled out   injected   observed     missed\n0 programs, 0 links, spared\n",
  },
  {
    name: "of the kernel: the same as capture.sh",
    run: `mkdir by-hand by-loader; sh /sbin/capture.sh >by-hand.tar; inject-load --capture >by-loader.tar
      for by in hand loader; do
        (tar xf by-$by.tar -C by-$by; cd by-$by; tr -d ' \n' <profile.json >facts; rm profile.json; find . -type f | sort | xargs sha256sum) >$by
      done; cmp hand loader; sed 's/^[^ ]* *//' loader; inject-load --capture >/dev/full; echo $?; rm -r by-*`,
    says: "./config\n./facts\n./injectable.txt\n./syscalls.txt\n./traceable.txt\n./vmlinux.btf\ninject-load: can't write the capture: No space left on device\n1\n",
  },
];
