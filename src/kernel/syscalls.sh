#!/bin/sh
# syscalls.sh OUT PROFILES NAME...: the declared arguments of system calls, for kernels that tell none of theirs: what the
# profiles of that names tell, oldest first, of which the newest is believed. OUT/arm64.txt has only what differs there.
set -eu
out=$1
profiles=$2
shift 2
mkdir -p "$out"
x86=
arm=
for name in "$@"; do
	case $name in
	*-arm64) arm="$arm $profiles/$name/syscalls.txt.gz" ;;
	*) x86="$x86 $profiles/$name/syscalls.txt.gz" ;;
	esac
done
newest() {
	gzip -dc "$@" | awk -F '(' '{ line[$1] = $0 } END { for (name in line) print line[name] }' | LC_ALL=C sort
}
# shellcheck disable=SC2086
newest $x86 >"$out/x86_64.txt"
# shellcheck disable=SC2086
newest $arm | LC_ALL=C comm -13 "$out/x86_64.txt" - >"$out/arm64.txt"
