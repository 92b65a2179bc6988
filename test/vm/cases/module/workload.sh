# TUNSETIFF makes a device; the ioctl after it on the same file, TUNSETPERSIST, is none of the predicate's.
said=$(tunctl -t tap7 2>&1) && echo made || echo "${said##*: }"
tunctl -d tap7 >/dev/null 2>&1
