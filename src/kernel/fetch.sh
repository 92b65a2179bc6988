#!/bin/sh
# fetch.sh PACKAGE FOLDER: the newest .deb of a Debian package that apt can see; prints its path.
set -eu
package=$1
folder=$2

# Fresh machines have no lists of packages, old ones have stale lists: then one update helps.
download() {
	apt-cache show --no-all-versions "$package" >/dev/null 2>&1 &&
		(cd "$folder" && apt-get download -q -o APT::Sandbox::User=root "$package") >&2
}

mkdir -p "$folder"
find "$folder" -maxdepth 1 -name "${package}_*.deb" -delete
if ! download; then
	apt-get update -q >&2
	download || { echo "fetch.sh: apt knows no package \`$package\`; add a suite that has it to apt's sources" >&2; exit 1; }
fi
find "$folder" -maxdepth 1 -name "${package}_*.deb"
