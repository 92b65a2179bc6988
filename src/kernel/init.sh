#!/busybox sh
# Init of the kernel that lists.sh boots: puts what the kernel says of itself onto the disk /dev/vda, as one tar archive.
/busybox mkdir -p /bin /dev /proc /sys /lists
/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mount -t debugfs debug /sys/kernel/debug
mount -t tracefs trace /sys/kernel/tracing

cat /sys/kernel/debug/error_injection/list >/lists/injectable.txt
cat /sys/kernel/tracing/available_filter_functions >/lists/traceable.txt
cat /sys/kernel/btf/vmlinux >/lists/vmlinux.btf

# A syscall's declared arguments are the fields of its entry event after the number. What the kernel copied for the
# event itself (`__data_loc`, since 6.18) is none of them.
awk -F '\t' '
	/^name: / { sub(/^name: sys_enter_/, ""); name = $0; arguments = "" }
	$2 ~ /^field:/ && $2 !~ / (common_[a-z_]+|__syscall_nr);$/ && $2 !~ /__data_loc/ {
		field = substr($2, 7, length($2) - 7)
		gsub(/\* /, "*", field)
		arguments = arguments (arguments == "" ? "" : ", ") field
	}
	/^print fmt:/ { print name "(" (arguments == "" ? "void" : arguments) ")" }
' /sys/kernel/tracing/events/syscalls/sys_enter_*/format >/lists/syscalls.txt

tar -cf /dev/vda -C /lists .
sync
poweroff -f
