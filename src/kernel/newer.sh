#!/bin/sh
# newer.sh OUT VERSION[-arm64]: Debian's stock cloud kernel of a version that its stable release has not, as a folder
# OUT/debian-VERSION[-arm64] (vmlinuz, config, and of its modules one that needs no device, modules/tun.ko; unless it is
# arm64's, whose image is not packed, also vmlinux.btf), from the first of its suites that has it. Nothing is installed.
set -eu
out=$1
name=debian-$2
version=${2%-arm64}
[ "$version" = "$2" ] && arch=amd64 || arch=arm64
suites='trixie-backports sid forky'
here=$(dirname "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The package without a version depends on the one that a release is named in.
for suite in $suites; do
	rm -f "$work"/*.deb
	"$here/foreign.sh" "$work" $arch "linux-image-cloud-$arch/$suite"
	release=$(dpkg-deb -f "$work"/*.deb Depends | grep -o "linux-image-$version\.[^ ]*" | sed 's/^linux-image-//')
	[ -z "$release" ] || break
done
[ -n "$release" ] || { echo "newer.sh: none of $suites has a kernel $version for clouds and $arch" >&2; exit 1; }

rm -f "$work"/*.deb
"$here/foreign.sh" "$work" $arch "linux-binary-$release/$suite" "linux-base-$release/$suite" "linux-modules-$release/$suite"
mkdir -p "$work/kernel/modules"
for deb in "$work"/*.deb; do dpkg-deb -x "$deb" "$work/tree"; done
find "$work/tree" -name 'tun.ko*' -exec mv {} "$work/kernel/modules/" ';'
[ ! -e "$work/kernel/modules/tun.ko.xz" ] || xz -d "$work/kernel/modules/tun.ko.xz"
mv "$work/tree/usr/lib/modules/$release/vmlinuz" "$work/tree/usr/lib/modules/$release/config" "$work/kernel"
[ $arch = arm64 ] || "$here/types.sh" "$work/kernel"
mkdir -p "$out"
rm -rf "$out/$name"
mv "$work/kernel" "$out/$name"
