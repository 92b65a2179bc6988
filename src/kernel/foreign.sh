#!/bin/sh
# foreign.sh FOLDER PACKAGE...: the .debs of packages for arm64, from apt's own sources and Debian's backports, whatever
# architectures the machine's dpkg knows; nothing is installed.
set -eu
folder=$1
shift
mkdir -p "$folder/apt/lists/partial" "$folder/apt/cache"

mirror=$(apt-get indextargets --format '$(REPO_URI) $(CODENAME)' 'Created-By: Packages' | sed -n 's/^\([^ ]*\) \([a-z]*\)$/\1 \2/p' | head -n 1)
[ -n "$mirror" ] || { apt-get update -q >&2; mirror=$(apt-get indextargets --format '$(REPO_URI) $(CODENAME)' 'Created-By: Packages' | grep ' [a-z]*$' | head -n 1); }
keys=/usr/share/keyrings/debian-archive-keyring.gpg
{
	cat /etc/apt/sources.list 2>/dev/null || :
	echo "deb [signed-by=$keys] ${mirror% *} ${mirror#* }-backports main"
} >"$folder/apt/sources.list"

arm64() {
	apt-get -q -o APT::Architecture=arm64 -o APT::Architectures=arm64 -o Dir::State::status=/dev/null \
		-o "Dir::State::lists=$folder/apt/lists" -o "Dir::Cache=$folder/apt/cache" \
		-o "Dir::Etc::sourcelist=$folder/apt/sources.list" -o APT::Sandbox::User=root "$@" >&2
}
[ -e "$folder/apt/updated" ] || { arm64 update && touch "$folder/apt/updated"; }
# What may be had in the backports' release is named NAME/backports.
for package; do
	case $package in */backports) package=${package%/*}/${mirror#* }-backports ;; esac
	(cd "$folder" && arm64 download "$package")
done
