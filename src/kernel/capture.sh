#!/bin/sh
# sh capture.sh >NODE.tar: everything that injectc wants to know of the kernel that runs here, as root, with nothing but
# sh, awk and tar (busybox has all of it). `injectc kernel add NODE.tar` makes a profile of it, on another machine.
set -eu
how=${1:-captured}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
facts=

# FACT FILE...: the first of the files that can be read is that fact.
take() {
	fact=$1
	shift
	for file in "$@"; do
		case $file in *.gz) open='gzip -dc' ;; *) open=cat ;; esac
		if [ -r "$file" ] && $open "$file" >"$work/$fact" 2>/dev/null && [ -s "$work/$fact" ]; then
			facts="$facts${facts:+, }\"$fact\": \"$how\""
			return
		fi
	done
	rm -f "$work/$fact"
	echo "capture.sh: no $fact: none of $* can be read" >&2
}

release=$(uname -r)
# Only looks, and leaves nothing mounted behind.
tracing=/sys/kernel/tracing
[ -r "$tracing/available_filter_functions" ] || tracing=/sys/kernel/debug/tracing

take vmlinux.btf /sys/kernel/btf/vmlinux
mkdir "$work/modules"
for file in /sys/kernel/btf/*; do
	module=${file##*/}
	[ "$module" = vmlinux ] || take "modules/$module.btf" "$file"
done
take config /proc/config.gz "/boot/config-$release" "/lib/modules/$release/config"
take injectable.txt /sys/kernel/debug/error_injection/list
take traceable.txt "$tracing/available_filter_functions"

# A syscall's declared arguments are the fields of its entry event after the number. What the kernel copied for the
# event itself (`__data_loc`, since 6.18) is none of them.
awk -F '\t' '
	/^name: / { sub(/^name: sys_enter_/, ""); name = $0; arguments = "" }
	$2 ~ /^field:/ && $2 !~ / (common_[a-z_]+|__syscall_nr);/ && $2 !~ /__data_loc/ {
		field = $2
		sub(/^field:/, "", field)
		sub(/;.*/, "", field)
		gsub(/\* /, "*", field)
		arguments = arguments (arguments == "" ? "" : ", ") field
	}
	/^print fmt:/ { print name "(" (arguments == "" ? "void" : arguments) ")" }
' "$tracing"/events/syscalls/sys_enter_*/format >"$work/syscalls" 2>/dev/null || :
if [ -s "$work/syscalls" ]; then
	take syscalls.txt "$work/syscalls"
else
	echo "capture.sh: no syscalls.txt: none of $tracing/events/syscalls/sys_enter_*/format can be read" >&2
fi
rm -f "$work/syscalls"

printf '{ "schema": 1, "release": "%s", "facts": { %s } }\n' "$release" "$facts" >"$work/profile.json"
tar -cf - -C "$work" .
