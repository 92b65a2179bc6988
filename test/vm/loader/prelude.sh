# What the checks are written in. The loader of the lab is /sbin/inject-load, its bundle in question is $b.
export PATH=/sbin:/bin
before=
mkdir -p /run/t && chmod 777 /run/t && cd /run/t

# NAME [PREFIX...]: a task of that name, see task.c.
task() {
  name=$1; shift
  mkfifo $name.in $name.out && chmod 666 $name.in $name.out
  "$@" /sbin/task $name &
  until [ -s $name.pid ]; do usleep 50000; done
}

# What comes of each task when it tries.
try() {
  for name in "$@"; do
    echo go >$name.in
    read -r said <$name.out
    case $said in
      "leader hit, thread hit") said=hit ;;
      "leader spared, thread spared") said=spared ;;
    esac
    echo "$name: $said"
  done
}

# A single try of a fresh process of this shell's.
one() { mkdir /tmp/one 2>/dev/null && { rmdir /tmp/one; echo spared; } || echo hit; }

# Until what is in `said` tells that the loader is attached or refuses; at most 10 s.
until_attached() {
  for i in $(seq 200); do grep -q 'attached\|"error"' said && return; usleep 50000; done
  echo "neither attached nor refused"
}

# BUNDLE WORD...: the loader in the background, as $loader; what it says is in the files `said` and `words`.
load() {
  : >said
  $before inject-load --trust /trust.pem "$@" >said 2>words &
  loader=$!
  until_attached
}
# The last line's stage and message.
message() { sed -n 's/.*"stage":"\([a-z]*\)","message":"\(.*\)","log".*/\1: \2/p' said; }
reason() { sed -n 's/.*"event":"detached","reason":"\([^"]*\)".*/\1/p' said; }
# Signals the loader and waits for its end.
unload() { kill -${1:-TERM} $loader; wait $loader 2>/dev/null; }

# How many programs and links the kernel holds, once it has let go of what is over.
left() {
  for i in 1 2 3 4 5 6 7 8 9 10; do
    programs=$(bpftool prog list | grep -c '^[0-9]'); links=$(bpftool link list | grep -c '^[0-9]')
    [ $programs = 0 ] && [ $links = 0 ] && break
    usleep 200000
  done
  echo "$programs programs, $links links, $(one)"
}
