/** The program that the guest of a lab runs first. */

/**
 * The guest's init, which runs the cases one after the other until one does not end as it should. Nothing of it is in the
 * workload's cgroup, the loader's usual target. A phase's process is there, in the cgroup, with its script in memory, before
 * the loader starts: so its pid can be a target (`--pid @/run/workload.pid`), and no fault can keep it from coming up. It runs
 * in /tmp.
 */
export const init = String.raw`#!/bin/sh
# For each of /cases, runs /workload before, while and after the loader has /bundle attached, and reports each step as a
# line on $report.

/bin/busybox mount -t proc proc /proc
/bin/busybox --install -s /bin
export PATH=/bin HOME=/root
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mount -t debugfs debugfs /sys/kernel/debug
mount -t tracefs tracefs /sys/kernel/tracing
mount -t bpf bpf /sys/fs/bpf
mount -t cgroup2 cgroup2 /sys/fs/cgroup && mkdir /sys/fs/cgroup/workload
mount -t tmpfs tmpfs /run
ip link set lo up
. /settings
# Without a clock of the machine's that it can read, the kernel begins in 1970, when no certificate was valid yet.
[ $(date +%s) -ge $now ] || date -s @$now >/dev/null

choose() {                                          # CASE: its files where they belong, and nothing of the one before
  kill -9 $(cat /sys/fs/cgroup/workload/cgroup.procs) 2>/dev/null
  for file in bundle trust.pem workload; do ln -sfn /cases/$1/$file /$file; done
  umount -l /tmp 2>/dev/null
  rm -rf /run/before /run/attached /run/after /run/tmp
  # tmpfs alone never looks a name up again while its file exists; an overlay on it does, once caches are dropped.
  mkdir /run/tmp /run/tmp/lower /run/tmp/upper /run/tmp/work
  mount -t overlay -o lowerdir=/run/tmp/lower,upperdir=/run/tmp/upper,workdir=/run/tmp/work overlay /tmp 2>/dev/null ||
    mount -t tmpfs tmpfs /tmp
  chmod 1777 /tmp
}

if [ $mode = shell ]; then
  choose 0
  stty columns $columns rows $rows
  echo "$hint"
  cd /tmp && setsid cttyhack sh
  reboot -f
fi

say() { echo "injectc $*" >&5; }                    # a step, for the host
mark() { echo "<5>injectc: $*" >/dev/kmsg; }        # the same in the kernel's log, so that its order is known
frame() { base64 | sed "s/^/injectc data $1 $2 /" >&5; }

# SECONDS COMMAND...: until it succeeds. While the loader attaches, init must not run into functions that probes are just
# being put into, since not every kernel bears that. So it starts nothing (each static program looks itself up in /proc),
# and all that it waits for is there from the start, empty.
mkfifo /run/never && exec 6<>/run/never
await() {
  left=$(($1 * 20)); shift
  until "$@"; do
    [ $left -gt 0 ] || return 1
    left=$((left - 1))
    jobs >/dev/null                                 # takes note of what has ended: until then no read would wait
    read -r -t 0.05 nothing <&6 || :
  done
}

# PHASE: its process, which then waits for its go. It takes the memory it will need, and fails at something, in
# advance: under a fault that hits every allocation it could not grow its heap, nor load its words for the error.
begin() {
  mkdir /run/$1; mkfifo /run/$1/stdout /run/$1/stderr /run/$1/go
  : >/run/$1/exit >/run/$1/stdout.end >/run/$1/stderr.end >/run/workload.pid
  for stream in stdout stderr; do                   # dd by bytes, since it keeps what came so far
    { dd bs=1 count=$keep of=/run/$1/$stream.kept; cat; echo >/run/$1/$stream.end; } \
      </run/$1/$stream >/dev/null 2>&1 5>&- 6>&- &
  done
  echo 2 >/proc/sys/vm/drop_caches
  { sh -c '
      cd /tmp
      echo $$ >/sys/fs/cgroup/workload/cgroup.procs
      script=$(cat /workload)
      room=$(printf %50000s); unset room
      rehearse() { [ $1 = 0 ] || rehearse $(($1 - 1)); echo >/dev/full; echo >/tmp; }
      rehearse 3 2>/dev/null
      exec 3<>/run/$1/go
      echo $$ >/run/workload.pid
      read -r go <&3
      exec 3>&-
      eval "$script"' /workload $1 </dev/null >/run/$1/stdout 2>/run/$1/stderr 5>&- 6>&-
    echo $? >/run/$1/exit; } &
  await 10 test -s /run/workload.pid
}

finish() {                                          # PHASE: its go, its end, what it wrote
  say start $1
  echo go 1<>/run/$1/go
  if await $phase_seconds test -s /run/$1/exit; then
    exit=$(cat /run/$1/exit)
  else
    exit=timeout
    kill -9 $(cat /run/workload.pid /sys/fs/cgroup/workload/cgroup.procs) 2>/dev/null
  fi
  # A process that the workload left behind may hold its output open.
  await 1 test -s /run/$1/stdout.end -a -s /run/$1/stderr.end
  frame $1 stdout </run/$1/stdout.kept
  frame $1 stderr </run/$1/stderr.kept
  say end $1 $exit
}

load() {
  { sh -c 'echo $$ >/run/loader.pid; exec inject-load "$@"' sh "$@" \
      </dev/null >/run/loader.stdout 2>/run/loader.stderr 5>&- 6>&-
    echo $? >/run/loader.exit; } &
  await $attach_seconds settled
}
attached() {
  while read -r line; do
    case $line in *'"event":'*'"attached"'*) return 0 ;; esac
  done </run/loader.stdout
  return 1
}
ended() { test -s /run/loader.exit; }
settled() { attached || ended; }

relay() {                                           # what the loader has said since the last time
  size=$(wc -c </run/loader.stdout)
  tail -c +$((told + 1)) /run/loader.stdout | head -c $((size - told)) | frame loader stdout
  told=$size
}

unload() {
  if ended; then say loader early; return; fi
  kill -TERM $(cat /run/loader.pid)
  await $detach_seconds ended || say loader stuck
}

# The port loses what it has not taken when the guest ends; stty waits for that.
leave() { stty -F $report raw; reboot -f; }
off() { say done; leave; }

if ! { stty -F $report raw && : >$report; } 2>/dev/null; then
  echo "injectc: no report port $report" >/dev/console
  reboot -f
fi
exec 5>$report
say init $(uname -r)
echo 6 >/proc/sys/kernel/printk                     # warnings and marks reach the console
echo 0 >/proc/sys/kernel/randomize_va_space         # the same pages are touched in each run

# One may need another, so what does not go in is tried again as long as any does.
while set -- $(ls /modules 2>/dev/null) && [ $# -gt 0 ]; do
  for file; do insmod /modules/$file 2>/run/insmod && rm /modules/$file; done
  [ $(ls /modules | wc -l) -lt $# ] || { mark "cannot load $*: $(cat /run/insmod)"; break; }
done

try() {                                             # CASE
  say case $1; mark case $1
  choose $1
  . /cases/$1/words
  told=0
  : >/run/loader.pid >/run/loader.stdout >/run/loader.stderr >/run/loader.exit

  begin before; finish before
  [ $exit != timeout ] || off
  begin attached
  say load; mark loading
  load "$@"
  if attached; then
    relay; say loader attached; mark attached
    finish attached
    unload
    mark detached
  elif ! ended; then
    say loader stuck
  fi
  ended || { kill -9 $(cat /run/loader.pid); await 5 ended; }
  relay
  tail -c 262144 /run/loader.stderr | frame loader stderr
  say loader exit $(cat /run/loader.exit)
  attached || return
  begin after; finish after
  [ $exit != timeout ] || off
}

number=0
while [ $number -lt $cases ]; do
  try $number
  say done
  number=$((number + 1))
done
leave
`;
