#!/bin/sh
# stock.sh OUT [arm64]: Debian's stock cloud kernel as a folder OUT/debian-MAJOR.MINOR (vmlinuz, config, vmlinux.btf, and
# of its modules one that needs no device, modules/tun.ko), with OUT/debian leading to it; that of its backports for
# arm64 as OUT/debian-arm64.
set -eu
out=$1
arch=${2:-amd64}
here=$(dirname "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The package without a version depends on the one that holds the image.
image() { sed -n 's/^ *\(Depends: \)\?\(linux-image-[^ ]*\).*$/\2/p' | head -n 1; }
if [ "$arch" = arm64 ]; then
	"$here/foreign.sh" "$work" arm64 linux-image-cloud-arm64/backports
	package=$(dpkg-deb -f "$work"/linux-image-cloud-arm64_*.deb Depends | image)
	"$here/foreign.sh" "$work" arm64 "$package/backports"
	deb=$(find "$work" -maxdepth 1 -name "${package}_*.deb")
else
	depends() { apt-cache depends --no-recommends --no-suggests linux-image-cloud-amd64 2>/dev/null | grep ' Depends: ' | image; }
	package=$(depends)
	[ -n "$package" ] || { apt-get update -q >&2; package=$(depends); }
	[ -n "$package" ] || { echo "stock.sh: apt knows no package linux-image-cloud-amd64" >&2; exit 1; }
	deb=$("$here/fetch.sh" "$package" "$work")
fi
mkdir -p "$work/kernel/modules" "$work/package"
dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$work/package" --wildcards './boot/vmlinuz-*' './boot/config-*' '*/tun.ko*'
mv "$work"/package/boot/vmlinuz-* "$work/kernel/vmlinuz"
mv "$work"/package/boot/config-* "$work/kernel/config"
find "$work/package" -name 'tun.ko*' -exec mv {} "$work/kernel/modules/" ';'
[ ! -e "$work/kernel/modules/tun.ko.xz" ] || xz -d "$work/kernel/modules/tun.ko.xz"

mkdir -p "$out"
if [ "$arch" = arm64 ]; then
	rm -rf "$out/debian-arm64"
	mv "$work/kernel" "$out/debian-arm64"
	exit
fi
"$here/types.sh" "$work/kernel"
version=$(sed -n 's/^# Linux\/[^ ]* \([0-9]*\.[0-9]*\).* Kernel Configuration$/\1/p' "$work/kernel/config")
rm -rf "$out/debian-$version"
mv "$work/kernel" "$out/debian-$version"
ln -sfn "debian-$version" "$out/debian"
