#!/bin/sh
# newer.sh OUT VERSION...: Debian's stock cloud kernels of versions that its stable release has not, as folders
# OUT/debian-MAJOR.MINOR (vmlinuz, config, vmlinux.btf): from the backports of the next release, or from unstable.
# Nothing is installed, and apt's own sources stay as they are.
set -eu
out=$1
shift
here=$(dirname "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
keys=/usr/share/keyrings/debian-archive-keyring.gpg

# A release, not what is for its security or its updates.
mirror() { apt-get indextargets --format '$(REPO_URI) $(CODENAME)' 'Created-By: Packages' | sed -n 's/^\([^ ]*\) [a-z]*$/\1/p' | head -n 1; }
[ -n "$(mirror)" ] || apt-get update -q >&2

# SUITE TOOL WORD...: one of apt's tools, which knows this suite alone.
of() {
	suite=$1 tool=$2
	shift 2
	mkdir -p "$work/$suite/lists/partial" "$work/$suite/cache"
	"$tool" -q -o Dir::State::status=/dev/null -o "Dir::State::lists=$work/$suite/lists" -o "Dir::Cache=$work/$suite/cache" \
		-o "Dir::Etc::sourcelist=$work/$suite.list" -o Dir::Etc::sourceparts=/dev/null -o APT::Sandbox::User=root "$@"
}

# The newest package of the kernel's image; where there is one, it is also that of its other files, of the same name otherwise.
newest() { of "$1" apt-cache search --names-only "^linux-binary-$2\\..*-cloud-amd64\$" | cut -d ' ' -f 1 | sort -V | tail -n 1; }

for version; do
	package=
	for suite in trixie-backports sid; do
		[ -e "$work/$suite.list" ] || {
			echo "deb [signed-by=$keys] $(mirror) $suite main" >"$work/$suite.list"
			of "$suite" apt-get update >&2
		}
		package=$(newest "$suite" "$version")
		[ -z "$package" ] || break
	done
	[ -n "$package" ] || { echo "newer.sh: neither trixie-backports nor sid has a kernel $version for clouds" >&2; exit 1; }
	kernel=$work/kernel-$version
	mkdir -p "$kernel"
	(cd "$kernel" && of "$suite" apt-get download "$package" "linux-base-${package#linux-binary-}" >&2)
	for deb in "$kernel"/*.deb; do
		dpkg-deb -x "$deb" "$work/tree-$version"
		rm "$deb"
	done
	cp "$work/tree-$version"/usr/lib/modules/*/vmlinuz "$work/tree-$version"/usr/lib/modules/*/config "$kernel"
	"$here/types.sh" "$kernel"
	mkdir -p "$out"
	rm -rf "$out/debian-$version"
	mv "$kernel" "$out/debian-$version"
done
