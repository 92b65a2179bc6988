# The kernel's own types are out of the loader's reach before it starts.
[ "$1" != before ] || mount -t tmpfs none /sys/kernel/btf
[ "$1" != after ] || trap 'umount /sys/kernel/btf' EXIT
[ -z "$(ls /sys/kernel/btf)" ] || echo "the kernel's types can be seen"
for name in bananas apples; do
	if said=$(cat "/tmp/$name" 2>&1) || [ "$said" = "${said%Cannot*}" ]; then echo "$name: ok"; else echo "$name: ${said##*: }"; fi
done
