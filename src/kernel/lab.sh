#!/bin/sh
# lab.sh NAME OUT: the lab kernel NAME as a folder OUT/NAME: a copy from the folder KERNEL_MIRROR where that has one,
# checked against the SHA256SUMS beside it; else built here.
set -eu
name=$1
out=$2
mirror=${KERNEL_MIRROR:-}
if [ -z "$mirror" ] || ! [ -e "$mirror/$name/vmlinuz" ]; then
	exec "$(dirname "$0")/build.sh" "$name" "$out"
fi

printf '  %-8s %s: copies it from %s\n' LAB "$name" "$mirror"
mkdir -p "$out"
work=$(mktemp -d "$out/.mirror.XXXXXX")
trap 'rm -rf "$work"' EXIT
cp -r "$mirror/$name" "$work/$name"
chmod -R u+w "$work/$name"
if [ -e "$mirror/SHA256SUMS" ]; then
	# Another kernel's lines name files that are not here.
	grep -F "  $name/" "$mirror/SHA256SUMS" >"$work/sums" || { echo "lab.sh: $mirror/SHA256SUMS does not list $name" >&2; exit 1; }
	(cd "$work" && sha256sum --check --quiet sums) || { echo "lab.sh: $mirror/$name is damaged" >&2; exit 1; }
fi
rm -rf "${out:?}/$name"
mv "$work/$name" "$out/$name"
