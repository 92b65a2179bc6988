#!/bin/sh
# stock.sh OUT: Debian's stock cloud kernel as a folder OUT/debian-MAJOR.MINOR (vmlinuz, config, vmlinux.btf, and of its
# modules one that needs no device, modules/tun.ko), with OUT/debian leading to it.
set -eu
out=$1
here=$(dirname "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The package without a version depends on the one that holds the image.
depends() { apt-cache depends --no-recommends --no-suggests linux-image-cloud-amd64 2>/dev/null | sed -n 's/^ *Depends: \(linux-image-[^ ]*\)$/\1/p'; }
package=$(depends)
[ -n "$package" ] || { apt-get update -q >&2; package=$(depends); }
[ -n "$package" ] || { echo "stock.sh: apt knows no package linux-image-cloud-amd64" >&2; exit 1; }
deb=$("$here/fetch.sh" "$package" "$work")
mkdir "$work/kernel"
dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$work" --wildcards './boot/vmlinuz-*' './boot/config-*' '*/tun.ko*'
mv "$work"/boot/vmlinuz-* "$work/kernel/vmlinuz"
mv "$work"/boot/config-* "$work/kernel/config"
mkdir "$work/kernel/modules"
find "$work" -name 'tun.ko*' -exec mv {} "$work/kernel/modules/" ';'
[ ! -e "$work/kernel/modules/tun.ko.xz" ] || xz -d "$work/kernel/modules/tun.ko.xz"
"$here/types.sh" "$work/kernel"

version=$(sed -n 's/^# Linux\/[^ ]* \([0-9]*\.[0-9]*\).* Kernel Configuration$/\1/p' "$work/kernel/config")
mkdir -p "$out"
rm -rf "$out/debian-$version"
mv "$work/kernel" "$out/debian-$version"
ln -sfn "debian-$version" "$out/debian"
