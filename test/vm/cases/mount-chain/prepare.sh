#!/bin/sh
# Prints lines for the head of the workload that unpack a small btrfs, which the guest has no tool to make.
set -eu
image=$(mktemp)
trap 'rm -f "$image"' EXIT
truncate -s 24M "$image"
mkfs.btrfs -q --mixed "$image" >&2
echo "base64 -d <<'END' | gunzip >/tmp/btrfs.img"
gzip -9 <"$image" | base64
echo END
