#!/busybox sh
# Init of the kernel that lists.sh boots: puts what the kernel says of itself onto the disk /dev/vda, as one tar archive.
/busybox mkdir -p /bin /dev /proc /sys /tmp
/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mount -t debugfs debug /sys/kernel/debug
mount -t tracefs trace /sys/kernel/tracing
sh /capture.sh booted >/dev/vda
sync
poweroff -f
