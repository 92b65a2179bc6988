#!/bin/sh
# lists.sh FOLDER: boots FOLDER/vmlinuz (x86-64) under QEMU once, and writes what the kernel says of itself beside it:
# injectable.txt, traceable.txt, syscalls.txt and vmlinux.btf. The kernel needs virtio-blk, tracefs and debugfs.
set -eu
folder=$1
here=$(dirname "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mkdir "$work/root" "$work/lists"
cp "$(command -v busybox)" "$work/root/busybox"
install -m 755 "$here/init.sh" "$work/root/init"
cp "$here/capture.sh" "$work/root"
(cd "$work/root" && find . | busybox cpio -o -H newc) 2>"$work/cpio.log" | gzip -1 >"$work/initrd"
truncate -s 32M "$work/disk"

timeout 300 qemu-system-x86_64 -M pc -accel tcg -cpu max -m 512 -nographic -no-reboot \
	-kernel "$folder/vmlinuz" -initrd "$work/initrd" -append 'console=ttyS0 quiet panic=-1' \
	-drive "file=$work/disk,if=virtio,format=raw" </dev/null >"$work/console.log" 2>&1 || true

# The archive is written last, and a disk of zeros is an empty one: what is missing tells how far the guest came.
tar -xf "$work/disk" -C "$work/lists" 2>>"$work/console.log" || true
for list in injectable.txt traceable.txt syscalls.txt vmlinux.btf; do
	[ -s "$work/lists/$list" ] && continue
	tail -n 20 "$work/console.log" >&2
	echo "lists.sh: $folder/vmlinuz was booted and gave no $list" >&2
	exit 1
done
cp "$work"/lists/*.txt "$work/lists/vmlinux.btf" "$folder"
