#!/bin/sh
# foreign.sh FOLDER ARCH PACKAGE...: the .debs of packages for another architecture or of another suite, whatever the
# machine's apt and dpkg know; nothing is installed. PACKAGE/SUITE is that of the suite, PACKAGE/backports that of the
# backports for this Debian; of a PACKAGE of any other kind, the one in apt's own sources.
set -eu
mkdir -p "$1/apt/lists/partial" "$1/apt/cache"
folder=$(cd "$1" && pwd)
arch=$2
shift 2

mirror=$(apt-get indextargets --format '$(REPO_URI) $(CODENAME)' 'Created-By: Packages' | sed -n 's/^\([^ ]*\) \([a-z]*\)$/\1 \2/p' | head -n 1)
[ -n "$mirror" ] || { apt-get update -q >&2; mirror=$(apt-get indextargets --format '$(REPO_URI) $(CODENAME)' 'Created-By: Packages' | grep ' [a-z]*$' | head -n 1); }
keys=/usr/share/keyrings/debian-archive-keyring.gpg

suite() {
	case $1 in
	*/backports) echo "${mirror#* }-backports" ;;
	*/*) echo "${1#*/}" ;;
	esac
}

foreign() {
	apt-get -q -o "APT::Architecture=$arch" -o "APT::Architectures=$arch" -o Dir::State::status=/dev/null \
		-o "Dir::State::lists=$folder/apt/lists" -o "Dir::Cache=$folder/apt/cache" \
		-o "Dir::Etc::sourcelist=$folder/apt/sources.list" -o APT::Sandbox::User=root "$@" >&2
}

{
	cat /etc/apt/sources.list 2>/dev/null || :
	for package; do suite "$package"; done | sort -u | while read -r name; do
		echo "deb [signed-by=$keys] ${mirror% *} $name main"
	done
} >"$folder/apt/wanted"
if ! cmp -s "$folder/apt/wanted" "$folder/apt/sources.list"; then
	mv "$folder/apt/wanted" "$folder/apt/sources.list"
	foreign update || { rm "$folder/apt/sources.list"; exit 1; }
fi
for package; do
	name=$(suite "$package")
	(cd "$folder" && foreign download "${package%/*}${name:+/$name}")
done
