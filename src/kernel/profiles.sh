#!/bin/sh
# profiles.sh OUT NAME...: the built-in profiles: what is known of each lab kernel, without its image, from the folder
# KERNEL_MIRROR or else out/kernels. Same kernels, same bytes; OUT/SHA256SUMS is of the facts before compression.
set -eu
out=$1
shift
mkdir -p "$out"
for name in "$@"; do
	from=${KERNEL_MIRROR:-out/kernels}/$name
	mkdir -p "$out/$name"
	for fact in vmlinux.btf config injectable.txt traceable.txt syscalls.txt; do
		gzip -9n <"$from/$fact" >"$out/$name/$fact.gz"
		printf '%s  %s\n' "$(sha256sum <"$from/$fact" | cut -d ' ' -f 1)" "$name/$fact"
	done
done >"$out/SHA256SUMS"
