if said=$(cat /proc/uptime 2>&1); then echo "ok"; else echo "${said##*: }"; fi
