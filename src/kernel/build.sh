#!/bin/sh
# build.sh NAME OUT: builds the lab kernel NAME (lab-MAJOR.MINOR, x86-64) from Debian's source package of that version,
# and boots it once for its lists. It is a folder OUT/NAME in the end; work and logs are in OUT/.build meanwhile.
set -eu
name=$1
out=$2
here=$(cd "$(dirname "$0")" && pwd)
version=${name#lab-}
package=linux-source-$version
suites='sid trixie-backports experimental trixie bookworm-backports bookworm bullseye'
case $version in
*[!0-9.]*)
	echo "build.sh: \`$name\` is not in a mirror, and only lab-MAJOR.MINOR for x86-64 can be built here" >&2
	exit 1
	;;
esac

mkdir -p "$out/.build/$name"
work=$(cd "$out/.build/$name" && pwd)
log=$work/build.log
say() { printf '  %-8s %s: %s\n' LAB "$name" "$1"; }
# Quiet where it works; the log's end where it does not.
run() { "$@" >>"$log" 2>&1 || { tail -n 30 "$log" >&2; echo "build.sh: failed: $*; all of it is in $log" >&2; exit 1; }; }

packages='bc bison flex libelf-dev libssl-dev pahole'
# shellcheck disable=SC2086 # a list of words
dpkg -s $packages >"$log" 2>&1 || {
	say "installs $packages"
	run apt-get update -q
	run apt-get install -qy --no-install-recommends $packages
}
say "fetches Debian's $package"
# What this Debian has not, another suite may have.
deb=$("$here/fetch.sh" "$package" "$work" 2>>"$log") || for suite in $suites; do
	"$here/foreign.sh" "$work" amd64 "$package/$suite" >>"$log" 2>&1 || continue
	deb=$(find "$work" -maxdepth 1 -name "${package}_*.deb")
	break
done
[ -n "$deb" ] || { echo "build.sh: none of Debian's suites has $package; all of it is in $log" >&2; exit 1; }
say 'unpacks it'
dpkg-deb --fsys-tarfile "$deb" | tar -xO "./usr/src/$package.tar.xz" | tar -xJ -C "$work"
rm "$deb"

# Nothing of this machine or this day goes into the image.
export KBUILD_BUILD_USER=injectc KBUILD_BUILD_HOST=lab KBUILD_BUILD_TIMESTAMP='1970-01-01 00:00:00 UTC'
say 'configures it'
cd "$work/$package"
run make tinyconfig
run scripts/kconfig/merge_config.sh -m .config "$here/lab.config"
run make olddefconfig
say 'compiles it (10 minutes or more on 2 cores)'
run make -j"$(nproc)" bzImage
cd "$OLDPWD"

say 'boots it for its lists'
mkdir -p "$work/kernel"
cp "$work/$package/arch/x86/boot/bzImage" "$work/kernel/vmlinuz"
cp "$work/$package/.config" "$work/kernel/config"
run "$here/lists.sh" "$work/kernel"
rm -rf "${out:?}/$name"
mv "$work/kernel" "$out/$name"
rm -rf "$work"
